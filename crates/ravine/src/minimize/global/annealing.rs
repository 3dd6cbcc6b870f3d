//! Simulated annealing.

use super::cooling::{Cooling, accepts};
use super::population::{Best, reflect, rounded, scales, values, widened};
use crate::Scalar;
use crate::minimize::{Answer, Error, Method, Run, Stopped};
use crate::random::{Purpose, stream, unit};

/// Simulated annealing: random steps, uphill ones with probability exp(−Δ/T), while the temperature T falls.
///
/// For rugged functions of a few variables, if values are cheap. Steps move one coordinate at a time; their lengths adapt for each
/// so that about half of them are accepted, and become small by themselves as it gets colder. Steps beyond a bound are
/// reflected there; bounds are not needed. One iteration is `cycles` steps of every coordinate; each `levels` iterations it gets
/// colder, and the search goes on from the best point.
///
/// Ends where steps are at most `Limits::step · max(1, ‖x‖∞)` long (1e-8 where that is off), or after as many idle iterations, in which all values were the
/// same.
///
/// Source: A. Corana et al., "Minimizing multimodal functions of continuous variables with the simulated annealing algorithm", 1987; the initial temperature,
/// the deviation of values at random points: S. R. White, "Concepts of scale in simulated annealing", 1984.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulatedAnnealing {
    /// T₀, above 0. If none is given, the standard deviation of 20 values at random points.
    pub temperature: Option<f64>,
    /// How the temperature falls. Geometric(0.85).
    pub cooling: Cooling,
    /// Steps of every coordinate in an iteration, at least 1. 20.
    pub cycles: u32,
    /// Iterations at one temperature, at least 1. 5.
    pub levels: u32,
}

impl Default for SimulatedAnnealing {
    fn default() -> Self {
        Self {
            temperature: None,
            cooling: Cooling::Geometric(0.85),
            cycles: 20,
            levels: 5,
        }
    }
}

impl SimulatedAnnealing {
    /// With the options of Corana et al., but fewer iterations at one temperature.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With more or fewer iterations at one temperature: slower and safer, or faster.
    #[must_use]
    pub fn with_levels(mut self, levels: u32) -> Self {
        self.levels = levels;
        self
    }

    /// With another schedule.
    #[must_use]
    pub fn with_cooling(mut self, cooling: Cooling) -> Self {
        self.cooling = cooling;
        self
    }

    fn validate(&self) -> Result<(), Error> {
        self.cooling.validate()?;
        let t = self.temperature.unwrap_or(1.0);
        Error::unless(
            t > 0.0 && t.is_finite(),
            "temperature",
            t,
            "a positive number",
        )?;
        for (name, v) in [("cycles", self.cycles), ("levels", self.levels)] {
            Error::unless(v >= 1, name, f64::from(v), "at least 1")?;
        }
        Ok(())
    }
}

/// Points whose values give the first temperature.
const PROBES: usize = 20;

/// Iterations of equal values after which a function counts as flat.
const IDLE: u32 = 20;

impl<T: Scalar> Method<T> for SimulatedAnnealing {
    fn name(&self) -> String {
        "simulated-annealing".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.validate()?;
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut x = widened(&run.start());
        let scales = scales(run, &x);
        let mut steps = scales.clone();
        let mut value = values(run, std::slice::from_ref(&x))
            .into_iter()
            .fold(f64::INFINITY, f64::min);
        let mut best = Best::none(&x);
        best.offer(&x, value);
        let initial = match self.temperature {
            Some(temperature) => temperature,
            None => {
                let probe = |_| {
                    let pairs = x.iter().zip(&scales);
                    let mut probe: Vec<f64> = pairs
                        .map(|(x, s)| x + s * (2.0 * unit(&mut rng) - 1.0))
                        .collect();
                    reflect(&mut probe, run.bounds());
                    probe
                };
                let probes: Vec<Vec<f64>> = (0..PROBES).map(probe).collect();
                let at_probes = values(run, &probes);
                best.offer_all(&probes, &at_probes);
                x.copy_from_slice(&best.x);
                value = best.value;
                deviation(&at_probes)
            }
        };
        let (mut idle, mut size) = (0, f64::INFINITY);
        loop {
            let at: Vec<T> = rounded(&best.x);
            let told = run.check_extent(&at, best.value, (size, f64::INFINITY), 1e-8);
            if let Some(stopped) = told.or((idle >= IDLE).then_some(Stopped::Value)) {
                return Ok(run.answer(at, best.value, None, stopped));
            }
            let level = run.iterations() / u64::from(self.levels);
            if run.iterations() % u64::from(self.levels) == 0 {
                x.copy_from_slice(&best.x);
                value = best.value;
            }
            let temperature = self.cooling.temperature(initial, level);
            let mut accepted = vec![0.0; x.len()];
            let mut flat = true;
            for _ in 0..self.cycles {
                for i in 0..x.len() {
                    let mut moved = x.clone();
                    moved[i] += steps[i] * (2.0 * unit(&mut rng) - 1.0);
                    reflect(&mut moved, run.bounds());
                    let there = values(run, std::slice::from_ref(&moved))
                        .into_iter()
                        .fold(f64::INFINITY, f64::min);
                    flat &= there == value;
                    if accepts(value, there, temperature, unit(&mut rng)) {
                        accepted[i] += 1.0 / f64::from(self.cycles);
                        x = moved;
                        value = there;
                        best.offer(&x, value);
                    }
                }
            }
            idle = if flat { idle + 1 } else { 0 };
            for ((step, share), scale) in steps.iter_mut().zip(&accepted).zip(&scales) {
                if *share > 0.6 {
                    *step *= 1.0 + 2.0 * (share - 0.6) / 0.4;
                } else if *share < 0.4 {
                    *step /= 1.0 + 2.0 * (0.4 - share) / 0.4;
                }
                if run.bounds().is_some() {
                    *step = step.min(*scale);
                }
            }
            size = steps.iter().fold(0.0, |most, s| s.max(most));
        }
    }
}

/// The standard deviation of those values that are finite; 1 if it is 0.
fn deviation(values: &[f64]) -> f64 {
    let finite = || values.iter().filter(|v| v.is_finite());
    let count = finite().count() as f64;
    let mean = finite().sum::<f64>() / count;
    let deviation = (finite().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt();
    if deviation > 0.0 && deviation.is_finite() {
        deviation
    } else {
        1.0
    }
}
