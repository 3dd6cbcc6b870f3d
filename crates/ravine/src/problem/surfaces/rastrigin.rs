//! Rastrigin's function.

use std::f64::consts::PI;

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "rastrigin",
    title: "Rastrigin's function",
    source: "L. A. Rastrigin, Systems of Extremal Control, 1974",
    dimensions: Dimensions::between(1, 2, LONG),
    make: |n| {
        let problem = Problem::of_windows(Rastrigin, vec![2.2; n])
            .between(-5.12, 5.12)
            .drawn_evenly()
            .least(0.0, vec![0.0; n]);
        if n == 2 {
            problem
                .reads("20 + x^2 - 10*cos(6.283185307179586*x) + y^2 - 10*cos(6.283185307179586*y)")
                .raced_from([-3.3, 3.7])
        } else {
            problem
        }
    },
};

/// `Σ (10 + xᵢ² − 10 cos 2πxᵢ)`: a minimum near every point of whole numbers.
struct Rastrigin;

impl Windows<1> for Rastrigin {
    const SQUARES: bool = false;
    const STRIDE: usize = 1;

    fn terms<V: Number>(&self, _: Place, &[x]: &[V; 1], add: &mut dyn FnMut(V)) {
        add(x.square() - (x * (2.0 * PI)).cos() * 10.0 + 10.0);
    }
}
