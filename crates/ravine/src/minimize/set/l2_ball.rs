//! The ball of the Euclidean norm.

use super::{Set, check_radius};
use crate::Scalar;
use crate::minimize::Error;
use crate::minimize::vector::norm;

/// The ball `{x: ‖x‖₂ ≤ r}`.
///
/// The projection of a point outside is `x·r/‖x‖₂`; `cᵀs` is least at `−c·r/‖c‖₂`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L2Ball {
    /// r, positive.
    pub radius: f64,
}

impl L2Ball {
    /// The ball of radius r.
    #[must_use]
    pub fn new(radius: f64) -> Self {
        Self { radius }
    }
}

impl<T: Scalar> Set<T> for L2Ball {
    fn name(&self) -> &'static str {
        "l2 ball"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_radius(self.radius)
    }

    fn project(&self, x: &mut [T]) {
        let length = norm(x);
        if length <= self.radius {
            return;
        }
        for x in x {
            *x = T::from_f64(x.to_f64() / length * self.radius);
        }
    }

    fn lowest(&self, c: &[T], s: &mut [T]) -> bool {
        let length = norm(c);
        if length == 0.0 {
            s.fill(T::from_f64(0.0));
            return true;
        }
        for (s, c) in s.iter_mut().zip(c) {
            *s = T::from_f64(-c.to_f64() / length * self.radius);
        }
        true
    }
}
