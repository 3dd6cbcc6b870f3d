//! Frank–Wolfe.

use super::line::is_lost;
use super::patience::Lowest;
use super::set::Set;
use super::vector::{overwrite, sums, zeros};
use super::{Answer, Error, Method, Run, Stopped};
use crate::Scalar;

/// Frank–Wolfe (conditional gradient): for a smooth function on a bounded convex [`Set`], of which it needs no projection, only the
/// point that lies farthest in a direction.
///
/// ```text
/// s = argmin_s ∇f(x)ᵀs  on the set,   gap = ∇f(x)ᵀ(x − s)
/// x ← x + γ(s − x)
/// ```
/// The gap, which for convex f is at least f(x) − f*, is the stopping measure in place of ‖∇f‖∞; it shrinks as 1/k only, so that one asks
/// for 1e-3 rather than for 1e-8. After k steps x is made of k + 1 corners: sparse, or of low rank.
///
/// Source: M. Frank, P. Wolfe, "An algorithm for quadratic programming", 1956; M. Jaggi, "Revisiting Frank–Wolfe", 2013, algorithm 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrankWolfe<S> {
    /// The set.
    pub set: S,
    /// How γ is chosen.
    pub step: FrankWolfeStep,
}

/// How Frank–Wolfe chooses its steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FrankWolfeStep {
    /// γ = 2/(k + 2), whatever the value: it may rise, and the answer is the lowest point.
    Open,
    /// `γ = min(gap/(L‖s − x‖²), 1)`, the least of the parabola with curvature L, which is doubled until the value is not above it,
    /// and begins each step a tenth smaller.
    ///
    /// Source: F. Pedregosa, G. Negiar, A. Askari, M. Jaggi, "Linearly convergent Frank–Wolfe with backtracking line-search", 2020.
    #[default]
    Search,
}

impl<S> FrankWolfe<S> {
    /// On a set, searching for the step.
    #[must_use]
    pub fn new(set: S) -> Self {
        Self {
            set,
            step: FrankWolfeStep::Search,
        }
    }
}

impl<T: Scalar, S: Set<T>> Method<T> for FrankWolfe<S> {
    fn name(&self) -> String {
        "frank-wolfe".into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let mut x = run.start();
        let n = x.len();
        self.set.check(n)?;
        self.set.project(&mut x);
        let (mut gradient, mut corner, mut next) = (zeros(n), zeros(n), zeros(n));
        let mut value = run.evaluator.value_and_gradient(&x, &mut gradient);
        let mut taken = None;
        let mut curvature = None;
        let mut lowest = Lowest::none();
        loop {
            if !self.set.lowest(&gradient, &mut corner) {
                return Err(Error::Needs {
                    method: Method::<T>::name(self),
                    what: "a bounded set with a simple linear minimisation, such as a simplex or a ball",
                });
            }
            let [gap, square] = sums([&x, &corner, &gradient], |[x, s, g]| {
                [g * (x - s), (x - s) * (x - s)]
            });
            // Below 0 by rounding only.
            let gap = if gap < 0.0 { 0.0 } else { gap };
            if let Some(stopped) = run.check_norm(&x, value, Some(gap), taken) {
                return Ok(lowest.answer(run, x, value, gap, stopped));
            }
            let toward = |gamma: f64, next: &mut [T]| {
                overwrite(next, [&x, &corner], |_, [x, s]| {
                    T::from_f64((1.0 - gamma) * x.to_f64() + gamma * s.to_f64())
                });
            };
            let found = match self.step {
                FrankWolfeStep::Open => {
                    let gamma = 2.0 / (run.iterations() as f64 + 2.0);
                    toward(gamma, &mut next);
                    let there = run.evaluator.value_and_gradient(&next, &mut gradient);
                    (there < f64::INFINITY).then_some((gamma, there))
                }
                FrankWolfeStep::Search => {
                    // At first such that the step goes halfway.
                    let mut l = curvature.map_or(2.0 * gap / square, |l: f64| 0.9 * l);
                    let found = loop {
                        let gamma = (gap / (l * square)).min(1.0);
                        toward(gamma, &mut next);
                        if next == x {
                            break None;
                        }
                        let there = run.evaluator.value(&next);
                        let parabola = gamma * gap - 0.5 * gamma * gamma * l * square;
                        let lost =
                            is_lost::<T>(gamma * gap, value) && is_lost::<T>(there - value, value);
                        if there <= value - parabola || lost {
                            break Some((gamma, there));
                        }
                        l *= 2.0;
                    };
                    curvature = Some(l);
                    if found.is_some() {
                        run.evaluator.gradient(&next, &mut gradient);
                    }
                    found
                }
            };
            let Some((gamma, there)) = found else {
                return Ok(lowest.answer(run, x, value, gap, Stopped::NoProgress));
            };
            lowest.leave(&x, value, gap, there);
            taken = Some(gamma);
            value = there;
            std::mem::swap(&mut x, &mut next);
        }
    }
}
