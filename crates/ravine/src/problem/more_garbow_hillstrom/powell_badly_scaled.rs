//! Powell's badly scaled function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "powell-badly-scaled",
    title: "Powell's badly scaled function",
    source: "M. J. D. Powell, 1970; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 3",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(PowellBadlyScaled, vec![0.0, 1.0])
            .within(&[(-0.001, 0.001), (-1.0, 12.0)])
            .reads("(10000*x*y - 1)^2 + (exp(-x) + exp(-y) - 1.0001)^2")
    },
};

/// `10⁴xy − 1`, `e⁻ˣ + e⁻ʸ − 1.0001`.
struct PowellBadlyScaled;

impl Windows<2> for PowellBadlyScaled {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x * y * 1e4 - 1.0);
        add((-x).exp() + (-y).exp() - 1.0001);
    }
}
