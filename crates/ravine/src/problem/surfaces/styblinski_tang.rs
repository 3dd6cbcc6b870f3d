//! Styblinski and Tang's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "styblinski-tang",
    title: "Styblinski and Tang's function",
    source: "M. A. Styblinski, T.-S. Tang, Neural Networks 3, 1990",
    dimensions: Dimensions::between(1, 2, LONG),
    make: |n| {
        let problem = Problem::of_windows(StyblinskiTang, vec![0.0; n])
            .between(-5.0, 5.0)
            .drawn_evenly();
        if n == 2 {
            problem
                .reads("(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2")
                .raced_from([0.2, 4.0])
        } else {
            problem.least(LEAST * n as f64, vec![AT; n])
        }
    },
};

/// The least value of one variable, and where.
const LEAST: f64 = -39.166_165_703_771_41;
const AT: f64 = -2.903_534_027_771_177;

/// `½ Σ (xᵢ⁴ − 16xᵢ² + 5xᵢ)`: 2ⁿ minima.
struct StyblinskiTang;

impl Windows<1> for StyblinskiTang {
    const SQUARES: bool = false;
    const STRIDE: usize = 1;

    fn terms<V: Number>(&self, _: Place, &[x]: &[V; 1], add: &mut dyn FnMut(V)) {
        add((x.power(4) - x.square() * 16.0 + x * 5.0) / 2.0);
    }
}
