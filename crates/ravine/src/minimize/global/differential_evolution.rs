//! Differential evolution.

use super::population::{Best, MOST, extent, finite_bounds, first_points, rounded, spread, values};
use crate::Scalar;
use crate::minimize::options::{choice, options};
use crate::minimize::{Answer, Error, Method, Run};
use crate::random::{Purpose, below, stream, unit};

/// Which point differences are added to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mutant {
    /// A random one (rand/1/bin): explores.
    #[default]
    Random,
    /// The best one (best/1/bin): converges sooner, also to the wrong minimum.
    Best,
}

choice!(Mutant: "random" => Random, "best" => Best);

options! {
    /// Differential evolution: each point competes with one that has some coordinates from `x₀ + F(x₁ − x₂)`, of other
    /// points of the population.
    ///
    /// Steady and needs no tuning for most functions of up to some dozens of variables, but many evaluations. F is drawn
    /// anew each generation (dither). A coordinate beyond a bound is put at random between the bound and the base x₀. Needs
    /// finite bounds; the first point is the start, the others a Latin hypercube. [`Shade`](super::Shade) finds F and CR by itself and
    /// usually needs fewer evaluations. For a more exact answer let a local method go on from it: [`Polished`](super::Polished).
    ///
    /// Ends where the population is at most `Limits::step · max(1, ‖x‖∞)` large; 1e-8 where that is off.
    ///
    /// Source: R. Storn, K. Price, "Differential evolution: a simple and efficient heuristic for global optimization over
    /// continuous spaces", 1997; K. Price, R. Storn, J. Lampinen, "Differential Evolution", 2005: dither, and bounce-back
    /// (section 4.3).
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct DifferentialEvolution {
        /// Which point differences are added to. A random one.
        pub mutant: Mutant,
        /// Points, between 4 and 1,000,000. 10n, but 20 at least, if nothing is said.
        pub population: Option<usize>,
        /// F is uniform between these, in (0, 2]. 0.5 and 1.
        pub weight: (f64, f64),
        /// CR, the probability of a coordinate to come from the mutant, in [0, 1]. 0.7. Low (0.1 to 0.3) where coordinates
        /// do not interact, high (0.9) where they do.
        pub crossover: f64,
    }
}

impl Default for DifferentialEvolution {
    fn default() -> Self {
        Self {
            mutant: Mutant::Random,
            population: None,
            weight: (0.5, 1.0),
            crossover: 0.7,
        }
    }
}

impl DifferentialEvolution {
    /// rand/1/bin with 10n points, F in [0.5, 1) and CR = 0.7.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// best/1/bin.
    #[must_use]
    pub fn best() -> Self {
        Self {
            mutant: Mutant::Best,
            ..Self::default()
        }
    }

    /// With so many points.
    #[must_use]
    pub fn with_population(mut self, population: usize) -> Self {
        self.population = Some(population);
        self
    }

    /// With another probability of crossover.
    #[must_use]
    pub fn with_crossover(mut self, crossover: f64) -> Self {
        self.crossover = crossover;
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let (low, high) = self.weight;
        Error::unless(low > 0.0 && low <= 2.0, "weight", low, "in (0, 2]")?;
        Error::unless(
            high >= low && high <= 2.0,
            "weight",
            high,
            "at most 2, and not below its lower end",
        )?;
        let cr = self.crossover;
        Error::unless((0.0..=1.0).contains(&cr), "crossover", cr, "in [0, 1]")?;
        let population = self.population.unwrap_or(4);
        Error::unless(
            (4..=MOST).contains(&population),
            "population",
            population as f64,
            "between 4 and 1,000,000",
        )
    }
}

impl<T: Scalar> Method<T> for DifferentialEvolution {
    fn name(&self) -> String {
        "differential-evolution".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.validate()?;
        let bounds = finite_bounds(run, self)?;
        let n = bounds.lower().len();
        let size = self.population.unwrap_or((10 * n).max(20));
        let mut initial = stream(run.seed(), Purpose::Initialization, 0);
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut points = first_points(run, bounds, size, &mut initial);
        let mut at_points = values(run, &points);
        let mut best = Best::none(&points[0]);
        loop {
            best.offer_all(&points, &at_points);
            let x: Vec<T> = rounded(&best.x);
            let spread = spread(at_points.iter().copied());
            if let Some(stopped) = run.check_extent(&x, best.value, extent(&points), spread) {
                return Ok(run.answer(x, best.value, None, stopped));
            }
            let (low, high) = self.weight;
            let weight = low + (high - low) * unit(&mut rng);
            let mut trials = points.clone();
            for (i, trial) in trials.iter_mut().enumerate() {
                let mut chosen = [i; 4];
                for k in 1..4 {
                    while chosen[..k].contains(&chosen[k]) {
                        chosen[k] = below(&mut rng, size as u64) as usize;
                    }
                }
                let [_, r0, r1, r2] = chosen;
                let base = match self.mutant {
                    Mutant::Random => &points[r0],
                    Mutant::Best => &best.x,
                };
                let certain = below(&mut rng, n as u64) as usize;
                for (j, t) in trial.iter_mut().enumerate() {
                    if unit(&mut rng) >= self.crossover && j != certain {
                        continue;
                    }
                    let (l, u) = (bounds.lower()[j], bounds.upper()[j]);
                    let mutated = base[j] + weight * (points[r1][j] - points[r2][j]);
                    *t = if mutated < l {
                        l + unit(&mut rng) * (base[j] - l)
                    } else if mutated > u {
                        u - unit(&mut rng) * (u - base[j])
                    } else {
                        mutated
                    };
                }
            }
            let at_trials = values(run, &trials);
            for (((x, v), trial), there) in points
                .iter_mut()
                .zip(&mut at_points)
                .zip(trials)
                .zip(at_trials)
            {
                if there <= *v {
                    (*x, *v) = (trial, there);
                }
            }
        }
    }
}
