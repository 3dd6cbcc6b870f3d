//! Polyak's step size.

use super::back_off;
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line, StepSize, Stepping};

options! {
    /// Polyak's step size: `α = (f(x) − f*) / −∇f(x)ᵀd`, for functions whose lowest value f* is known; on `d = −∇f` it is
    /// `(f(x) − f*)/‖∇f(x)‖²`.
    ///
    /// Where the function is convex, every step along −∇f brings x nearer to the minimum; the values may rise. No step leads on from f* or
    /// below.
    ///
    /// Source: B. T. Polyak, "Minimization of unsmooth functionals", 1969; "Introduction to Optimization", 1987, section 5.3.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Polyak {
        /// f*. 0, as of sums of squares that can all vanish.
        pub lowest: f64,
    }
}

impl Polyak {
    /// For a function whose lowest value is `lowest`.
    #[must_use]
    pub fn new(lowest: f64) -> Self {
        Self { lowest }
    }
}

impl<T: Scalar> StepSize<T> for Polyak {
    fn name(&self) -> &'static str {
        "polyak"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        let finite = self.lowest.is_finite();
        Error::unless(finite, "lowest", self.lowest, "a finite number")?;
        Ok(Box::new(*self))
    }
}

impl<T: Scalar> Stepping<T> for Polyak {
    fn step_size(
        &mut self,
        line: &mut Line<'_, '_, T>,
        _first: f64,
        _iteration: u64,
    ) -> Option<f64> {
        let step = (line.value_at_0() - self.lowest) / -line.slope_at_0();
        if step > 0.0 && step.is_finite() {
            back_off(line, step)
        } else {
            None
        }
    }

    fn may_rise(&self) -> bool {
        true
    }
}
