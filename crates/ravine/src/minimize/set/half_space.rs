//! The half-space.

use super::{Set, check_dimension};
use crate::Scalar;
use crate::minimize::Error;
use crate::minimize::vector::norm;

/// The half-space `{x: aᵀx ≤ b}`.
///
/// The projection of a point outside is `x − a(aᵀx − b)/‖a‖²`.
#[derive(Clone, Debug, PartialEq)]
pub struct HalfSpace {
    /// a/‖a‖.
    normal: Vec<f64>,
    /// b/‖a‖.
    offset: f64,
}

impl HalfSpace {
    /// The half-space of the normal a and the offset b.
    ///
    /// # Errors
    ///
    /// If a is zero, or a number is infinite or NaN.
    pub fn new(mut normal: Vec<f64>, offset: f64) -> Result<Self, Error> {
        let length = norm(&normal);
        Error::unless_positive("the length of a half-space's normal", length)?;
        for a in &mut normal {
            *a /= length;
        }
        let distance = offset / length;
        Error::unless(
            distance.is_finite(),
            "the offset of a half-space",
            offset,
            "finite, and so its part of the normal's length",
        )?;
        Ok(Self {
            normal,
            offset: distance,
        })
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
        let products = self.normal.iter().zip(&*x).map(|(a, x)| a * x.to_f64());
        let beyond = products.sum::<f64>() - self.offset;
        if beyond <= 0.0 {
            return;
        }
        for (x, a) in x.iter_mut().zip(&self.normal) {
            *x = T::from_f64(x.to_f64() - a * beyond);
        }
    }
}
