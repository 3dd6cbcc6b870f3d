//! Penalty function II.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "penalty-2",
    title: "Penalty function II",
    source: "P. E. Gill, W. Murray, R. A. Pitfield, 1972; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 24",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| Problem::of_whole(Penalty2, vec![0.5; n]),
};

/// `x₁ − 0.2`, `√10⁻⁵(e^(xᵢ/10) + e^(xᵢ₋₁/10) − yᵢ)` for i = 2 … n with yᵢ = e^(i/10) + e^((i − 1)/10), `√10⁻⁵(e^(xᵢ/10) − e^(−1/10))` for
/// i = 2 … n, and `Σ(n − j + 1)xⱼ² − 1`.
///
/// The published uses are n = 4 and 10.
struct Penalty2;

impl Whole for Penalty2 {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let weight = 1e-5f64.sqrt();
        if let Some(&first) = x.first() {
            add(first - 0.2);
        }
        for (i, pair) in (2..).zip(x.windows(2)) {
            let y = libm::exp(f64::from(i) / 10.0) + libm::exp(f64::from(i - 1) / 10.0);
            if let &[before, this] = pair {
                add(((this / 10.0).exp() + (before / 10.0).exp() - y) * weight);
            }
        }
        for &x in x.iter().skip(1) {
            add(((x / 10.0).exp() - libm::exp(-0.1)) * weight);
        }
        let weighted = x
            .iter()
            .rev()
            .zip(1..)
            .map(|(x, weight)| x.square() * f64::from(weight));
        add(sum(weighted) - 1.0);
    }
}
