//! Bard's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "bard",
    title: "Bard's function",
    source: "Y. Bard, 1970; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 8",
    dimensions: Dimensions::only(3),
    make: |_| Problem::of_windows(Bard, vec![1.0; 3]),
};

const Y: [f64; 15] = [
    0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39,
];

/// `yᵢ − (x + i / ((16 − i)y + min(i, 16 − i)z))`, i = 1 … 15.
///
/// For y, z → −∞ it is the variance of the observations.
struct Bard;

impl Windows<3> for Bard {
    fn terms<V: Number>(&self, _: Place, &[x, y, z]: &[V; 3], add: &mut dyn FnMut(V)) {
        for (u, observed) in (1..=15).map(f64::from).zip(Y) {
            let v = 16.0 - u;
            add(-(x + V::constant(u) / (y * v + z * u.min(v))) + observed);
        }
    }
}
