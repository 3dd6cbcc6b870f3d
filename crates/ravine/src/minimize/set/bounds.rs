//! The box.

use super::{Set, check_dimension};
use crate::Scalar;
use crate::minimize::{Bounds, Error};

/// The box `{x: l ≤ x ≤ u}`, of which some sides may be infinitely far away.
///
/// The projection is `min(max(x, l), u)`; `cᵀs` is least at a corner.
impl<T: Scalar> Set<T> for Bounds {
    fn name(&self) -> &'static str {
        "box"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        check_dimension("box", self.lower().len(), n)
    }

    fn project(&self, x: &mut [T]) {
        Bounds::project(self, x);
    }

    fn lowest(&self, c: &[T], s: &mut [T]) -> bool {
        if !self.are_finite() {
            return false;
        }
        let sides = self.lower().iter().zip(self.upper());
        for ((s, c), (l, u)) in s.iter_mut().zip(c).zip(sides) {
            *s = T::from_f64(if c.to_f64() > 0.0 { *l } else { *u });
        }
        true
    }
}
