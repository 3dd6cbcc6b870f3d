//! Quantiles over seeds. A failure is an infinity and stays among the values: leaving it out would flatter whoever fails.

use serde::{Deserialize, Serialize};

/// The quantile at probability `p` (0 to 1), by linear interpolation between order statistics.
///
/// With the n values sorted, the position is h = (n − 1)·p, and the quantile lies between the values at ⌊h⌋ and ⌈h⌉
/// (definition 7 of Hyndman & Fan, "Sample Quantiles in Statistical Packages", 1996; NumPy's and R's default).
/// Infinite values are allowed: the quantile is infinite as soon as an infinite value takes part in it.
/// NaN counts as +∞. `None` for no values.
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values
        .iter()
        .map(|&v| if v.is_nan() { f64::INFINITY } else { v })
        .collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let h = last as f64 * p.clamp(0.0, 1.0);
    let (below, above) = (sorted[h.floor() as usize], sorted[h.ceil() as usize]);
    let weight = h.fract();
    Some(if weight == 0.0 || below == above || below.is_infinite() {
        below
    } else if above.is_infinite() {
        above
    } else {
        below + weight * (above - below)
    })
}

/// The median, with an even number of values the mean of the two in the middle; see [`quantile`].
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Median and 20–80 % quantiles of one quantity over seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The median, or `None` where it is not finite.
    pub median: Option<f64>,
    /// The 20 % quantile, or `None` where it is not finite.
    pub low: Option<f64>,
    /// The 80 % quantile, or `None` where it is not finite.
    pub high: Option<f64>,
    /// Number of values, failures included.
    pub n: usize,
}

impl Summary {
    /// The summary of `values`, in which an infinity stands for a failure or a miss.
    pub fn of(values: &[f64]) -> Summary {
        let at = |p| quantile(values, p).filter(|q| q.is_finite());
        Summary {
            median: at(0.5),
            low: at(0.2),
            high: at(0.8),
            n: values.len(),
        }
    }
}

/// What it took to reach the target: a [`Summary`] in which a miss is infinite, and how many runs reached it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reaching {
    /// Median and quantiles, `None` where that many runs never reached the target.
    #[serde(flatten)]
    pub summary: Summary,
    /// Number of runs that reached the target.
    pub reached: usize,
}

impl Reaching {
    /// The summary of `costs`, one for each run, `None` for a run that missed the target.
    pub fn of(costs: &[Option<f64>]) -> Reaching {
        let values: Vec<f64> = costs.iter().map(|c| c.unwrap_or(f64::INFINITY)).collect();
        Reaching {
            summary: Summary::of(&values),
            reached: costs.iter().flatten().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    // Expected values: numpy.quantile(values, p), NumPy 2 (method "linear").
    #[test]
    fn quantiles_equal_numpys() {
        let five = [3.0, 1.0, 2.0, 10.0, 7.0];
        assert_eq!(quantile(&five, 0.5), Some(3.0));
        assert!((quantile(&five, 0.2).unwrap() - 1.8).abs() < 1e-12);
        assert!((quantile(&five, 0.8).unwrap() - 7.6).abs() < 1e-12);
        let four = [4.0, 1.0, 2.0, 8.0];
        assert_eq!(median(&four), Some(3.0));
        assert!((quantile(&four, 0.2).unwrap() - 1.6).abs() < 1e-12);
        assert_eq!(quantile(&[5.0], 0.8), Some(5.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn an_infinity_counts_where_it_takes_part() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, INF, INF], 0.5), Some(3.0));
        assert_eq!(quantile(&[1.0, 2.0, INF, INF, INF], 0.5), Some(INF));
        assert_eq!(quantile(&[1.0, INF], 0.5), Some(INF));
        assert_eq!(quantile(&[1.0, f64::NAN, 0.0], 0.5), Some(1.0));
        assert_eq!(quantile(&[-INF, 0.5, 0.9], 0.2), Some(-INF));
        assert_eq!(quantile(&[-INF, INF], 0.5), Some(-INF));
    }

    #[test]
    fn a_miss_stays_in_the_median() {
        let reaching = Reaching::of(&[Some(10.0), None, Some(20.0), None, None]);
        assert_eq!(reaching.summary.median, None);
        assert_eq!((reaching.summary.n, reaching.reached), (5, 2));
        let reaching = Reaching::of(&[Some(10.0), None, Some(20.0)]);
        assert_eq!(reaching.summary.median, Some(20.0));
    }
}
