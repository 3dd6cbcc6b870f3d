//! Mirror descent.

use super::line::is_lost;
use super::patience::Lowest;
use super::set::Simplex;
use super::vector::{sums, zeros};
use super::{Answer, Error, Method, Run, Set, Stopped};
use crate::Scalar;

/// A geometry for [`MirrorDescent`]: a strictly convex function ω on a set, by which distances are measured,
/// `D(z, x) = ω(z) − ω(x) − ∇ω(x)ᵀ(z − x)`.
pub trait MirrorMap<T: Scalar = f64>: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether it is a geometry for points of n coordinates.
    ///
    /// # Errors
    ///
    /// If an option is out of its range, or points have another number of coordinates.
    fn check(&self, n: usize) -> Result<(), Error>;

    /// Moves x to a point of the set where ω has a gradient.
    fn begin(&self, x: &mut [T]);

    /// Writes `argmin_z tgᵀz + D(z, x)`, and answers D(z, x).
    fn step(&self, x: &[T], gradient: &[T], step: f64, z: &mut [T]) -> f64;

    /// How far x is from optimal: 0 where no step moves it.
    fn measure(&self, x: &[T], gradient: &[T]) -> f64;
}

/// The entropy `Σ xᵢ ln xᵢ` on the [`Simplex`] of radius r: D is the Kullback–Leibler divergence, and the step is multiplicative, `zᵢ ∝
/// xᵢ exp(−tgᵢ)`.
///
/// The measure is the gap `∇f(x)ᵀx − r·min ∇ᵢf`, which for convex f is at least f(x) − f*. A coordinate that is 0 stays 0, so that
/// the start is mixed with a hundredth of the uniform distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entropy {
    /// r, positive. 1.
    pub radius: f64,
}

impl Default for Entropy {
    fn default() -> Self {
        Self { radius: 1.0 }
    }
}

impl<T: Scalar> MirrorMap<T> for Entropy {
    fn name(&self) -> &'static str {
        "entropy"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        Set::<T>::check(&Simplex::new(self.radius), n)
    }

    fn begin(&self, x: &mut [T]) {
        Simplex::new(self.radius).project(x);
        let uniform = self.radius / x.len() as f64;
        for x in x {
            *x = T::from_f64(0.99 * x.to_f64() + 0.01 * uniform);
        }
    }

    fn step(&self, x: &[T], gradient: &[T], step: f64, z: &mut [T]) -> f64 {
        // Shifted, so that the largest factor is 1: the sum's factor takes it back.
        let least = smallest(gradient);
        let mut sum = 0.0;
        for ((z, x), g) in z.iter_mut().zip(x).zip(gradient) {
            *z = T::from_f64(x.to_f64() * libm::exp(-step * (g.to_f64() - least)));
            sum += z.to_f64();
        }
        let factor = self.radius / sum;
        let mut divergence = 0.0;
        for (z, x) in z.iter_mut().zip(x) {
            *z = T::from_f64(z.to_f64() * factor);
            let (z, x) = (z.to_f64(), x.to_f64());
            // z ln(z/x) − z + x, without the cancellation of nearly equal numbers.
            if z > 0.0 {
                let ratio = (x - z) / z;
                divergence += z * (ratio - libm::log1p(ratio));
            } else {
                divergence += x;
            }
        }
        divergence
    }

    fn measure(&self, x: &[T], gradient: &[T]) -> f64 {
        let least = smallest(gradient);
        let gaps = x.iter().zip(gradient);
        gaps.map(|(x, g)| x.to_f64() * (g.to_f64() - least)).sum()
    }
}

fn smallest<T: Scalar>(gradient: &[T]) -> f64 {
    let numbers = gradient.iter().map(|g| g.to_f64());
    numbers.fold(f64::INFINITY, f64::min)
}

/// Mirror descent: gradient steps in the geometry of a [`MirrorMap`]. On a simplex of many dimensions, with [`Entropy`], its
/// error grows as ln n, where that of projected gradient grows as n.
///
/// ```text
/// x₊ = argmin_z ∇f(x)ᵀz + D(z, x)/t
/// ```
/// with the first of t, t/2, t/4 … for which `f(x₊) ≤ f(x) + ∇f(x)ᵀ(x₊ − x) + D(x₊, x)/t`, so that f falls in every step; the next search
/// begins with 1.5t.
///
/// Source: A. Nemirovski, D. Yudin, 1983; A. Beck, M. Teboulle, "Mirror descent and nonlinear projected subgradient methods", 2003; the
/// step of H. Lu, R. Freund, Y. Nesterov, "Relatively smooth convex optimization by first-order methods", 2018.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MirrorDescent<M = Entropy> {
    /// The geometry.
    pub map: M,
}

impl<M> MirrorDescent<M> {
    /// In a geometry.
    #[must_use]
    pub fn new(map: M) -> Self {
        Self { map }
    }
}

impl<T: Scalar, M: MirrorMap<T>> Method<T> for MirrorDescent<M> {
    fn name(&self) -> String {
        "mirror-descent".into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let mut x = run.start();
        let n = x.len();
        self.map.check(n)?;
        self.map.begin(&mut x);
        let (mut gradient, mut next) = (zeros(n), zeros(n));
        let mut value = run.evaluator.value_and_gradient(&x, &mut gradient);
        let mut taken = None;
        let mut lowest = Lowest::none();
        loop {
            let measure = self.map.measure(&x, &gradient);
            if let Some(stopped) = run.check_norm(&x, value, Some(measure), taken) {
                return Ok(lowest.answer(run, x, value, measure, stopped));
            }
            // Half of infinity would be no shorter.
            let mut step = taken.map_or(1.0, |t: f64| (1.5 * t).min(f64::MAX));
            let found = loop {
                if step < f64::MIN_POSITIVE {
                    break None;
                }
                let divergence = self.map.step(&x, &gradient, step, &mut next);
                if next == x {
                    break None;
                }
                let [slope] = sums([&gradient, &next, &x], |[g, z, x]| [g * (z - x)]);
                let there = run.evaluator.value(&next);
                let lost = is_lost::<T>(slope, value) && is_lost::<T>(there - value, value);
                if there <= value + slope + divergence / step || lost {
                    break Some(there);
                }
                step *= 0.5;
            };
            let Some(there) = found else {
                return Ok(lowest.answer(run, x, value, measure, Stopped::NoProgress));
            };
            lowest.leave(&x, value, measure, there);
            run.evaluator.gradient(&next, &mut gradient);
            taken = Some(step);
            value = there;
            std::mem::swap(&mut x, &mut next);
        }
    }
}
