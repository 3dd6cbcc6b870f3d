//! Gaussian function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "gaussian",
    title: "Gaussian function",
    source: "MGH; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 9",
    dimensions: Dimensions::only(3),
    make: |_| Problem::of_windows(Gaussian, vec![0.4, 1.0, 0.0]),
};

const Y: [f64; 15] = [
    0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989, 0.3521, 0.2420, 0.1295, 0.0540,
    0.0175, 0.0044, 0.0009,
];

/// `x exp(−y(tᵢ − z)²/2) − yᵢ`, tᵢ = (8 − i)/2, i = 1 … 15.
struct Gaussian;

impl Windows<3> for Gaussian {
    fn terms<V: Number>(&self, _: Place, &[x, y, z]: &[V; 3], add: &mut dyn FnMut(V)) {
        for (i, observed) in (1..=15).map(f64::from).zip(Y) {
            let t = (8.0 - i) / 2.0;
            add(x * (-(y * (-z + t).square() / 2.0)).exp() - observed);
        }
    }
}
