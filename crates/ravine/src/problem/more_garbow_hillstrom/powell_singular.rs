//! Powell's singular function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "powell-singular",
    title: "Powell's singular function",
    source: "M. J. D. Powell, 1962; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 13",
    dimensions: Dimensions::only(4),
    make: |_| {
        Problem::of_windows(PowellSingular, vec![3.0, -1.0, 0.0, 1.0]).least(0.0, vec![0.0; 4])
    },
};

/// `a + 10b`, `√5(c − d)`, `(b − 2c)²`, `√10(a − d)²`: the Hessian at the minimum is singular.
struct PowellSingular;

/// The terms of one block of four.
pub(super) fn blocks<V: Number>(&[a, b, c, d]: &[V; 4], add: &mut dyn FnMut(V)) {
    add(a + b * 10.0);
    add((c - d) * 5f64.sqrt());
    add((b - c * 2.0).square());
    add((a - d).square() * 10f64.sqrt());
}

impl Windows<4> for PowellSingular {
    fn terms<V: Number>(&self, _: Place, x: &[V; 4], add: &mut dyn FnMut(V)) {
        blocks(x, add);
    }
}
