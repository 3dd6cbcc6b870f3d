//! Langevin dynamics.

use super::cooling::{Cooling, adapted};
use super::population::{free, reflect, rounded};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{largest, zeros};
use crate::minimize::{Answer, Error, Method, Run, Stopped};
use crate::random::{Purpose, normal, stream, unit};

options! {
    /// Langevin dynamics: gradient descent with noise, `x ← x − h∇f(x) + √(2hT) ξ`, with ξ normal.
    ///
    /// [Unadjusted](Self::unadjusted), every step is taken, and points are distributed with the density exp(−f/T) up to an
    /// error of order h. By default steps are accepted or rejected by the rule of Metropolis and Hastings (MALA), which
    /// makes it exact at a constant temperature, and h adapts so that 57 % are accepted. Beyond bounds there is nothing:
    /// adjusted steps there are rejected, others reflected.
    ///
    /// The observer sees the chain's points, one an iteration; the answer is the best of them. Runs until a limit is
    /// reached, which may be the one on the gradient.
    ///
    /// Source: G. O. Roberts, R. L. Tweedie, "Exponential convergence of Langevin distributions and their discrete
    /// approximations", 1996; the rate 0.574: G. O. Roberts, J. S. Rosenthal, 1998.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Langevin {
        /// T₀, above 0. 1.
        pub temperature: f64,
        /// How it falls, each iteration. Geometric(0.999).
        pub cooling: Cooling,
        /// h, above 0; where it adapts, the first. 0.01.
        pub step: f64,
        /// Whether steps may be rejected, and h adapts. Yes.
        pub adjusted: bool,
    }
}

impl Default for Langevin {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            cooling: Cooling::Geometric(0.999),
            step: 0.01,
            adjusted: true,
        }
    }
}

impl Langevin {
    /// Adjusted, from T₀ = 1, falling by a thousandth each iteration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Unadjusted, with steps h.
    #[must_use]
    pub fn unadjusted(step: f64) -> Self {
        Self {
            step,
            adjusted: false,
            ..Self::default()
        }
    }

    /// With another temperature and schedule.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f64, cooling: Cooling) -> Self {
        (self.temperature, self.cooling) = (temperature, cooling);
        self
    }
}

/// The share of accepted steps that is best in many dimensions.
const RATE: f64 = 0.574;

/// A point of the chain.
#[derive(Clone)]
struct Place<T> {
    x: Vec<T>,
    value: f64,
    /// ∇f(x), but 0 in those variables that are fixed by their bounds.
    gradient: Vec<T>,
}

impl<T: Scalar> Place<T> {
    fn at(run: &mut Run<'_, T>, x: Vec<T>, free: &[bool]) -> Self {
        let mut gradient = zeros(x.len());
        let value = run.evaluator.value_and_gradient(&x, &mut gradient);
        for (g, _) in gradient.iter_mut().zip(free).filter(|(_, free)| !**free) {
            *g = T::from_f64(0.0);
        }
        Self { x, value, gradient }
    }

    /// ‖y − x + h∇f(x)‖², which the density of a step from here to y falls with.
    fn drift(&self, y: &[T], h: f64) -> f64 {
        let parts = self.x.iter().zip(&self.gradient).zip(y);
        parts
            .map(|((x, g), y)| {
                let d = y.to_f64() - x.to_f64() + h * g.to_f64();
                d * d
            })
            .sum()
    }
}

impl<T: Scalar> Method<T> for Langevin {
    fn name(&self) -> String {
        "langevin".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.cooling.validate(self.temperature)?;
        Error::unless_positive("step", self.step)?;
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let start = run.start();
        let free = free(run, start.len());
        let mut here = Place::at(run, start, &free);
        let mut best = here.clone();
        let mut h = self.step;
        loop {
            if here.value < best.value {
                best = here.clone();
            }
            if let Some(stopped) = run.check(&here.x, here.value, Some(&here.gradient), Some(h)) {
                if stopped == Stopped::Gradient {
                    if best.value < here.value {
                        // Cold in the wrong valley: down the better one.
                        here = best.clone();
                        continue;
                    }
                    best = here;
                }
                let norm = largest(&best.gradient);
                return Ok(run.answer(best.x, best.value, Some(norm), stopped));
            }
            let k = run.iterations();
            let temperature = self.cooling.temperature(self.temperature, k);
            let noise = (2.0 * h * temperature).sqrt();
            let parts = here.x.iter().zip(&here.gradient).zip(&free);
            let mut moved: Vec<f64> = parts
                .map(|((x, g), free)| {
                    let noise = if *free { noise * normal(&mut rng) } else { 0.0 };
                    x.to_f64() - h * g.to_f64() + noise
                })
                .collect();
            let chance = unit(&mut rng);
            let unreflected = moved.clone();
            reflect(&mut moved, run.bounds());
            if !self.adjusted {
                here = Place::at(run, rounded(&moved), &free);
                continue;
            }
            let mut acceptance = 0.0;
            if moved == unreflected {
                let there = Place::at(run, rounded(&moved), &free);
                let (forth, back) = (here.drift(&there.x, h), there.drift(&here.x, h));
                let exponent =
                    (here.value - there.value + (forth - back) / (4.0 * h)) / temperature;
                // Not a number: rejected.
                acceptance = libm::exp(exponent).min(1.0);
                if !exponent.is_finite() {
                    acceptance = 0.0;
                }
                if chance < acceptance {
                    here = there;
                }
            }
            h = adapted(h, acceptance - RATE, self.cooling, k).clamp(1e-300, 1e300);
        }
    }
}
