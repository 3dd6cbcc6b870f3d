//! Biggs's EXP6.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "biggs-exp6",
    title: "Biggs's EXP6",
    source: "M. C. Biggs, 1971; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 18",
    dimensions: Dimensions::only(6),
    make: |_| {
        Problem::of_windows(BiggsExp6::new(), vec![1.0, 2.0, 1.0, 1.0, 1.0, 1.0])
            .least(0.0, vec![1.0, 10.0, 1.0, 5.0, 4.0, 3.0])
            .least(0.0, vec![4.0, 10.0, 3.0, 5.0, 1.0, 1.0])
    },
};

/// `c e^(−tᵢa) − d e^(−tᵢb) + f e^(−tᵢe) − yᵢ`, tᵢ = i/10, yᵢ = e^(−tᵢ) − 5e^(−10tᵢ) + 3e^(−4tᵢ), i = 1 … 13.
///
/// The published second minimum, 5.65565·10⁻³, is a line of points at which two exponentials are the same; they are minima only where
/// the factors of the two have opposite signs, and saddles elsewhere.
struct BiggsExp6(
    /// tᵢ and yᵢ.
    [(f64, f64); 13],
);

impl BiggsExp6 {
    fn new() -> Self {
        Self(std::array::from_fn(|i| {
            let t = (i + 1) as f64 / 10.0;
            let y = libm::exp(-t) - 5.0 * libm::exp(-10.0 * t) + 3.0 * libm::exp(-4.0 * t);
            (t, y)
        }))
    }
}

impl Windows<6> for BiggsExp6 {
    fn terms<V: Number>(&self, _: Place, &[a, b, c, d, e, f]: &[V; 6], add: &mut dyn FnMut(V)) {
        for (t, observed) in &self.0 {
            let decay = |rate: V| (-(rate * *t)).exp();
            add(c * decay(a) - d * decay(b) + f * decay(e) - *observed);
        }
    }
}
