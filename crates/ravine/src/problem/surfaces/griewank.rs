//! Griewank's function.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "griewank",
    title: "Griewank's function",
    source: "A. O. Griewank, Journal of Optimization Theory and Applications 34, 1981",
    dimensions: Dimensions::between(1, 2, DENSE),
    make: |n| {
        let problem = Problem::of_whole(Griewank, vec![4.0; n])
            .between(-10.0, 10.0)
            .drawn_evenly()
            .least(0.0, vec![0.0; n]);
        if n == 2 {
            problem
                .reads("1 + (x^2 + y^2)/4000 - cos(x)*cos(y/1.4142135623730951)")
                .raced_from([-7.5, 6.5])
        } else {
            problem
        }
    },
};

/// `1 + Σxᵢ²/4000 − Π cos(xᵢ/√i)`.
///
/// Its usual domain reaches to ±600, in which its waves cannot be seen; this one shows them.
struct Griewank;

impl Whole for Griewank {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let bowl = sum(x.iter().map(|x| x.square())) / 4000.0;
        let waves = x
            .iter()
            .zip(1..)
            .map(|(&x, i)| (x / f64::from(i).sqrt()).cos());
        let waves = waves.reduce(|product, wave| product * wave);
        add(bowl - waves.unwrap_or(V::constant(1.0)) + 1.0);
    }
}
