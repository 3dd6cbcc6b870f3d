//! Variably dimensioned function.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "variably-dimensioned",
    title: "Variably dimensioned function",
    source: "MGH; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 25",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| {
        let start = (1..=n).map(|j| 1.0 - j as f64 / n as f64).collect();
        Problem::of_whole(VariablyDimensioned, start).least(0.0, vec![1.0; n])
    },
};

/// `xᵢ − 1`, i = 1 … n, then `s = Σj(xⱼ − 1)` and `s²`.
struct VariablyDimensioned;

impl Whole for VariablyDimensioned {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        for &x in x {
            add(x - 1.0);
        }
        let s = sum(x.iter().zip(1..).map(|(&x, j)| (x - 1.0) * f64::from(j)));
        add(s);
        add(s.square());
    }
}
