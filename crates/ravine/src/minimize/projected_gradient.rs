//! The spectral projected gradient method.

use std::collections::VecDeque;

use super::line::may_be_lost;
use super::options::options;
use super::patience::Lowest;
use super::set::{Set, Whole};
use super::vector::{largest, overwrite, sums, visible_step, zeros};
use super::{Answer, Error, Method, Run, Stopped};
use crate::Scalar;

options! {
    /// The spectral projected gradient method, for a smooth function on a convex [`Set`] onto which one can project.
    ///
    /// ```text
    /// d = P(x − α∇f(x)) − x,   x₊ = x + λd
    /// f(x₊) ≤ max(f(x), f(x₋), … the last M) + c₁λ∇f(x)ᵀd
    /// α ← sᵀs/sᵀy  with  s = x₊ − x,  y = ∇f(x₊) − ∇f(x)
    /// ```
    /// λ begins at 1 and is shortened by the parabola through what is known, to between 0.1 and 0.5 of itself. The value may rise for
    /// a while, which is what makes the method fast; the answer is the best point. Without a set, it keeps to the task's
    /// bounds. The stopping measure, in place of ‖∇f‖∞, is ‖x − P(x − ∇f(x))‖∞: 0 where x is a minimum on the set. Where x is so large
    /// that x − ∇f(x) would be x again, it is that of a longer step, ‖x − P(x − t∇f(x))‖∞/t.
    ///
    /// Source: E. Birgin, J. Martínez, M. Raydan, "Nonmonotone spectral projected gradient methods on convex sets", 2000, algorithm SPG2;
    /// line search of L. Grippo, F. Lampariello, S. Lucidi, 1986.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct ProjectedGradient<S = Whole> {
        /// The set.
        pub set: S,
        /// M, the number of values that must not all be exceeded, 1 to 1,000: with 1, the value never rises. 10.
        pub memory: usize,
        /// c₁, in (0, 1). 1e-4.
        pub decrease: f64,
    }
}

impl ProjectedGradient {
    /// Between the task's bounds, or everywhere.
    #[must_use]
    pub fn new() -> Self {
        Self::onto(Whole)
    }
}

impl Default for ProjectedGradient {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> ProjectedGradient<S> {
    /// On a set.
    #[must_use]
    pub fn onto(set: S) -> Self {
        Self {
            set,
            memory: 10,
            decrease: 1e-4,
        }
    }
}

/// Where α is kept.
const SMALLEST: f64 = 1e-100;
const LARGEST: f64 = 1e100;

/// The shortest λ.
const SHORTEST: f64 = 1e-30;

/// How many steps whose fall may be lost in rounding may go by without a smaller measure than ever.
const PATIENCE: u32 = 500;

/// ‖x − P(x − t∇f(x))‖∞/t, with t = 1 where that can be seen. Overwrites `room`.
pub(super) fn projected_norm<T: Scalar>(
    set: &dyn Set<T>,
    x: &[T],
    gradient: &[T],
    room: &mut [T],
) -> f64 {
    let step = visible_step(x, gradient);
    projected_step(set, x, gradient, step, room);
    largest(room) / step
}

/// d = P(x − α∇f(x)) − x.
fn projected_step<T: Scalar>(set: &dyn Set<T>, x: &[T], gradient: &[T], alpha: f64, d: &mut [T]) {
    overwrite(d, [x, gradient], |_, [x, g]| {
        T::from_f64(x.to_f64() - alpha * g.to_f64())
    });
    set.project(d);
    overwrite(d, [x], |moved, [x]| moved - x);
}

impl<T: Scalar, S: Set<T>> Method<T> for ProjectedGradient<S> {
    fn name(&self) -> String {
        "projected-gradient".into()
    }

    fn takes_bounds(&self) -> bool {
        self.set.is_whole()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let mut x = run.start();
        let n = x.len();
        self.set.check(n)?;
        let decrease = self.decrease;
        Error::unless(
            decrease > 0.0 && decrease < 1.0,
            "decrease",
            decrease,
            "in (0, 1)",
        )?;
        Error::unless_memory(self.memory)?;
        let set: &dyn Set<T> = match run.bounds() {
            Some(bounds) => bounds,
            None => &self.set,
        };
        set.project(&mut x);
        let (mut gradient, mut next, mut next_gradient) = (zeros(n), zeros(n), zeros(n));
        let mut direction = zeros(n);
        let mut value = run.evaluator.value_and_gradient(&x, &mut gradient);
        let mut values = VecDeque::from([value]);
        let mut norm = projected_norm(set, &x, &gradient, &mut direction);
        let mut lowest = Lowest::none();
        let mut taken = None;
        let (mut least, mut stalled) = (norm, 0);
        let mut alpha = 1.0 / norm.clamp(SMALLEST, LARGEST);
        loop {
            if let Some(stopped) = run.check_norm(&x, value, Some(norm), taken) {
                return Ok(lowest.answer(run, x, value, norm, stopped));
            }
            projected_step(set, &x, &gradient, alpha, &mut direction);
            // In exact numbers gᵀd is at most −‖d‖²/α.
            let [square, slope] = sums([&direction, &gradient], |[d, g]| [d * d, d * g]);
            let slope = slope.min(-square / alpha);
            let highest = values.iter().copied().fold(value, f64::max);
            let lost = may_be_lost::<T>(slope, value);
            let hopeful = slope < 0.0 && (!lost || stalled <= PATIENCE);
            let mut lambda = 1.0;
            let found = loop {
                // NaN and infinity lead nowhere either.
                if !hopeful || !slope.is_finite() || lambda < SHORTEST {
                    break None;
                }
                overwrite(&mut next, [&x, &direction], |_, [x, d]| {
                    T::from_f64(x.to_f64() + lambda * d.to_f64())
                });
                // Between two points of the set, but for rounding.
                set.project(&mut next);
                if next == x {
                    break None;
                }
                let there = run.evaluator.value(&next);
                if lost && may_be_lost::<T>(there - value, value) {
                    // Values no longer tell; the curvature does: below 2 of that of the step, the value falls.
                    run.evaluator.gradient(&next, &mut next_gradient);
                    let vectors = [&next_gradient[..], &gradient, &direction];
                    let [change] = sums(vectors, |[there, here, d]| [(there - here) * d]);
                    if change <= 1.8 * square / alpha {
                        break Some((there, true));
                    }
                } else if there <= highest + decrease * lambda * slope {
                    break Some((there, false));
                }
                let parabola = -0.5 * lambda * lambda * slope / (there - value - lambda * slope);
                lambda = if parabola >= 0.1 * lambda && parabola <= 0.5 * lambda {
                    parabola
                } else {
                    0.5 * lambda
                };
            };
            let Some((there, has_gradient)) = found else {
                return Ok(lowest.answer(run, x, value, norm, Stopped::NoProgress));
            };
            if !has_gradient {
                run.evaluator.gradient(&next, &mut next_gradient);
            }
            lowest.leave(&x, value, norm, there);
            let vectors = [&next[..], &x, &next_gradient, &gradient];
            let [square, curvature] = sums(vectors, |[next, x, there, here]| {
                let s = next - x;
                [s * s, s * (there - here)]
            });
            let spectral = if curvature > 0.0 {
                square / curvature
            } else {
                10.0 * alpha
            };
            std::mem::swap(&mut x, &mut next);
            std::mem::swap(&mut gradient, &mut next_gradient);
            value = there;
            taken = Some(alpha * lambda);
            alpha = spectral.clamp(SMALLEST, LARGEST);
            values.push_back(value);
            if values.len() > self.memory {
                values.pop_front();
            }
            norm = projected_norm(set, &x, &gradient, &mut direction);
            stalled = if norm < least || !lost {
                0
            } else {
                stalled + 1
            };
            least = least.min(norm);
        }
    }
}
