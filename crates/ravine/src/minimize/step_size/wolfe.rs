//! The strong Wolfe conditions, by bracketing and zoom.

use super::Stateless;
use super::conditions::Conditions;
use super::sample::{Sample, cubic, parabola};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line};

options! {
    /// The strong Wolfe conditions, by bracketing and zoom:
    ///
    /// ```text
    /// φ(α) ≤ φ(0) + c₁αφ′(0),   |φ′(α)| ≤ c₂|φ′(0)|
    /// ```
    /// Steps grow until an interval must hold such an α, and cubics narrow it. Points whose value alone rules them out cost no gradient. Where φ(α) and
    /// φ(0) differ by rounding only, slopes judge instead of values. In front of a wall, beyond which the function does not exist, and where it falls without end, there may
    /// be no such α; a step that satisfies the first condition is the answer then.
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., algorithms 3.5 and 3.6.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Wolfe {
        /// c₁, in (0, 1). 1e-4.
        pub decrease: f64,
        /// c₂, between c₁ and 1. 0.9, as Newton's and quasi-Newton methods want it; conjugate gradients want 0.1.
        pub curvature: f64,
    }
}

impl Default for Wolfe {
    fn default() -> Self {
        Self {
            decrease: 1e-4,
            curvature: 0.9,
        }
    }
}

impl Wolfe {
    /// With c₁ = 1e-4 and c₂ = 0.9.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Most points that a search looks at.
const MOST: usize = 80;

impl Stateless for Wolfe {
    const NAME: &'static str = "wolfe";

    fn check(&self) -> Result<(), Error> {
        Conditions::check(self.decrease, self.curvature)
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, first: f64) -> Option<f64> {
        let origin = Sample::origin(line);
        let conditions = Conditions::new::<T>(self.decrease, self.curvature, origin);
        // The best point so far, from which the function falls toward the other end of the interval, once there is one.
        let (mut low, mut other) = (origin, None);
        let (mut step, mut before) = (first, f64::INFINITY);
        for _ in 0..MOST {
            let mut trial = Sample::value_at(line, step);
            if trial.is_bottomless::<T>() {
                return Some(step);
            }
            let mut high = conditions.is_high(trial) || conditions.is_above(trial, low);
            if !high {
                trial = Sample::at(line, step);
                high = !trial.exists();
            }
            if high {
                other = Some(trial);
                step = inside(low, trial);
            } else if conditions.hold(trial) {
                return Some(step);
            } else {
                let toward = other.map_or(1.0, |other: Sample| other.step - low.step);
                if trial.slope * toward >= 0.0 {
                    other = Some(low);
                }
                step = match other {
                    Some(other) => inside(trial, other),
                    None => beyond(low, trial),
                };
                low = trial;
            }
            if let Some(other) = other {
                let width = (other.step - low.step).abs();
                if width > 0.6 * before {
                    step = 0.5 * (low.step + other.step);
                }
                before = width;
                if step == low.step || step == other.step {
                    break;
                }
            }
        }
        conditions.falls(low).then_some(low.step)
    }
}

/// A step between a low point and the other end, where a model of the function is least.
fn inside(low: Sample, other: Sample) -> f64 {
    let width = other.step - low.step;
    let model = if other.exists() {
        cubic(low, other)
    } else if other.value.is_finite() {
        parabola(low, other)
    } else {
        f64::NAN
    };
    let part = (model - low.step) / width;
    // NaN where there is no model.
    low.step
        + width
            * if part.is_nan() {
                0.1
            } else {
                part.clamp(0.15, 0.85)
            }
}

/// A step beyond two points between which the function fell.
fn beyond(from: Sample, to: Sample) -> f64 {
    let width = to.step - from.step;
    let part = (cubic(from, to) - to.step) / width;
    // NaN or negative where the cubic falls without end.
    to.step
        + width
            * if part > 0.0 {
                part.clamp(1.0, 9.0)
            } else {
                9.0
            }
}
