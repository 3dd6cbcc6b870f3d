/// The learning rate `offset` half decades from `usual`.
///
/// Rounded to three significant digits, so that the rate that is shown is the rate that was run.
pub(super) fn rate(usual: f64, offset: i32) -> f64 {
    let exact = usual * 10f64.powf(f64::from(offset) / 2.0);
    format!("{exact:.2e}").parse().unwrap_or(exact)
}

/// The offsets of a grid of `trials` rates around the usual one; of an even number, one more lies below it than above.
pub(super) fn offsets(trials: usize) -> std::ops::RangeInclusive<i32> {
    let trials = trials as i32;
    -(trials / 2)..=(trials - 1 - trials / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_decades_with_three_digits() {
        let rates: Vec<f64> = offsets(7).map(|k| rate(0.001, k)).collect();
        let expected = [3.16e-5, 1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2];
        assert_eq!(rates, expected);
        assert_eq!(rate(10f64.powf(-2.5), 0), 0.00316);
        assert_eq!(rate(10f64.powf(-2.5), 1), 0.01);
    }

    #[test]
    fn as_many_rates_as_trials() {
        for trials in 1..20 {
            assert_eq!(offsets(trials).count(), trials);
            assert!(offsets(trials).contains(&0));
        }
    }
}
