//! Meyer's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "meyer",
    title: "Meyer's function",
    source: "R. R. Meyer, 1970; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 10",
    dimensions: Dimensions::only(3),
    make: |_| Problem::of_windows(Meyer, vec![0.02, 4000.0, 250.0]),
};

const Y: [f64; 16] = [
    34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0, 8261.0, 7030.0, 6005.0,
    5147.0, 4427.0, 3820.0, 3307.0, 2872.0,
];

/// `x exp(y/(tᵢ + z)) − yᵢ`, tᵢ = 45 + 5i, i = 1 … 16.
struct Meyer;

impl Windows<3> for Meyer {
    fn terms<V: Number>(&self, _: Place, &[x, y, z]: &[V; 3], add: &mut dyn FnMut(V)) {
        for (i, observed) in (1..=16).map(f64::from).zip(Y) {
            add(x * (y / (z + (45.0 + 5.0 * i))).exp() - observed);
        }
    }
}
