//! Random-walk Metropolis.

use super::cooling::{Cooling, accepts, adapted};
use super::population::{Best, rounded, scales, widened};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};
use crate::random::{Purpose, normal, stream, unit};

options! {
    /// Random-walk Metropolis: normal steps of all coordinates, accepted with probability min(1, exp(−Δ/T)).
    ///
    /// At a [constant temperature](Self::sampler) the chain's points are distributed with the density exp(−f/T); while it
    /// falls, this is simulated annealing with steps in all directions. The length of steps adapts so that about a quarter
    /// of them is accepted, at a constant temperature by ever less, so that the distribution is right in the limit. There
    /// is nothing beyond bounds: steps there are rejected.
    ///
    /// The observer sees the chain's points, one an iteration; the answer is the best of them. Ends where steps are at most
    /// `Limits::step · max(1, ‖x‖∞)` long; 1e-8 where that is off.
    ///
    /// Source: N. Metropolis et al., "Equation of state calculations by fast computing machines", 1953; the rate 0.234: G.
    /// O. Roberts, A. Gelman, W. R. Gilks, 1997; adaptation: C. Andrieu, J. Thoms, "A tutorial on adaptive MCMC", 2008.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Metropolis {
        /// T₀, above 0. 1.
        pub temperature: f64,
        /// How it falls, each iteration. Geometric(0.999).
        pub cooling: Cooling,
        /// The first steps' standard deviation, times the distance of bounds or max(1, |xᵢ|), above 0. 0.1.
        pub step: f64,
    }
}

impl Default for Metropolis {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            cooling: Cooling::Geometric(0.999),
            step: 0.1,
        }
    }
}

impl Metropolis {
    /// From T₀ = 1, falling by a thousandth each iteration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// At a constant temperature: samples of the density exp(−f/T).
    #[must_use]
    pub fn sampler(temperature: f64) -> Self {
        Self {
            temperature,
            cooling: Cooling::Constant,
            ..Self::default()
        }
    }
}

/// The share of accepted steps that is best in many dimensions.
const RATE: f64 = 0.234;

impl<T: Scalar> Method<T> for Metropolis {
    fn name(&self) -> String {
        "metropolis".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.cooling.validate(self.temperature)?;
        Error::unless_positive("step", self.step)?;
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut x = run.start();
        let mut value = run.value(&x);
        let mut best = Best::none(&widened(&x));
        let scales = scales(run, &best.x);
        let widest = scales.iter().fold(0.0, |most: f64, s| s.max(most));
        let mut length = self.step;
        loop {
            best.offer(&widened(&x), value);
            if let Some(stopped) = run.check_extent(&x, value, length * widest, f64::INFINITY) {
                return Ok(run.answer(rounded(&best.x), best.value, None, stopped));
            }
            let k = run.iterations();
            let temperature = self.cooling.temperature(self.temperature, k);
            let pairs = x.iter().zip(&scales);
            let moved: Vec<T> = pairs
                .map(|(x, s)| T::from_f64(x.to_f64() + length * s * normal(&mut rng)))
                .collect();
            let inside = run.bounds().is_none_or(|bounds| {
                let mut projected = moved.clone();
                bounds.project(&mut projected);
                projected == moved
            });
            let chance = unit(&mut rng);
            let mut accepted = false;
            if inside {
                let there = run.value(&moved);
                if accepts(value, there, temperature, chance) {
                    (x, value, accepted) = (moved, there, true);
                }
            }
            let excess = f64::from(u8::from(accepted)) - RATE;
            // A function that is flat accepts every step.
            length = adapted(length, excess, self.cooling, k).min(1e3);
        }
    }
}
