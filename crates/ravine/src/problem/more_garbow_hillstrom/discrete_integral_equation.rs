//! Discrete integral equation function.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "discrete-integral-equation",
    title: "Discrete integral equation function",
    source: "J. J. Moré, M. Y. Cosnard, 1979; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 29",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| {
        let t = (1..=n).map(|i| i as f64 / (n + 1) as f64);
        Problem::of_whole(DiscreteIntegralEquation, t.map(|t| t * (t - 1.0)).collect())
            .between(-1.0, 0.0)
    },
};

/// `xᵢ + h/2 ((1 − tᵢ) Σ_{j≤i} tⱼcⱼ + tᵢ Σ_{j>i} (1 − tⱼ)cⱼ)`, cⱼ = (xⱼ + tⱼ + 1)³, h = 1/(n + 1), tⱼ = jh.
///
/// Its minimum is 0.
struct DiscreteIntegralEquation;

impl Whole for DiscreteIntegralEquation {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let h = 1.0 / (x.len() + 1) as f64;
        let cubes = x.iter().zip(1..).map(|(&x, j)| {
            let t = f64::from(j) * h;
            (t, (x + (t + 1.0)).power(3))
        });
        let cubes = cubes.collect::<Vec<_>>();
        for (i, (&x, &(t, _))) in x.iter().zip(&cubes).enumerate() {
            let (until, beyond) = cubes.split_at(i + 1);
            let until = sum(until.iter().map(|&(t, cube)| cube * t));
            let beyond = sum(beyond.iter().map(|&(t, cube)| cube * (1.0 - t)));
            add(x + (until * (1.0 - t) + beyond * t) * (h / 2.0));
        }
    }
}
