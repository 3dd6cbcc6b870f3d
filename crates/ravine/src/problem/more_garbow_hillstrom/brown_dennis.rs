//! Brown and Dennis's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "brown-dennis",
    title: "Brown and Dennis's function",
    source: "K. M. Brown, J. E. Dennis, 1971; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 16",
    dimensions: Dimensions::only(4),
    make: |_| Problem::of_windows(BrownDennis::new(), vec![25.0, 5.0, -5.0, -1.0]),
};

/// `(a + tᵢb − e^tᵢ)² + (c + d sin tᵢ − cos tᵢ)²`, tᵢ = i/5, i = 1 … 20; each is a residual, squared once more.
struct BrownDennis(
    /// tᵢ, its exponential, sine and cosine.
    [[f64; 4]; 20],
);

impl BrownDennis {
    fn new() -> Self {
        Self(std::array::from_fn(|i| {
            let t = (i + 1) as f64 / 5.0;
            [t, libm::exp(t), libm::sin(t), libm::cos(t)]
        }))
    }
}

impl Windows<4> for BrownDennis {
    fn terms<V: Number>(&self, _: Place, &[a, b, c, d]: &[V; 4], add: &mut dyn FnMut(V)) {
        for [t, exp, sin, cos] in &self.0 {
            add((a + b * *t - *exp).square() + (c + d * *sin - *cos).square());
        }
    }
}
