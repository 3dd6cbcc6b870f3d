//! Gulf research and development function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "gulf",
    title: "Gulf research and development function",
    source: "R. A. Cox, 1969; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 11",
    dimensions: Dimensions::only(3),
    make: |_| {
        Problem::of_windows(Gulf::new(), vec![5.0, 2.5, 0.15]).least(0.0, vec![50.0, 25.0, 1.5])
    },
};

/// `exp(−|yᵢ − y|ᶻ/x) − tᵢ`, tᵢ = i/100, yᵢ = 25 + (−50 ln tᵢ)^⅔, i = 1 … 99.
///
/// The paper prints |yᵢ m i y|, a misprint; this is what its program computes. 0 to a power is 0, with derivatives 0.
struct Gulf(
    /// yᵢ and tᵢ.
    [(f64, f64); 99],
);

impl Gulf {
    fn new() -> Self {
        Self(std::array::from_fn(|i| {
            let t = (i + 1) as f64 / 100.0;
            (25.0 + libm::pow(-50.0 * libm::log(t), 2.0 / 3.0), t)
        }))
    }
}

impl Windows<3> for Gulf {
    fn terms<V: Number>(&self, _: Place, &[x, y, z]: &[V; 3], add: &mut dyn FnMut(V)) {
        for (observed, t) in &self.0 {
            let distance = (-y + *observed).abs();
            let power = if distance.real() == 0.0 {
                V::constant(0.0)
            } else {
                (z * distance.ln()).exp()
            };
            add((-(power / x)).exp() - *t);
        }
    }
}
