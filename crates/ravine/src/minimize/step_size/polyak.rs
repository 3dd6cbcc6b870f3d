//! Polyak's step size.

use super::{Stateless, back_off};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line};

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

impl Stateless for Polyak {
    const NAME: &'static str = "polyak";
    const MAY_RISE: bool = true;

    fn check(&self) -> Result<(), Error> {
        let finite = self.lowest.is_finite();
        Error::unless(finite, "lowest", self.lowest, "a finite number")
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, _first: f64) -> Option<f64> {
        let step = (line.value_at_0() - self.lowest) / -line.slope_at_0();
        if step > 0.0 && step.is_finite() {
            back_off(line, step)
        } else {
            None
        }
    }
}
