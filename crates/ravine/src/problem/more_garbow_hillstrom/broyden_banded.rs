//! Broyden's banded function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::{Number, sum};
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "broyden-banded",
    title: "Broyden's banded function",
    source: "C. G. Broyden, 1971; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 31",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| Problem::of_windows(BroydenBanded, vec![-1.0; n]),
};

/// `xᵢ(2 + 5xᵢ²) + 1 − Σ xⱼ(1 + xⱼ)` over the j ≠ i from i − 5 to i + 1, as far as there are such.
///
/// Its minimum is 0.
struct BroydenBanded;

impl Windows<7> for BroydenBanded {
    const STRIDE: usize = 1;
    const BEFORE: usize = 5;

    fn terms<V: Number>(
        &self,
        _: Place,
        &[a, b, c, d, e, x, after]: &[V; 7],
        add: &mut dyn FnMut(V),
    ) {
        let around = sum([a, b, c, d, e, after].map(|x| x * (x + 1.0)));
        add(x * (x.square() * 5.0 + 2.0) + 1.0 - around);
    }
}
