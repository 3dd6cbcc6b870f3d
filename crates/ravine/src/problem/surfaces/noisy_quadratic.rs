//! A quadratic that is seen through noise, as a loss is through batches.

use crate::minimize::Objective;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::{Error, Problem};
use crate::random::{self, Purpose};

pub(super) static FAMILY: Family = Family {
    name: "noisy-quadratic",
    title: "Noisy quadratic",
    source: "T. Schaul, S. Zhang, Y. LeCun, No More Pesky Learning Rates, ICML 2013, section 3",
    dimensions: Dimensions::between(1, 2, DENSE),
    make: |n| problem(n, 0.1, 0),
};

/// `½ Σ hᵢ(xᵢ − cᵢ)² − ½σ² Σhᵢ` with hᵢ from 1 to 10, where every point has its own c, whose numbers are normal with deviation σ.
///
/// Value and gradient at a point are of one sample, as with a batch. The mean over c is `½ Σ hᵢxᵢ²`.
struct NoisyQuadratic {
    curvatures: Vec<f64>,
    deviation: f64,
    seed: u64,
}

impl NoisyQuadratic {
    /// x − c. c is drawn by the bits of x, so the same point is the same sample, whoever asks and however often.
    fn distances(&self, x: &[f64]) -> Vec<f64> {
        let mix = |hash: u64, x: &f64| (hash ^ x.to_bits()).wrapping_mul(PRIME).rotate_left(29);
        let point = x.iter().fold(0, mix);
        let mut rng = random::stream(self.seed, Purpose::Noise, point);
        let distances = x
            .iter()
            .map(|x| x - self.deviation * random::normal(&mut rng));
        distances.collect()
    }
}

/// 2⁶⁴ divided by the golden ratio, made odd: Knuth's multiplicative hashing.
const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;

impl Objective<f64> for NoisyQuadratic {
    fn value(&self, x: &[f64]) -> f64 {
        let variance = self.deviation * self.deviation;
        let distances = self.distances(x);
        let terms = self.curvatures.iter().zip(distances);
        let terms = terms.map(|(h, d)| h * (d * d - variance) / 2.0);
        terms.sum()
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        let terms = self.curvatures.iter().zip(self.distances(x));
        for (g, (h, d)) in gradient.iter_mut().zip(terms) {
            *g = h * d;
        }
        true
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) -> bool {
        for (p, (h, v)) in product.iter_mut().zip(self.curvatures.iter().zip(v)) {
            *p = h * v;
        }
        true
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> bool {
        hessian.fill(0.0);
        let diagonal = hessian.iter_mut().step_by(x.len() + 1);
        for (d, h) in diagonal.zip(&self.curvatures) {
            *d = *h;
        }
        true
    }
}

/// A quadratic of n variables with curvatures from 1 to 10, whose minimum moves by a normal number of deviation σ in every
/// coordinate, anew at each point: `½ Σ hᵢ(xᵢ − cᵢ)² − ½σ² Σhᵢ`. Its minimum is that of the mean. `named("noisy-quadratic")` has
/// σ = 0.1 and seed 0.
///
/// # Errors
///
/// If n is 0 or above 4096, or σ is negative or not finite.
pub fn noisy_quadratic(n: usize, deviation: f64, seed: u64) -> Result<Problem, Error> {
    FAMILY.check(n)?;
    if deviation >= 0.0 && deviation.is_finite() {
        Ok(FAMILY.describe(problem(n, deviation, seed)))
    } else {
        Err(Error::Parameter {
            name: "the noise's deviation",
            value: deviation,
            range: "at least 0 and finite",
        })
    }
}

fn problem(n: usize, deviation: f64, seed: u64) -> Problem {
    let last = n.saturating_sub(1).max(1) as f64;
    let curvatures = (0..n).map(|i| libm::pow(10.0, i as f64 / last));
    let objective = NoisyQuadratic {
        curvatures: curvatures.collect(),
        deviation,
        seed,
    };
    Problem::new(objective, vec![-2.5; n])
        .between(-3.0, 3.0)
        .least(0.0, vec![0.0; n])
}
