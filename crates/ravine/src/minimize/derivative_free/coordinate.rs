//! Cyclic coordinate search.

use super::line_minimum::minimize_along;
use super::{begin, distance};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};

options! {
    /// Cyclic coordinate search: minimises along one coordinate after the other, and again.
    ///
    /// Good where coordinates hardly interact: a sum of functions of one variable each takes one sweep. In a ravine that is
    /// not parallel to an axis it crawls; [accelerated](Self::accelerated), each sweep ends with a search along its own
    /// total, which helps there. Keeps to bounds.
    ///
    /// Ends where a sweep moves no coordinate by more than `Limits::step · max(1, ‖x‖∞)`; 1e-8 where that is off.
    ///
    /// Source: M. J. Kochenderfer, T. A. Wheeler, "Algorithms for Optimization", 2019, algorithms 7.2 and 7.3; line minima by
    /// [Brent's method](super::Brent).
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct CoordinateSearch {
        /// Whether each sweep ends with a search along its total. No.
        pub accelerated: bool,
        /// The first trial step, times max(1, |xᵢ|), above 0. 0.5.
        pub step: f64,
    }
}

impl Default for CoordinateSearch {
    fn default() -> Self {
        Self {
            accelerated: false,
            step: 0.5,
        }
    }
}

impl CoordinateSearch {
    /// Without acceleration, with a first step of 0.5.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With acceleration.
    #[must_use]
    pub fn accelerated() -> Self {
        Self {
            accelerated: true,
            ..Self::default()
        }
    }
}

impl<T: Scalar> Method<T> for CoordinateSearch {
    fn name(&self) -> String {
        "coordinate-search".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let (mut x, mut value, mut steps) = begin(run, self.step)?;
        let mut moved = f64::INFINITY;
        loop {
            if let Some(stopped) = run.check_extent(&x, value, moved, f64::INFINITY) {
                return Ok(run.answer(x, value, None, stopped));
            }
            let before = x.clone();
            let mut direction = vec![0.0; x.len()];
            for (i, step) in steps.iter_mut().enumerate() {
                direction[i] = 1.0;
                let alpha;
                (value, alpha) = minimize_along(run, &mut x, value, &direction, *step, 1e-3);
                direction[i] = 0.0;
                *step = next_step(*step, alpha);
            }
            let total = difference(&x, &before);
            if self.accelerated && x.len() > 1 && total.iter().any(|d| *d != 0.0) {
                (value, _) = minimize_along(run, &mut x, value, &total, 1.0, 1e-3);
            }
            moved = distance(&x, &before);
        }
    }
}

/// The first trial of the next search along a direction: as far as the last one went, but not suddenly nothing.
pub(super) fn next_step(step: f64, alpha: f64) -> f64 {
    alpha.abs().max(0.1 * step).max(1e-9)
}

/// a − b.
pub(super) fn difference<T: Scalar>(a: &[T], b: &[T]) -> Vec<f64> {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| a.to_f64() - b.to_f64()).collect()
}
