//! Chebyquad.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "chebyquad",
    title: "Chebyquad",
    source: "R. Fletcher, 1965; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 35",
    dimensions: Dimensions::between(1, 8, DENSE),
    make: |n| {
        let start = (1..=n).map(|j| j as f64 / (n + 1) as f64).collect();
        Problem::of_whole(Chebyquad, start).between(0.0, 1.0)
    },
};

/// `(1/n) Σⱼ Tᵢ(xⱼ) − ∫₀¹ Tᵢ`, i = 1 … n, with Chebyshev's polynomials shifted to [0, 1], whose integrals are 0 for odd i and
/// −1/(i² − 1) for even ones: points for a quadrature with equal weights.
///
/// Its minimum is 0 for n ≤ 7 and n = 9, and not for n = 8 and n ≥ 10. Every order of the points is a minimum. The value published for
/// n = 10, 6.50395·10⁻³, is that of a local minimum, to which the standard start leads; there is one of 4.77271·10⁻³.
struct Chebyquad;

impl Whole for Chebyquad {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let n = x.len() as f64;
        let mut before = vec![V::constant(1.0); x.len()];
        let mut this: Vec<V> = x.iter().map(|&x| x * 2.0 - 1.0).collect();
        for (_, i) in x.iter().zip(1..).map(|(x, i)| (x, f64::from(i))) {
            let integral = if i % 2.0 == 0.0 {
                -1.0 / (i * i - 1.0)
            } else {
                0.0
            };
            add(sum(this.iter().copied()) / n - integral);
            for ((before, this), &x) in before.iter_mut().zip(&mut this).zip(x) {
                (*before, *this) = (*this, *this * (x * 4.0 - 2.0) - *before);
            }
        }
    }
}
