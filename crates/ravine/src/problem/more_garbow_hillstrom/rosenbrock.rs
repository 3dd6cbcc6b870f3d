//! Rosenbrock's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "rosenbrock",
    title: "Rosenbrock's function",
    source: "H. H. Rosenbrock, 1960; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 1",
    dimensions: Dimensions::between(2, 2, LONG),
    make: |n| {
        let start = (0..n)
            .map(|i| if i % 2 == 0 { -1.2 } else { 1.0 })
            .collect();
        let problem = Problem::of_windows(Rosenbrock, start)
            .between(-2.0, 2.0)
            .least(0.0, vec![1.0; n]);
        if n == 2 {
            problem
                .within(&[(-2.0, 2.0), (-1.0, 3.0)])
                .reads("(1 - x)^2 + 100*(y - x^2)^2")
        } else {
            problem
        }
    },
};

/// `10(xᵢ₊₁ − xᵢ²)`, `1 − xᵢ` for i < n: a curved ravine.
///
/// More than two variables form a chain, in which each but the first and the last stands in two terms; from n = 4 on it has a second
/// minimum near (−1, 1, …, 1). Pairs that do not hang together are `extended-rosenbrock`.
struct Rosenbrock;

impl Windows<2> for Rosenbrock {
    const STRIDE: usize = 1;

    fn windows(&self, n: usize) -> usize {
        n.saturating_sub(1)
    }

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add((y - x.square()) * 10.0);
        add(-x + 1.0);
    }
}
