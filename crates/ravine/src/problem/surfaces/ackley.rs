//! Ackley's function.

use std::f64::consts::{E, PI};

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "ackley",
    title: "Ackley's function",
    source: "D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987",
    dimensions: Dimensions::between(1, 2, DENSE),
    make: |n| {
        let problem = Problem::of_whole(Ackley, vec![2.2; n])
            .between(-5.0, 5.0)
            .drawn_evenly()
            .least(0.0, vec![0.0; n]);
        if n == 2 {
            problem.reads("22.718281828459045 - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(6.283185307179586*x) + cos(6.283185307179586*y))/2)").raced_from([-3.4, 2.6])
        } else {
            problem
        }
    },
};

/// `20 + e − 20 exp(−0.2 √(Σxᵢ²/n)) − exp(Σ cos(2πxᵢ)/n)`.
///
/// At the minimum there is a kink, where the derivatives are taken to be those of the waves alone.
struct Ackley;

impl Whole for Ackley {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let n = x.len() as f64;
        let radius = (sum(x.iter().map(|x| x.square())) / n).sqrt();
        let waves = sum(x.iter().map(|&x| (x * (2.0 * PI)).cos())) / n;
        add(-((-(radius * 0.2)).exp() * 20.0) - waves.exp() + 20.0 + E);
    }
}
