//! Watson's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "watson",
    title: "Watson's function",
    source: "J. S. Kowalik, M. R. Osborne, 1968; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 20",
    dimensions: Dimensions::between(2, 6, 31),
    make: |n| Problem::of_whole(Watson, vec![0.0; n]),
};

/// `Σⱼ (j − 1)xⱼtᵢʲ⁻² − (Σⱼ xⱼtᵢʲ⁻¹)² − 1`, tᵢ = i/29, i = 1 … 29, and `x₁`, `x₂ − x₁² − 1`: a polynomial near the solution of y′ = 1 + y².
///
/// The published uses are n = 6, 9 and 12; the more, the worse conditioned.
struct Watson;

impl Whole for Watson {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        for i in (1..=29).map(f64::from) {
            let t = i / 29.0;
            // Horner's rule.
            let (mut polynomial, mut derivative) = (V::constant(0.0), V::constant(0.0));
            for &coefficient in x.iter().rev() {
                derivative = derivative * t + polynomial;
                polynomial = polynomial * t + coefficient;
            }
            add(derivative - polynomial.square() - 1.0);
        }
        if let &[first, second, ..] = x {
            add(first);
            add(second - first.square() - 1.0);
        }
    }
}
