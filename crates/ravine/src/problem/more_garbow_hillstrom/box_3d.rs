//! Box's function of three variables.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "box-3d",
    title: "Box's function of three variables",
    source: "M. J. Box, 1966; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 12",
    dimensions: Dimensions::only(3),
    make: |_| {
        Problem::of_windows(Box3d::new(), vec![0.0, 10.0, 20.0])
            .least(0.0, vec![1.0, 10.0, 1.0])
            .least(0.0, vec![10.0, 1.0, -1.0])
            .least(0.0, vec![1.0, 1.0, 0.0])
    },
};

/// `e^(−tᵢx) − e^(−tᵢy) − z(e^(−tᵢ) − e^(−10tᵢ))`, tᵢ = i/10, i = 1 … 10.
///
/// It is 0 also wherever x = y and z = 0.
struct Box3d(
    /// tᵢ and the factor of z.
    [(f64, f64); 10],
);

impl Box3d {
    fn new() -> Self {
        Self(std::array::from_fn(|i| {
            let t = (i + 1) as f64 / 10.0;
            (t, libm::exp(-t) - libm::exp(-10.0 * t))
        }))
    }
}

impl Windows<3> for Box3d {
    fn terms<V: Number>(&self, _: Place, &[x, y, z]: &[V; 3], add: &mut dyn FnMut(V)) {
        for (t, factor) in &self.0 {
            add((-(x * *t)).exp() - (-(y * *t)).exp() - z * *factor);
        }
    }
}
