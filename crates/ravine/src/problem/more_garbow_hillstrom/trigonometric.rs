//! Trigonometric function.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "trigonometric",
    title: "Trigonometric function",
    source: "E. Spedicato, 1975; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 26",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| Problem::of_whole(Trigonometric, vec![1.0 / n as f64; n]).least(0.0, vec![0.0; n]),
};

/// `n − Σcos xⱼ + i(1 − cos xᵢ) − sin xᵢ`.
///
/// It has many minima with a value of 0, for every variable is an angle, and local ones.
struct Trigonometric;

impl Whole for Trigonometric {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let n = x.len() as f64;
        let cosines = sum(x.iter().map(|x| x.cos()));
        for (&x, i) in x.iter().zip(1..) {
            add(-cosines + n + (-x.cos() + 1.0) * f64::from(i) - x.sin());
        }
    }
}
