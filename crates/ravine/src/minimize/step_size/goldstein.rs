//! Goldstein's conditions.

use super::Stateless;
use super::sample::{Sample, parabola};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line};

options! {
    /// Goldstein's conditions: the value falls by a part of what the slope promises that is neither too small nor too large,
    ///
    /// ```text
    /// φ(0) + (1 − c)αφ′(0) ≤ φ(α) ≤ φ(0) + cαφ′(0)
    /// ```
    /// Needs values only, and yet steps are not too short. They may all miss the minimum along the line, which is why methods that learn
    /// curvatures do better with [`Wolfe`](super::Wolfe)'s. In front of a wall, beyond which the function does not exist, only the right half may be satisfied.
    ///
    /// Source: A. A. Goldstein, "On steepest descent", 1965; Nocedal & Wright, "Numerical Optimization", 2nd ed., (3.11).
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Goldstein {
        /// c, in (0, ½). 0.1.
        pub decrease: f64,
    }
}

impl Default for Goldstein {
    fn default() -> Self {
        Self { decrease: 0.1 }
    }
}

impl Goldstein {
    /// With c = 0.1.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Most points that a search looks at.
const MOST: usize = 100;

impl Stateless for Goldstein {
    const NAME: &'static str = "goldstein";

    fn check(&self) -> Result<(), Error> {
        let inside = self.decrease > 0.0 && self.decrease < 0.5;
        Error::unless(inside, "decrease", self.decrease, "in (0, 1/2)")
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, first: f64) -> Option<f64> {
        let origin = Sample::origin(line);
        // A step that is too short, and one that is too long.
        let (mut short, mut long) = (0.0, f64::INFINITY);
        let mut step = first;
        for _ in 0..MOST {
            let trial = Sample::value_at(line, step);
            let promised = step * origin.slope;
            if trial.is_bottomless::<T>() {
                return Some(step);
            }
            // Also lower in truth: a step that is lost in rounding would be taken for ever.
            let low = trial.value <= origin.value + self.decrease * promised
                && trial.value < origin.value;
            if low && trial.value >= origin.value + (1.0 - self.decrease) * promised {
                return Some(step);
            }
            if low {
                short = step;
            } else {
                long = step;
            }
            step = if long == f64::INFINITY {
                4.0 * short
            } else {
                let (least, most) = (0.9 * short + 0.1 * long, 0.5 * (short + long));
                let inside = parabola(origin, trial).max(least).min(most);
                if low { most } else { inside }
            };
            if step <= short || step >= long {
                break;
            }
        }
        (short > 0.0).then_some(short)
    }
}
