//! A constant step size.

use super::back_off;
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line, StepSize, Stepping};

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

impl<T: Scalar> StepSize<T> for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        let positive = self.step > 0.0 && self.step.is_finite();
        Error::unless(positive, "step", self.step, "a positive number")?;
        Ok(Box::new(*self))
    }
}

impl<T: Scalar> Stepping<T> for Constant {
    fn step_size(
        &mut self,
        line: &mut Line<'_, '_, T>,
        _first: f64,
        _iteration: u64,
    ) -> Option<f64> {
        back_off(line, self.step)
    }

    fn may_rise(&self) -> bool {
        true
    }
}
