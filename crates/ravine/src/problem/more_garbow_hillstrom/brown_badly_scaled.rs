//! Brown's badly scaled function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "brown-badly-scaled",
    title: "Brown's badly scaled function",
    source: "K. M. Brown; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 4",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(BrownBadlyScaled, vec![1.0, 1.0])
            .within(&[(-1e6, 2e6), (-2.0, 2.0)])
            .least(0.0, vec![1e6, 2e-6])
            .reads("(x - 1000000)^2 + (y - 0.000002)^2 + (x*y - 2)^2")
    },
};

/// `x − 10⁶`, `y − 2·10⁻⁶`, `xy − 2`.
struct BrownBadlyScaled;

impl Windows<2> for BrownBadlyScaled {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x - 1e6);
        add(y - 2e-6);
        add(x * y - 2.0);
    }
}
