//! Broyden's tridiagonal function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "broyden-tridiagonal",
    title: "Broyden's tridiagonal function",
    source: "C. G. Broyden, 1965; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 30",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| Problem::of_windows(BroydenTridiagonal, vec![-1.0; n]),
};

/// `(3 − 2xᵢ)xᵢ − xᵢ₋₁ − 2xᵢ₊₁ + 1`, x₀ = xₙ₊₁ = 0.
///
/// Its minimum is 0.
struct BroydenTridiagonal;

impl Windows<3> for BroydenTridiagonal {
    const STRIDE: usize = 1;
    const BEFORE: usize = 1;

    fn terms<V: Number>(&self, _: Place, &[before, x, after]: &[V; 3], add: &mut dyn FnMut(V)) {
        add((-(x * 2.0) + 3.0) * x - before - after * 2.0 + 1.0);
    }
}
