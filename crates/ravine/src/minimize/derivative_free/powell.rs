//! Powell's method of conjugate directions.

use super::coordinate::{difference, next_step};
use super::line_minimum::minimize_along;
use super::{begin, distance};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};

options! {
    /// Powell's method: minimises along n directions in turn, and replaces the one along which the value fell most by the
    /// total of the turn, so that directions become conjugate.
    ///
    /// For smooth functions of up to some dozens of variables that have no gradient. On a quadratic n turns are enough. A
    /// direction is only replaced while that does not make the set degenerate. Keeps to bounds.
    ///
    /// Ends where a turn moves no coordinate by more than `Limits::step · max(1, ‖x‖∞)`; 1e-8 where that is off.
    ///
    /// Source: M. J. D. Powell, "An efficient method for finding the minimum of a function of several variables without calculating
    /// derivatives", 1964; line minima by [Brent's method](super::Brent).
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Powell {
        /// The first trial step, times max(1, |xᵢ|), above 0. 0.5.
        pub step: f64,
        /// How exactly a minimum along a line is found, relative to its distance, in (0, 1). 0.01.
        pub precision: f64,
    }
}

impl Default for Powell {
    fn default() -> Self {
        Self {
            step: 0.5,
            precision: 0.01,
        }
    }
}

impl Powell {
    /// With a first step of 0.5, and lines minimised to 1 %.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// A search direction, and how far its first trial goes.
struct Way {
    direction: Vec<f64>,
    step: f64,
}

impl<T: Scalar> Method<T> for Powell {
    fn name(&self) -> String {
        "powell".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let precision = self.precision;
        Error::unless(
            precision > 0.0 && precision < 1.0,
            "precision",
            precision,
            "in (0, 1)",
        )?;
        let (mut x, mut value, steps) = begin(run, self.step)?;
        let coordinate = |(i, step)| {
            let mut direction = vec![0.0; x.len()];
            direction[i] = 1.0;
            Way { direction, step }
        };
        let mut ways: Vec<Way> = steps.into_iter().enumerate().map(coordinate).collect();
        let mut moved = f64::INFINITY;
        loop {
            if let Some(stopped) = run.check_extent(&x, value, moved, f64::INFINITY) {
                return Ok(run.answer(x, value, None, stopped));
            }
            let (before, value_before) = (x.clone(), value);
            // Δ, and the direction that gave it.
            let (mut most, mut which) = (0.0, 0);
            for (i, way) in ways.iter_mut().enumerate() {
                let (lower, alpha) =
                    minimize_along(run, &mut x, value, &way.direction, way.step, precision);
                way.step = next_step(way.step, alpha);
                if value - lower > most {
                    (most, which) = (value - lower, i);
                }
                value = lower;
            }
            let total = difference(&x, &before);
            if x.len() > 1 && total.iter().any(|d| *d != 0.0) {
                // f_E, as far again beyond the turn's end.
                let mut beyond = x.clone();
                for (e, d) in beyond.iter_mut().zip(&total) {
                    *e = T::from_f64(e.to_f64() + d);
                }
                let inside = run.bounds().is_none_or(|bounds| {
                    let mut projected = beyond.clone();
                    bounds.project(&mut projected);
                    projected == beyond
                });
                let extrapolated = if inside {
                    run.value(&beyond)
                } else {
                    f64::INFINITY
                };
                let bend = value_before - 2.0 * value + extrapolated;
                let rest = value_before - value - most;
                let replaces = extrapolated < value_before
                    && 2.0 * bend * rest * rest < most * (value_before - extrapolated).powi(2);
                if replaces {
                    let alpha;
                    (value, alpha) = minimize_along(run, &mut x, value, &total, 1.0, precision);
                    let length = total.iter().map(|d| d * d).sum::<f64>().sqrt();
                    let direction = total.iter().map(|d| d / length).collect();
                    ways.remove(which);
                    ways.push(Way {
                        direction,
                        step: next_step(length, alpha * length),
                    });
                }
            }
            moved = distance(&x, &before);
        }
    }
}
