//! Step sizes that shrink by a rule.

use super::back_off;
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line, StepSize, Stepping};

options! {
    /// Step sizes that shrink with the iteration k = 0, 1, 2 …: [geometric](Self::geometric) `αρᵏ`, or [harmonic](Self::harmonic)
    /// `α/(k + 1)`.
    ///
    /// Looks at no value, so steps may lead uphill. Harmonic steps are long enough together to reach any point, and yet their squares have
    /// a finite sum, which averages noise away; geometric ones reach no farther than α/(1 − ρ) times the largest direction.
    ///
    /// Source: H. Robbins & S. Monro, "A stochastic approximation method", 1951, (5); N. Z. Shor, "Minimization Methods for
    /// Non-Differentiable Functions", 1985, section 2.3, for geometric ones.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Decay {
        /// α, positive.
        pub step: f64,
        /// ρ in (0, 1] of geometric steps; `None` for harmonic ones.
        pub factor: Option<f64>,
    }
}

impl Decay {
    /// `αρᵏ`.
    #[must_use]
    pub fn geometric(step: f64, factor: f64) -> Self {
        Self {
            step,
            factor: Some(factor),
        }
    }

    /// `α/(k + 1)`.
    #[must_use]
    pub fn harmonic(step: f64) -> Self {
        Self { step, factor: None }
    }
}

impl<T: Scalar> StepSize<T> for Decay {
    fn name(&self) -> &'static str {
        if self.factor.is_some() {
            "geometric"
        } else {
            "harmonic"
        }
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        Error::unless_positive("step", self.step)?;
        if let Some(factor) = self.factor {
            let inside = factor > 0.0 && factor <= 1.0;
            Error::unless(inside, "factor", factor, "in (0, 1]")?;
        }
        Ok(Box::new(Decaying {
            options: *self,
            power: 1.0,
        }))
    }
}

struct Decaying {
    options: Decay,
    /// ρᵏ.
    power: f64,
}

impl<T: Scalar> Stepping<T> for Decaying {
    fn step_size(
        &mut self,
        line: &mut Line<'_, '_, T>,
        _first: f64,
        iteration: u64,
    ) -> Option<f64> {
        let step = match self.options.factor {
            Some(factor) => {
                let step = self.options.step * self.power;
                self.power *= factor;
                step
            }
            #[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ iterations")]
            None => self.options.step / (iteration as f64 + 1.0),
        };
        back_off(line, step)
    }

    fn may_rise(&self) -> bool {
        true
    }
}
