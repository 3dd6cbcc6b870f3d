//! The half-space.

use super::{Set, check_dimension};
use crate::Scalar;
use crate::minimize::Error;
use crate::minimize::vector::dot;

/// The half-space `{x: aᵀx ≤ b}`.
///
/// The projection of a point outside is `x − a(aᵀx − b)/‖a‖²`.
#[derive(Clone, Debug, PartialEq)]
pub struct HalfSpace {
    normal: Vec<f64>,
    offset: f64,
}

impl HalfSpace {
    /// The half-space of the normal a and the offset b.
    ///
    /// # Errors
    ///
    /// If a is zero, or a number is infinite or NaN.
    pub fn new(normal: Vec<f64>, offset: f64) -> Result<Self, Error> {
        let square = dot(&normal, &normal);
        Error::unless(
            square > 0.0 && square.is_finite(),
            "the squared length of a half-space's normal",
            square,
            "a positive number",
        )?;
        Error::unless(
            offset.is_finite(),
            "the offset of a half-space",
            offset,
            "finite",
        )?;
        Ok(Self { normal, offset })
    }

    fn beyond<T: Scalar>(&self, x: &[T]) -> f64 {
        let products = self.normal.iter().zip(x).map(|(a, x)| a * x.to_f64());
        products.sum::<f64>() - self.offset
    }
}

impl<T: Scalar> Set<T> for HalfSpace {
    fn name(&self) -> &'static str {
        "half-space"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        check_dimension("half-space", self.normal.len(), n)
    }

    fn project(&self, x: &mut [T]) {
        let beyond = self.beyond(x);
        if beyond <= 0.0 {
            return;
        }
        let step = beyond / dot(&self.normal, &self.normal);
        for (x, a) in x.iter_mut().zip(&self.normal) {
            *x = T::from_f64(x.to_f64() - a * step);
        }
    }
}
