//! Ways to choose the step size, one file each.
//!
//! All of them back off from points where the function is NaN or +∞, look at a bounded number of points, and answer no step
//! rather than one that does not do what they promise.

mod armijo;
mod conditions;
mod constant;
mod decay;
mod exact;
mod goldstein;
mod hager_zhang;
mod more_thuente;
mod polyak;
mod sample;
mod wolfe;

pub use armijo::Armijo;
pub use constant::Constant;
pub use decay::Decay;
pub use exact::Exact;
pub use goldstein::Goldstein;
pub use hager_zhang::HagerZhang;
pub use more_thuente::MoreThuente;
pub use polyak::Polyak;
pub use wolfe::Wolfe;

use super::line::Line;
use super::{Error, StepSize, Stepping};
use crate::Scalar;

/// A step size that learns nothing from one line to the next: all there is of it are its options.
pub(super) trait Stateless: Copy + Send + Sync {
    /// Its name, as on the command line.
    const NAME: &'static str;

    /// Whether steps may lead uphill, as those do that look at no value.
    const MAY_RISE: bool = false;

    /// Whether the options are in their ranges.
    fn check(&self) -> Result<(), Error>;

    /// The step size along a line, given the one to try first.
    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, first: f64) -> Option<f64>;
}

impl<T: Scalar, S: Stateless> StepSize<T> for S {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        self.check()?;
        Ok(Box::new(*self))
    }
}

impl<T: Scalar, S: Stateless> Stepping<T> for S {
    fn step_size(
        &mut self,
        line: &mut Line<'_, '_, T>,
        first: f64,
        _iteration: u64,
    ) -> Option<f64> {
        self.search(line, first)
    }

    fn may_rise(&self) -> bool {
        S::MAY_RISE
    }
}

/// The first of α, α/2, α/4 … where the function and its slope exist, for steps that look at no value.
fn back_off<T: Scalar>(line: &mut Line<'_, '_, T>, step: f64) -> Option<f64> {
    // As many halvings as lead below the spacing of numbers.
    let mut steps = std::iter::successors(Some(step), |step| Some(0.5 * step)).take(64);
    steps.find(|&step| {
        let (value, slope) = line.value_and_slope(step);
        value < f64::INFINITY && (slope.is_finite() || value == f64::NEG_INFINITY)
    })
}
