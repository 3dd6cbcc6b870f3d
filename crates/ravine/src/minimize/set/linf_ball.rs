//! The ball of the largest coordinate.

use super::{Set, check_radius};
use crate::Scalar;
use crate::minimize::Error;

/// The ball `{x: ‖x‖∞ ≤ r}`, a box around the origin.
///
/// The projection is `min(max(x, −r), r)`; `cᵀs` is least at the corner `−r·sign(c)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LInfBall {
    /// r, positive.
    pub radius: f64,
}

impl LInfBall {
    /// The ball of radius r.
    #[must_use]
    pub fn new(radius: f64) -> Self {
        Self { radius }
    }
}

impl<T: Scalar> Set<T> for LInfBall {
    fn name(&self) -> &'static str {
        "l-infinity ball"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_radius(self.radius)
    }

    fn project(&self, x: &mut [T]) {
        for x in x {
            let value = x.to_f64();
            if value.abs() > self.radius {
                *x = T::from_f64(self.radius.copysign(value));
            }
        }
    }

    fn lowest(&self, c: &[T], s: &mut [T]) -> bool {
        for (s, c) in s.iter_mut().zip(c) {
            *s = T::from_f64(if c.to_f64() > 0.0 {
                -self.radius
            } else {
                self.radius
            });
        }
        true
    }
}
