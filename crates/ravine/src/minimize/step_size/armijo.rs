//! Backtracking to sufficient decrease.

use crate::Scalar;
use crate::minimize::line::Line;
use crate::minimize::{Error, StepSize, Stepping};

/// Backtracking: the first of α, ρα, ρ²α … with sufficient decrease, `φ(α) ≤ φ(0) + c₁αφ′(0)`.
///
/// While first trials are taken as they are, each begins 1/ρ times farther than it otherwise would.
///
/// Source: L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966; Nocedal & Wright,
/// "Numerical Optimization", 2nd ed., algorithm 3.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Armijo {
    /// c₁, the part of the slope that must be kept, in (0, 1). 1e-4.
    pub decrease: f64,
    /// ρ, the factor of each step back, in (0, 1). 0.5.
    pub factor: f64,
}

impl Default for Armijo {
    fn default() -> Self {
        Self {
            decrease: 1e-4,
            factor: 0.5,
        }
    }
}

impl Armijo {
    /// With c₁ = 1e-4 and ρ = ½.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Scalar> StepSize<T> for Armijo {
    fn name(&self) -> &'static str {
        "armijo"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        let inside = |v: f64| v > 0.0 && v < 1.0;
        Error::unless(
            inside(self.decrease),
            "decrease",
            self.decrease,
            "in (0, 1)",
        )?;
        Error::unless(inside(self.factor), "factor", self.factor, "in (0, 1)")?;
        Ok(Box::new(Backtracking {
            options: *self,
            boost: 1.0,
        }))
    }
}

struct Backtracking {
    options: Armijo,
    /// How much farther than the first trial to begin. Grows while the first one is taken, because steps back never lead farther.
    boost: f64,
}

impl<T: Scalar> Stepping<T> for Backtracking {
    fn step_size(
        &mut self,
        line: &mut Line<'_, '_, T>,
        first: f64,
        _iteration: u64,
    ) -> Option<f64> {
        let Armijo { decrease, factor } = self.options;
        let (value, slope) = (line.value_at_0(), line.slope_at_0());
        let begin = if first == 1.0 {
            1.0
        } else {
            first * self.boost
        };
        let mut step = begin;
        while step > f64::MIN_POSITIVE {
            let there = line.value(step);
            // Also lower in truth: a step that is lost in rounding would be taken for ever.
            if there <= value + decrease * step * slope && there < value {
                self.boost = if step == begin {
                    self.boost / factor
                } else {
                    1.0
                };
                return Some(step);
            }
            step *= factor;
        }
        None
    }
}
