//! Brown's almost-linear function.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "brown-almost-linear",
    title: "Brown's almost-linear function",
    source: "K. M. Brown, 1969; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 27",
    dimensions: Dimensions::between(4, 10, DENSE),
    make: |n| {
        let mut flat = vec![0.0; n];
        if let Some(last) = flat.last_mut() {
            *last = (n + 1) as f64;
        }
        Problem::of_whole(BrownAlmostLinear, vec![0.5; n])
            .least(0.0, vec![1.0; n])
            .least(1.0, flat)
    },
};

/// `xᵢ + Σxⱼ − (n + 1)`, i < n, and `Πxⱼ − 1`.
///
/// It is 0 at (α, …, α, α¹⁻ⁿ) for every root α of nαⁿ − (n + 1)αⁿ⁻¹ + 1, of which 1 is one, and 1 at (0, …, 0, n + 1), where it is flat.
struct BrownAlmostLinear;

impl Whole for BrownAlmostLinear {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let n = x.len() as f64;
        let total = sum(x.iter().copied());
        for &x in x.iter().take(x.len().saturating_sub(1)) {
            add(x + total - (n + 1.0));
        }
        let product = x.iter().copied().reduce(|product, x| product * x);
        add(product.unwrap_or(V::constant(1.0)) - 1.0);
    }
}
