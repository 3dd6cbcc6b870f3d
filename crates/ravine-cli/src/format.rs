//! Numbers for people.

/// With three significant digits, without trailing zeros: `0.0812`, `1230`, `4.1e-7`.
pub(crate) fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    if (1e-5..1e6).contains(&rounded.abs()) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// With three digits after the point: `0.975`.
pub(crate) fn share(value: f64) -> String {
    format!("{value:.3}")
}

/// A span of time, to a sensible precision: `0.21 s`, `41 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{} s", significant(seconds));
    }
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}

/// `3 seeds`, `1 seed`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let many = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{many}")
}

/// `a`, `a and b`, `a, b and c`; beyond `most` names the rest is counted.
pub(crate) fn listed(names: &[&str], most: usize) -> String {
    let others = (names.len() > most).then(|| format!("{} others", names.len() - most + 1));
    let shown = match &others {
        Some(others) => [&names[..most - 1], &[others.as_str()]].concat(),
        None => names.to_vec(),
    };
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.concat(),
    }
}

/// The words of `text` on lines of at most `width` characters, as far as single words allow.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in text.split(' ') {
        let more = word.chars().count();
        if length > 0 && length + 1 + more > width {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines += word;
        length += more;
    }
    lines
}

/// As many words of a text as fit in `width` characters, and a sign of those that do not.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    let lines = wrapped(text, width.saturating_sub(2));
    let first = lines.lines().next().unwrap_or_default();
    format!("{} …", first.trim_end_matches([',', ':', ';']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits() {
        let expected = [
            (0.081_23, "0.0812"),
            (1234.0, "1230"),
            (0.1, "0.1"),
            (4.1e-7, "4.1e-7"),
            (0.999_96, "1"),
            (0.0, "0"),
        ];
        for (value, text) in expected {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn spans_of_time() {
        let expected = [
            (0.2134, "0.213 s"),
            (41.4, "41 s"),
            (200.0, "3 min 20 s"),
            (7500.0, "2 h 5 min"),
        ];
        for (seconds, text) in expected {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn names_in_a_sentence() {
        assert_eq!(listed(&["a"], 4), "a");
        assert_eq!(listed(&["a", "b"], 4), "a and b");
        assert_eq!(listed(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(listed(&["a", "b", "c", "d"], 3), "a, b and 2 others");
        assert_eq!(counted(1, "seed") + &counted(2, "seed"), "1 seed2 seeds");
    }

    #[test]
    fn sentences_are_shortened_between_words() {
        assert_eq!(shortened("one two", 7), "one two");
        assert_eq!(shortened("one two: three", 11), "one two …");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(
            wrapped("longer than it may be", 4),
            "longer\nthan\nit\nmay\nbe"
        );
        assert_eq!(wrapped("20–80 %", 7), "20–80 %");
    }
}
