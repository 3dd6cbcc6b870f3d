//! Basin hopping.

use super::cooling::accepts;
use super::population::{reflect, rounded, scales, widened};
use crate::Scalar;
use crate::minimize::objective::comparable;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run, Stopped};
use crate::random::{Purpose, stream, unit};

options! {
    /// Basin hopping: a random step from a minimum, a local method from there, and the new minimum is accepted with
    /// probability min(1, exp(−Δ/T)).
    ///
    /// For functions with many minima that lead to each other, as energies of molecules. Any local method will do; it runs
    /// in the task's limits. Steps adapt so that half of them are accepted. An iteration is a hop; steps beyond bounds are
    /// reflected, if the local method takes bounds.
    ///
    /// Ends after `hops`, for the reason for which the best local search ended, or after `patience` hops without a lower
    /// minimum, with [`Stopped::Value`].
    ///
    /// Source: D. J. Wales, J. P. K. Doye, "Global optimization by basin-hopping and the lowest energy structures of
    /// Lennard-Jones clusters containing up to 110 atoms", 1997.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct BasinHopping<M> {
        /// The local method.
        pub method: M,
        /// Hops, at least 1. 100.
        pub hops: u64,
        /// T, at least 0. 1.
        pub temperature: f64,
        /// The longest first step of a coordinate, times the distance of its bounds or max(1, |xᵢ|), above 0. 0.25.
        pub step: f64,
        /// Hops without a lower minimum after which it ends, at least 1; `None`: no limit.
        pub patience: Option<u64>,
    }
}

impl<M> BasinHopping<M> {
    /// With a local method, 100 hops, T = 1 and steps of 0.25.
    pub fn new(method: M) -> Self {
        Self {
            method,
            hops: 100,
            temperature: 1.0,
            step: 0.25,
            patience: None,
        }
    }

    /// With so many hops.
    #[must_use]
    pub fn with_hops(mut self, hops: u64) -> Self {
        self.hops = hops;
        self
    }

    /// At another temperature: about the difference of values of neighbouring minima.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }
}

/// Hops after which the steps are adapted, and by how much.
const INTERVAL: u64 = 10;
const FACTOR: f64 = 0.9;

impl<T: Scalar, M: Method<T>> Method<T> for BasinHopping<M> {
    fn name(&self) -> String {
        "basin-hopping".into()
    }

    fn takes_bounds(&self) -> bool {
        self.method.takes_bounds()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let t = self.temperature;
        Error::unless(t >= 0.0 && t.is_finite(), "temperature", t, "at least 0")?;
        Error::unless_positive("step", self.step)?;
        for (name, v) in [
            ("hops", self.hops),
            ("patience", self.patience.unwrap_or(1)),
        ] {
            Error::unless(v >= 1, name, v as f64, "at least 1")?;
        }
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let local = |run: &mut Run<'_, T>, x: &[T]| -> Result<Answer<T>, Error> {
            let seed = run.seed().wrapping_add(run.iterations());
            let found = run.task(x).with_seed(seed).minimize(&self.method)?;
            run.evaluator.count(found.evaluations);
            Ok(Answer {
                value: comparable(found.value),
                ..found
            })
        };
        let start = run.start();
        let scales = scales(run, &widened(&start));
        let mut here = local(run, &start)?;
        let mut best = here.clone();
        let (mut step, mut accepted, mut idle) = (self.step, 0, 0);
        loop {
            let hops = run.iterations();
            // A start where there is no value says nothing about the next hop.
            let value = best.value.min(f64::MAX);
            let told = run.check_extent(&best.x, value, f64::INFINITY, f64::INFINITY);
            let stopped = told.or(if run.iterations() >= self.hops {
                Some(best.stopped)
            } else if self.patience.is_some_and(|patience| idle >= patience) {
                Some(Stopped::Value)
            } else {
                None
            });
            if let Some(stopped) = stopped {
                return Ok(run.answer(best.x, best.value, best.gradient_norm, stopped));
            }
            if hops > 0 && hops.is_multiple_of(INTERVAL) {
                step *= if 2 * accepted > INTERVAL {
                    1.0 / FACTOR
                } else {
                    FACTOR
                };
                accepted = 0;
            }
            let pairs = here.x.iter().zip(&scales);
            let mut moved: Vec<f64> = pairs
                .map(|(x, s)| x.to_f64() + step * s * (2.0 * unit(&mut rng) - 1.0))
                .collect();
            reflect(&mut moved, run.bounds());
            let there = local(run, &rounded(&moved))?;
            idle += 1;
            if there.value < best.value {
                best = there.clone();
                idle = 0;
            }
            if accepts(here.value, there.value, t, unit(&mut rng)) {
                here = there;
                accepted += 1;
            }
        }
    }
}
