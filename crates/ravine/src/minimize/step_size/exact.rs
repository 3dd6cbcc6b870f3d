//! Exact line search.

use super::Stateless;
use super::sample::{Sample, secant};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{epsilon, rounding};
use crate::minimize::{Error, Line};

options! {
    /// Goes to a minimum along the line: where the slope is 0, by the method of Brent and Dekker.
    ///
    /// Steps grow until the minimum is between two of them. The interval is then narrowed by inverse quadratic interpolation or secants of the slopes where these converge, and
    /// by halving where they do not, until the slope is at most `tolerance` times the first one, or the interval as small as
    /// the numbers allow. Successive directions of steepest descent are orthogonal then. More evaluations an iteration than a
    /// search that stops at [`Wolfe`](super::Wolfe)'s conditions, for few iterations less: for teaching, and for functions that are costly to
    /// begin a new direction on.
    ///
    /// Source: R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 4; T. J. Dekker, "Finding a zero by means of successive
    /// linear interpolation", 1969.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Exact {
        /// How small the slope becomes, as a part of the first one, in (0, 1). 1e-9.
        pub tolerance: f64,
    }
}

impl Default for Exact {
    fn default() -> Self {
        Self { tolerance: 1e-9 }
    }
}

impl Exact {
    /// With a tolerance of 1e-9.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Most points that a search looks at.
const MOST: usize = 200;

impl Stateless for Exact {
    const NAME: &'static str = "exact";

    fn check(&self) -> Result<(), Error> {
        let inside = self.tolerance > 0.0 && self.tolerance < 1.0;
        Error::unless(inside, "tolerance", self.tolerance, "in (0, 1)")
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, first: f64) -> Option<f64> {
        let origin = Sample::origin(line);
        let flat = self.tolerance * origin.slope.abs();
        let rounding = rounding::<T>() * origin.value.abs();
        let resolution = resolution(line);
        // A low point from which the function falls, the one before it, and a point beyond the minimum.
        let (mut low, mut before, mut high) = (origin, None, None);
        let mut step = first;
        let mut widths = [f64::INFINITY; 3];
        for _ in 0..MOST {
            let trial = Sample::at(line, step);
            if trial.is_bottomless::<T>() {
                return Some(step);
            }
            let above = !trial.exists() || trial.value > low.value + rounding;
            if !above && trial.slope.abs() <= flat {
                return Some(step);
            }
            let third = if above || trial.slope > 0.0 {
                high.replace(trial)
            } else {
                before = Some(low);
                std::mem::replace(&mut low, trial).into()
            };
            step = match (high, before) {
                (Some(high), _) => {
                    let width = high.step - low.step;
                    let slow = width > 0.5 * widths[2];
                    widths = [width, widths[0], widths[1]];
                    let model = if slow {
                        f64::NAN
                    } else {
                        zero(low, high, third)
                    };
                    if model > low.step && model < high.step {
                        // Not so near to an end that nothing is learnt.
                        let (least, most) =
                            (low.step + 2.0 * resolution, high.step - 2.0 * resolution);
                        model.max(least).min(most)
                    } else if high.exists() {
                        0.5 * (low.step + high.step)
                    } else {
                        low.step + 0.1 * width
                    }
                }
                (None, Some(before)) => {
                    let moved = low.step - before.step;
                    let model = secant(before, low);
                    // NaN or behind where the slope becomes steeper.
                    let ahead = (model - low.step) / moved;
                    low.step + moved * if ahead > 0.0 { ahead.min(9.0) } else { 9.0 }
                }
                (None, None) => return None,
            };
            let reached = |end: Sample| (step - end.step).abs() <= resolution;
            if reached(low) || high.is_some_and(reached) {
                break;
            }
        }
        // What the numbers allow: the flatter of the ends.
        let ends = [Some(low), high.filter(Sample::exists)];
        // Where rounding has used up the values, the slope must have become smaller.
        let better = |end: &Sample| {
            end.value < origin.value
                || (end.value <= origin.value + rounding
                    && end.slope.abs() <= 0.5 * origin.slope.abs())
        };
        let ends = ends.into_iter().flatten().filter(better);
        let flatter = |a: &Sample, b: &Sample| a.slope.abs().total_cmp(&b.slope.abs());
        ends.min_by(flatter).map(|end| end.step)
    }
}

/// How far apart steps must be, lest the numbers that they lead to be the same.
fn resolution<T: Scalar>(line: &Line<'_, '_, T>) -> f64 {
    let coordinates = line.origin().iter().zip(line.direction());
    let spacings = coordinates.map(|(x, d)| epsilon::<T>() * (x.to_f64() / d.to_f64()).abs());
    spacings.fold(f64::INFINITY, f64::min)
}

/// Where the slope is 0, by inverse quadratic interpolation through three points, or the secant through two. NaN or outside where
/// they cannot tell.
fn zero(low: Sample, high: Sample, third: Option<Sample>) -> f64 {
    if high.slope <= 0.0 || high.slope.is_nan() {
        return f64::NAN;
    }
    let inverse = third.filter(Sample::exists).map(|third| {
        let (p, q, r) = (low.slope, high.slope, third.slope);
        low.step * q * r / ((p - q) * (p - r))
            + high.step * p * r / ((q - p) * (q - r))
            + third.step * p * q / ((r - p) * (r - q))
    });
    match inverse {
        Some(inverse) if inverse > low.step && inverse < high.step => inverse,
        _ => secant(low, high),
    }
}
