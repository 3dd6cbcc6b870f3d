//! Pattern search of Hooke and Jeeves.

use super::begin;
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};

options! {
    /// Hooke and Jeeves' pattern search: tries a step up and down each coordinate, repeats as a whole what was successful,
    /// and shortens the steps where nothing was. After ten patterns in a row steps become longer again.
    ///
    /// Robust and simple; converges on smooth functions, slowly. Keeps to bounds: steps end there.
    ///
    /// Ends where steps are at most `Limits::step · max(1, ‖x‖∞)` long; 1e-8 where that is off.
    ///
    /// Source: R. Hooke, T. A. Jeeves, "“Direct search” solution of numerical and statistical problems", 1961.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct HookeJeeves {
        /// The first steps, times max(1, |xᵢ|), above 0. 0.5.
        pub step: f64,
        /// By how much steps shorten, in (0, 1). 0.5.
        pub factor: f64,
    }
}

impl Default for HookeJeeves {
    fn default() -> Self {
        Self {
            step: 0.5,
            factor: 0.5,
        }
    }
}

impl HookeJeeves {
    /// With first steps of 0.5 that are halved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Successful patterns in a row after which steps become longer.
const ROW: u32 = 10;

impl<T: Scalar> Method<T> for HookeJeeves {
    fn name(&self) -> String {
        "hooke-jeeves".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let factor = self.factor;
        Error::unless(factor > 0.0 && factor < 1.0, "factor", factor, "in (0, 1)")?;
        let (mut base, mut value, mut steps) = begin(run, self.step)?;
        // The base before this one, where the last exploration was successful.
        let mut before: Option<Vec<T>> = None;
        let mut in_a_row = 0;
        loop {
            let size = steps.iter().fold(0.0, |most, s| s.max(most));
            if let Some(stopped) = run.check_extent(&base, value, size, f64::INFINITY) {
                return Ok(run.answer(base, value, None, stopped));
            }
            if let Some(last) = before.take() {
                let pairs = base.iter().zip(&last);
                let mut x: Vec<T> = pairs
                    .map(|(b, l)| T::from_f64(2.0 * b.to_f64() - l.to_f64()))
                    .collect();
                if let Some(bounds) = run.bounds() {
                    bounds.project(&mut x);
                }
                if x != base {
                    let at_pattern = run.value(&x);
                    let lower = explore(run, &mut x, at_pattern, &steps);
                    if lower < value {
                        value = lower;
                        // A pattern that shrank to less than a step would creep for ever.
                        let far = is_far(&x, &base, &steps);
                        let last = std::mem::replace(&mut base, x);
                        before = far.then_some(last);
                        in_a_row = if far { in_a_row + 1 } else { 0 };
                        if in_a_row == ROW {
                            steps.iter_mut().for_each(|step| *step /= factor);
                            in_a_row = 0;
                        }
                        continue;
                    }
                }
            }
            in_a_row = 0;
            let mut x = base.clone();
            let lower = explore(run, &mut x, value, &steps);
            if lower < value {
                value = lower;
                before = Some(std::mem::replace(&mut base, x));
            } else {
                steps.iter_mut().for_each(|step| *step *= factor);
            }
        }
    }
}

/// Whether any coordinate moved by more than half a step.
fn is_far<T: Scalar>(a: &[T], b: &[T], steps: &[f64]) -> bool {
    let mut parts = a.iter().zip(b).zip(steps);
    parts.any(|((a, b), step)| (a.to_f64() - b.to_f64()).abs() > 0.5 * step)
}

/// Moves each coordinate a step up or down where that is better.
fn explore<T: Scalar>(run: &mut Run<'_, T>, x: &mut [T], mut value: f64, steps: &[f64]) -> f64 {
    for (i, &step) in steps.iter().enumerate() {
        let here = x[i];
        for step in [step, -step] {
            x[i] = T::from_f64(here.to_f64() + step);
            if let Some(bounds) = run.bounds() {
                bounds.project(x);
            }
            if x[i] == here {
                continue;
            }
            let there = run.value(x);
            if there < value {
                value = there;
                break;
            }
            x[i] = here;
        }
    }
    value
}
