//! "Did you mean": the known name nearest to a mistyped one.

/// A sentence that proposes the nearest of `known`, or nothing where none is near.
///
/// Near is a Damerau–Levenshtein distance of at most a third of the length (at least 1), or a name that begins or ends with what was typed.
pub(crate) fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let typed = typed.to_lowercase();
    let nearest = known
        .into_iter()
        .map(|name| (distance(&typed, name), name))
        .min_by_key(|&(distance, _)| distance);
    match nearest {
        Some((distance, name)) if distance <= (typed.chars().count() / 3).max(1) => {
            format!("did you mean '{name}'?")
        }
        _ => String::new(),
    }
}

fn distance(typed: &str, name: &str) -> usize {
    let part = typed.len() >= 3 && (name.starts_with(typed) || name.ends_with(typed));
    if part {
        1
    } else {
        strsim::damerau_levenshtein(typed, name)
    }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn proposes_only_what_is_near() {
        let known = ["epochs", "batch", "tuning_seeds", "model.widths"];
        assert_eq!(did_you_mean("epoch", known), "did you mean 'epochs'?");
        assert_eq!(did_you_mean("Bacth", known), "did you mean 'batch'?");
        assert_eq!(
            did_you_mean("widths", known),
            "did you mean 'model.widths'?"
        );
        assert_eq!(did_you_mean("weather", known), "");
    }
}
