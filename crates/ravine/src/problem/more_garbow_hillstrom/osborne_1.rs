//! Osborne's first function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "osborne-1",
    title: "Osborne's first function",
    source: "M. R. Osborne, 1972; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 17",
    dimensions: Dimensions::only(5),
    make: |_| Problem::of_windows(Osborne1, vec![0.5, 1.5, -1.0, 0.01, 0.02]),
};

const Y: [f64; 33] = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
    0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
    0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
];

/// `yᵢ − (a + b e^(−tᵢd) + c e^(−tᵢe))`, tᵢ = 10(i − 1), i = 1 … 33.
struct Osborne1;

impl Windows<5> for Osborne1 {
    fn terms<V: Number>(&self, _: Place, &[a, b, c, d, e]: &[V; 5], add: &mut dyn FnMut(V)) {
        for (i, observed) in (0..33).map(f64::from).zip(Y) {
            let t = 10.0 * i;
            add(-(a + b * (-(d * t)).exp() + c * (-(e * t)).exp()) + observed);
        }
    }
}
