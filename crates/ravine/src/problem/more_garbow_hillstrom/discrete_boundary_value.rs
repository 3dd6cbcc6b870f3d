//! Discrete boundary value function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "discrete-boundary-value",
    title: "Discrete boundary value function",
    source: "J. J. Moré, M. Y. Cosnard, 1979; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 28",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| {
        let t = (1..=n).map(|i| i as f64 / (n + 1) as f64);
        Problem::of_windows(DiscreteBoundaryValue, t.map(|t| t * (t - 1.0)).collect())
            .between(-1.0, 0.0)
    },
};

/// `2xᵢ − xᵢ₋₁ − xᵢ₊₁ + h²(xᵢ + tᵢ + 1)³/2`, h = 1/(n + 1), tᵢ = ih, x₀ = xₙ₊₁ = 0.
///
/// Its minimum is 0.
struct DiscreteBoundaryValue;

impl Windows<3> for DiscreteBoundaryValue {
    const STRIDE: usize = 1;
    const BEFORE: usize = 1;

    fn terms<V: Number>(&self, at: Place, &[before, x, after]: &[V; 3], add: &mut dyn FnMut(V)) {
        let h = 1.0 / (at.n + 1) as f64;
        let t = (at.index + 1) as f64 * h;
        add(x * 2.0 - before - after + (x + (t + 1.0)).power(3) * (h * h / 2.0));
    }
}
