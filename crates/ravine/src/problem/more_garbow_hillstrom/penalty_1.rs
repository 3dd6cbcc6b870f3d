//! Penalty function I.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "penalty-1",
    title: "Penalty function I",
    source: "P. E. Gill, W. Murray, R. A. Pitfield, 1972; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 23",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| Problem::of_whole(Penalty1, (1..=n).map(|j| j as f64).collect()),
};

/// `√10⁻⁵(xᵢ − 1)`, i = 1 … n, and `Σxⱼ² − ¼`.
///
/// The published uses are n = 4 and 10.
struct Penalty1;

impl Whole for Penalty1 {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        for &x in x {
            add((x - 1.0) * 1e-5f64.sqrt());
        }
        add(sum(x.iter().map(|x| x.square())) - 0.25);
    }
}
