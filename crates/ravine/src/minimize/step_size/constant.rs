//! A constant step size.

use super::{Stateless, back_off};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line};

options! {
    /// The same step size α always, halved only where the function does not exist there.
    ///
    /// Looks at no value, so steps may lead uphill: where the curvature L along the way is above 2/α, steepest descent diverges. For teaching, and
    /// for functions whose curvature is known.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Constant {
        /// α, positive.
        pub step: f64,
    }
}

impl Constant {
    /// The step size α.
    #[must_use]
    pub fn new(step: f64) -> Self {
        Self { step }
    }
}

impl Stateless for Constant {
    const NAME: &'static str = "constant";
    const MAY_RISE: bool = true;

    fn check(&self) -> Result<(), Error> {
        Error::unless_positive("step", self.step)
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, _first: f64) -> Option<f64> {
        back_off(line, self.step)
    }
}
