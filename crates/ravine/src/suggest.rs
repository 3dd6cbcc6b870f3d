//! "Did you mean": the known name nearest to a mistyped one.

/// The one of `known` that `typed` was probably meant for, or `None` where none is near.
///
/// Near is what lies within a third of the typed length (at least 1) by the Damerau–Levenshtein distance, which counts
/// letters missing, too many, wrong, or swapped with another. Capitals count as small letters, and `-` as `_`. A name that
/// begins or ends with what was typed, if that has at least three letters, counts as one letter away. Of equally near names
/// the first one is taken.
///
/// ```
/// use ravine::suggest::nearest;
///
/// assert_eq!(nearest("weight_decya", ["lr", "weight_decay"]), Some("weight_decay"));
/// assert_eq!(nearest("temperature", ["lr", "weight_decay"]), None);
/// ```
///
/// Source: F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = folded(typed);
    let length = typed.chars().count();
    let most = (length / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(&typed, length, &folded(name)), name))
        // One letter is no nearer to another letter than to any.
        .filter(|&(distance, _)| distance <= most && distance < length)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

fn distance(typed: &str, length: usize, name: &str) -> usize {
    let edits = strsim::damerau_levenshtein(typed, name);
    if length >= 3 && (name.starts_with(typed) || name.ends_with(typed)) {
        edits.min(1)
    } else {
        edits
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KNOWN: [&str; 12] = [
        "sgd",
        "momentum",
        "nesterov",
        "adam",
        "adamw",
        "lr",
        "beta1",
        "beta2",
        "weight_decay",
        "epochs",
        "batch",
        "model.widths",
    ];

    #[test]
    fn slips_are_understood() {
        for (typed, meant) in [
            ("adm", "adam"),
            ("adma", "adam"),
            ("Adam", "adam"),
            ("ADAMW", "adamw"),
            ("adamx", "adam"),
            ("momentun", "momentum"),
            ("weight_decya", "weight_decay"),
            ("weight-decay", "weight_decay"),
            ("betal", "beta1"),
            ("epoch", "epochs"),
            ("bacth", "batch"),
            ("sdg", "sgd"),
            ("rl", "lr"),
        ] {
            assert_eq!(nearest(typed, KNOWN), Some(meant), "{typed}");
        }
        assert_eq!(nearest("größe", ["GRÖSSE", "Größen"]), Some("Größen"));
    }

    #[test]
    fn a_whole_part_at_either_end_is_near() {
        assert_eq!(nearest("widths", KNOWN), Some("model.widths"));
        assert_eq!(nearest("weight", KNOWN), Some("weight_decay"));
        assert_eq!(nearest("nes", KNOWN), Some("nesterov"));
        assert_eq!(nearest("ne", KNOWN), None);
    }

    #[test]
    fn of_equally_near_names_the_first_is_taken() {
        assert_eq!(nearest("beta", KNOWN), Some("beta1"));
        assert_eq!(nearest("beta", ["beta2", "beta1"]), Some("beta2"));
    }

    #[test]
    fn unrelated_words_are_not_answered() {
        for typed in ["", "x", "weather", "temperature", "adversary", "none", "42"] {
            assert_eq!(nearest(typed, KNOWN), None, "{typed}");
        }
        assert_eq!(nearest("1", ["x", "y", ""]), None);
        assert_eq!(nearest("", ["x", ""]), None);
        assert_eq!(nearest("adam", []), None);
    }
}
