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
}
