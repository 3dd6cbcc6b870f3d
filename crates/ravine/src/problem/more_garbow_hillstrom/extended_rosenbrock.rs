//! Extended Rosenbrock function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "extended-rosenbrock",
    title: "Extended Rosenbrock function",
    source: "E. Spedicato, 1975; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 21",
    dimensions: Dimensions::between(2, 10, LONG).multiple_of(2),
    make: |n| {
        let start = [-1.2, 1.0].into_iter().cycle().take(n).collect();
        Problem::of_windows(ExtendedRosenbrock, start)
            .between(-2.0, 2.0)
            .least(0.0, vec![1.0; n])
    },
};

/// `10(x₂ᵢ − x₂ᵢ₋₁²)`, `1 − x₂ᵢ₋₁`: n/2 Rosenbrock functions that do not hang together.
struct ExtendedRosenbrock;

impl Windows<2> for ExtendedRosenbrock {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add((y - x.square()) * 10.0);
        add(-x + 1.0);
    }
}
