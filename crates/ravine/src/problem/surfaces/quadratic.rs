//! Quadratics with a chosen spectrum.

use crate::minimize::Objective;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::{Error, Problem};
use crate::random::{self, Purpose};

pub(super) static FAMILY: Family = Family {
    name: "quadratic",
    title: "Quadratic",
    source: "Any convex function near its minimum",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| {
        let last = n.saturating_sub(1).max(1) as f64;
        let spectrum = (0..n).map(|i| libm::pow(10.0, 3.0 * i as f64 / last));
        problem(spectrum.collect(), 0)
    },
};

/// `½(x − c)ᵀ QΛQᵀ (x − c)`, where Q is a product of reflections.
struct Quadratic {
    spectrum: Vec<f64>,
    /// Unit vectors: the k-th reflects the last n − k coordinates.
    reflections: Vec<Vec<f64>>,
    center: Vec<f64>,
}

impl Quadratic {
    /// Reflections of normal vectors make Q uniform over the orthogonal matrices: G. W. Stewart, SIAM Journal on Numerical
    /// Analysis 17(3), 1980, theorem 3.3.
    fn new(spectrum: Vec<f64>, seed: u64) -> Self {
        let n = spectrum.len();
        let mut rng = random::stream(seed, Purpose::Initialization, 0);
        let center = (0..n).map(|_| random::normal(&mut rng)).collect();
        let reflections = (2..=n).rev().map(|length| {
            let mut v: Vec<f64> = (0..length).map(|_| random::normal(&mut rng)).collect();
            if let [first, ..] = normalize(&mut v) {
                *first += first.signum();
            }
            normalize(&mut v);
            v
        });
        Self {
            spectrum,
            reflections: reflections.collect(),
            center,
        }
    }

    /// A·v.
    fn product(&self, v: &[f64]) -> Vec<f64> {
        let mut y = v.to_vec();
        for reflection in &self.reflections {
            reflect(reflection, &mut y);
        }
        for (y, eigenvalue) in y.iter_mut().zip(&self.spectrum) {
            *y *= eigenvalue;
        }
        for reflection in self.reflections.iter().rev() {
            reflect(reflection, &mut y);
        }
        y
    }

    fn distances(&self, x: &[f64]) -> Vec<f64> {
        x.iter().zip(&self.center).map(|(x, c)| x - c).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Makes v a unit vector.
fn normalize(v: &mut [f64]) -> &mut [f64] {
    let length = dot(v, v).sqrt();
    for v in v.iter_mut() {
        *v /= length;
    }
    v
}

/// `y ← (I − 2vvᵀ)y`, over the last coordinates.
fn reflect(v: &[f64], y: &mut [f64]) {
    let skipped = y.len().saturating_sub(v.len());
    let y = y.get_mut(skipped..).unwrap_or_default();
    let twice = 2.0 * dot(v, y);
    for (y, v) in y.iter_mut().zip(v) {
        *y -= twice * v;
    }
}

impl Objective<f64> for Quadratic {
    fn value(&self, x: &[f64]) -> f64 {
        let distances = self.distances(x);
        dot(&distances, &self.product(&distances)) / 2.0
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Option<f64> {
        let distances = self.distances(x);
        let product = self.product(&distances);
        for (g, p) in gradient.iter_mut().zip(&product) {
            *g = *p;
        }
        Some(dot(&distances, &product) / 2.0)
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> bool {
        let mut unit = vec![0.0; x.len()];
        for (i, row) in hessian.chunks_exact_mut(x.len().max(1)).enumerate() {
            unit.fill(0.0);
            if let Some(one) = unit.get_mut(i) {
                *one = 1.0;
            }
            self.hessian_vector(x, &unit, row);
        }
        true
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) -> bool {
        for (p, q) in product.iter_mut().zip(self.product(v)) {
            *p = q;
        }
        true
    }
}

/// `½(x − c)ᵀA(x − c)`, where A has these eigenvalues in a basis drawn by the seed, uniform over all, and c is normal.
///
/// `named("quadratic")` has n eigenvalues from 1 to 1000 at equal ratios and seed 0.
///
/// # Errors
///
/// If there is no eigenvalue, there are more than 4096, or one is not finite.
pub fn quadratic(spectrum: &[f64], seed: u64) -> Result<Problem, Error> {
    FAMILY.check(spectrum.len())?;
    match spectrum.iter().find(|eigenvalue| !eigenvalue.is_finite()) {
        None => Ok(FAMILY.describe(problem(spectrum.to_vec(), seed))),
        Some(&value) => Err(Error::Parameter {
            name: "an eigenvalue",
            value,
            range: "finite",
        }),
    }
}

fn problem(spectrum: Vec<f64>, seed: u64) -> Problem {
    let n = spectrum.len();
    let bounded = spectrum.iter().all(|&eigenvalue| eigenvalue >= 0.0);
    let objective = Quadratic::new(spectrum, seed);
    let center = objective.center.clone();
    let problem = Problem::new(objective, vec![0.0; n]).between(-4.0, 4.0);
    if bounded {
        problem.least(0.0, center)
    } else {
        problem
    }
}
