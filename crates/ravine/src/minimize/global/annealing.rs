//! Simulated annealing.

use super::cooling::{Cooling, accepts};
use super::population::{Best, free, reflect, rounded, scales, values, widened};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run, Stopped};
use crate::random::{ChaCha8Rng, Purpose, stream, unit};

options! {
    /// Simulated annealing: random steps, uphill ones with probability exp(−Δ/T), while the temperature T falls.
    ///
    /// For rugged functions of a few variables, if values are cheap. Steps move one coordinate at a time, by a Cauchy
    /// distribution: mostly a little, and now and then far into another valley. Their lengths adapt for each coordinate so
    /// that about half of them are accepted, and become small by themselves as it gets colder. Steps beyond a bound are
    /// reflected there; bounds are not needed. One iteration is `cycles` steps of every coordinate; each `levels`
    /// iterations it gets colder, and the search goes on from the best point.
    ///
    /// Where it is frozen, it may begin anew at a random point, `anneals` times in all. Ends where steps are at most
    /// `Limits::step · max(1, ‖x‖∞)` long (1e-8 where that is off), or after 20 iterations in which all values were the same.
    ///
    /// Source: A. Corana et al., "Minimizing multimodal functions of continuous variables with the simulated annealing
    /// algorithm", 1987; the initial temperature, the deviation of values at random points: S. R. White, "Concepts of scale
    /// in simulated annealing", 1984; steps by a Cauchy distribution: H. Szu, R. Hartley, "Fast simulated annealing", 1987.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct SimulatedAnnealing {
        /// T₀, above 0. If none is given, the standard deviation of 20 values at random points.
        pub temperature: Option<f64>,
        /// How the temperature falls. Geometric(0.85).
        pub cooling: Cooling,
        /// Steps of every coordinate in an iteration, between 1 and 1,000,000. 20.
        pub cycles: u32,
        /// Iterations at one temperature, between 1 and 1,000,000. 5.
        pub levels: u32,
        /// How often it is done, between 1 and 1,000,000. 1.
        pub anneals: u32,
    }
}

impl Default for SimulatedAnnealing {
    fn default() -> Self {
        Self {
            temperature: None,
            cooling: Cooling::Geometric(0.85),
            cycles: 20,
            levels: 5,
            anneals: 1,
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

    /// Done so often.
    #[must_use]
    pub fn with_anneals(mut self, anneals: u32) -> Self {
        self.anneals = anneals;
        self
    }

    /// With another schedule.
    #[must_use]
    pub fn with_cooling(mut self, cooling: Cooling) -> Self {
        self.cooling = cooling;
        self
    }

    fn validate(&self) -> Result<(), Error> {
        self.cooling.validate(self.temperature.unwrap_or(1.0))?;
        for (name, v) in [
            ("cycles", self.cycles),
            ("levels", self.levels),
            ("anneals", self.anneals),
        ] {
            let range = "between 1 and 1,000,000";
            Error::unless((1..=1_000_000).contains(&v), name, f64::from(v), range)?;
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
        let mut value = run.value(&run.start());
        let mut best = Best::none(&x);
        best.offer(&x, value);
        let somewhere = |around: &[f64], run: &Run<'_, T>, rng: &mut ChaCha8Rng| {
            let pairs = around.iter().zip(&scales);
            let mut x: Vec<f64> = pairs
                .map(|(x, s)| x + s * (2.0 * unit(rng) - 1.0))
                .collect();
            reflect(&mut x, run.bounds());
            x
        };
        let initial = match self.temperature {
            Some(temperature) => temperature,
            None => {
                let probe = |_| somewhere(&x, run, &mut rng);
                let probes: Vec<Vec<f64>> = (0..PROBES).map(probe).collect();
                let at_probes = values(run, &probes);
                best.offer_all(&probes, &at_probes);
                deviation(&at_probes)
            }
        };
        let free = free(run, x.len());
        let (mut idle, mut size) = (0, f64::INFINITY);
        // The best of this time, and when it began.
        let (mut lead, mut begun, mut anneals) = (best.clone(), 0, 1);
        loop {
            let largest = best.x.iter().fold(1.0, |most: f64, x| x.abs().max(most));
            let frozen = size <= run.smallest() * largest || idle >= IDLE;
            if frozen && anneals < self.anneals {
                anneals += 1;
                x = somewhere(&best.x, run, &mut rng);
                value = run.value(&rounded::<T>(&x));
                lead = Best::none(&x);
                lead.offer(&x, value);
                steps.copy_from_slice(&scales);
                (begun, idle, size) = (run.iterations(), 0, f64::INFINITY);
            }
            let at: Vec<T> = rounded(&best.x);
            let told = run.check_extent(&at, best.value, size, f64::INFINITY);
            if let Some(stopped) = told.or((idle >= IDLE).then_some(Stopped::Value)) {
                return Ok(run.answer(at, best.value, None, stopped));
            }
            let iteration = run.iterations() - begun;
            let level = iteration / u64::from(self.levels);
            if iteration.is_multiple_of(u64::from(self.levels)) {
                x.copy_from_slice(&lead.x);
                value = lead.value;
            }
            let temperature = self.cooling.temperature(initial, level);
            let mut accepted = vec![0.0; x.len()];
            let mut flat = true;
            for _ in 0..self.cycles {
                for i in (0..x.len()).filter(|i| free[*i]) {
                    let here = x[i];
                    let angle = std::f64::consts::PI * (unit(&mut rng) - 0.5);
                    x[i] += steps[i] * libm::tan(angle);
                    reflect(&mut x, run.bounds());
                    let there = run.value(&rounded::<T>(&x));
                    flat &= there == value;
                    if accepts(value, there, temperature, unit(&mut rng)) {
                        accepted[i] += 1.0 / f64::from(self.cycles);
                        value = there;
                        lead.offer(&x, value);
                    } else {
                        x[i] = here;
                    }
                }
            }
            best.offer(&lead.x, lead.value);
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
