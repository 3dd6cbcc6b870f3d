//! Differential evolution that adapts its weights: SHADE.

use super::population::{Best, MOST, extent, finite_bounds, first_points, rounded, spread, values};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};
use crate::random::{ChaCha8Rng, Purpose, below, normal, stream, unit};

options! {
    /// SHADE, differential evolution that learns F and CR from its successes: each point x competes with one that has some
    /// coordinates, each with probability CR, from `x + F(x_p − x) + F(x₁ − x₂)`, where x_p is one of the best fifth of the points, x₁ a
    /// random point, and x₂ one too, or one that was replaced by a better.
    ///
    /// Finds the lowest of many minima of up to some dozens of variables, whether coordinates interact or not, and needs no tuning. From
    /// about five variables on it takes half the evaluations of [differential evolution](super::DifferentialEvolution) by random points,
    /// or fewer; in two as many, and where minima are many and irregular (eggholder) it misses the lowest more often.
    ///
    /// Each point draws its CR from
    /// the normal and its F from the Cauchy distribution around a pair that is remembered of the last generations: the means of what was
    /// successful in one, weighted by how much lower the values became. A coordinate beyond a bound is put halfway between the bound and
    /// x. Needs finite bounds; the first point is the start, the others a Latin hypercube.
    ///
    /// Ends where the population is at most `Limits::step · max(1, ‖x‖∞)` large; 1e-8 where that is off.
    ///
    /// Source: R. Tanabe, A. Fukunaga, "Success-history based parameter adaptation for differential evolution", 2013, algorithm 1;
    /// the mutant: J. Zhang, A. C. Sanderson, "JADE: adaptive differential evolution with optional external archive", 2009. The
    /// memory is as short as that of L-SHADE (R. Tanabe, A. Fukunaga, 2014).
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Shade {
        /// Points, between 4 and 1,000,000. 8n, but 20 at least, if nothing is said.
        pub population: Option<usize>,
    }
}

impl Shade {
    /// With 8n points, but 20 at least.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With so many points.
    #[must_use]
    pub fn with_population(mut self, population: usize) -> Self {
        self.population = Some(population);
        self
    }
}

/// H, how many generations with successes are remembered.
const MEMORY: usize = 6;

/// The deviation of CR and the scale of F around what is remembered.
const SCALE: f64 = 0.1;

/// Of the population, in which part x_p is at most.
const GREED: f64 = 0.2;

/// F and CR.
#[derive(Clone, Copy)]
struct Pair {
    weight: f64,
    crossover: f64,
}

impl Pair {
    fn near(self, rng: &mut ChaCha8Rng) -> Self {
        let crossover = self.crossover + SCALE * normal(rng);
        let weight = loop {
            let angle = std::f64::consts::PI * (unit(rng) - 0.5);
            let weight = self.weight + SCALE * libm::tan(angle);
            if weight > 0.0 {
                break weight;
            }
        };
        Self {
            weight: weight.min(1.0),
            crossover: crossover.clamp(0.0, 1.0),
        }
    }

    /// The means of what was successful, with how much lower each made a value: of F Lehmer's, `Σ gF²/Σ gF`.
    fn mean(successes: &[(Self, f64)]) -> Option<Self> {
        let sum = |part: fn(&Self) -> f64| {
            successes
                .iter()
                .map(|(pair, gain)| gain * part(pair))
                .sum::<f64>()
        };
        let mean = Self {
            weight: sum(|pair| pair.weight * pair.weight) / sum(|pair| pair.weight),
            crossover: sum(|pair| pair.crossover) / sum(|_| 1.0),
        };
        (mean.weight.is_finite() && mean.crossover.is_finite()).then_some(mean)
    }
}

impl<T: Scalar> Method<T> for Shade {
    fn name(&self) -> String {
        "shade".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let bounds = finite_bounds(run, self)?;
        let n = bounds.lower().len();
        let size = self.population.unwrap_or((8 * n).max(20));
        Error::unless(
            (4..=MOST).contains(&size),
            "population",
            size as f64,
            "between 4 and 1,000,000",
        )?;
        let mut initial = stream(run.seed(), Purpose::Initialization, 0);
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut points = first_points(run, bounds, size, &mut initial);
        let mut at_points = values(run, &points);
        let mut best = Best::none(&points[0]);
        let mut replaced: Vec<Vec<f64>> = Vec::new();
        let usual = Pair {
            weight: 0.5,
            crossover: 0.5,
        };
        let (mut memory, mut oldest) = ([usual; MEMORY], 0);
        loop {
            best.offer_all(&points, &at_points);
            let x: Vec<T> = rounded(&best.x);
            let spread = spread(at_points.iter().copied());
            if let Some(stopped) = run.check_extent(&x, best.value, extent(&points), spread) {
                return Ok(run.answer(x, best.value, None, stopped));
            }
            let mut order: Vec<usize> = (0..size).collect();
            order.sort_by(|a, b| at_points[*a].total_cmp(&at_points[*b]));
            let mut pairs = Vec::with_capacity(size);
            let mut trials = points.clone();
            for (i, trial) in trials.iter_mut().enumerate() {
                let pair = memory[below(&mut rng, MEMORY as u64) as usize].near(&mut rng);
                pairs.push(pair);
                let Pair { weight, crossover } = pair;
                let leaders = (GREED * unit(&mut rng) * size as f64).max(2.0) as u64;
                let leader = &points[order[below(&mut rng, leaders) as usize]];
                let (mut one, mut other) = (i, i);
                while one == i {
                    one = below(&mut rng, size as u64) as usize;
                }
                while other == i || other == one {
                    other = below(&mut rng, (size + replaced.len()) as u64) as usize;
                }
                let one = &points[one];
                let other = points.get(other).unwrap_or_else(|| &replaced[other - size]);
                let certain = below(&mut rng, n as u64) as usize;
                for (j, t) in trial.iter_mut().enumerate() {
                    if unit(&mut rng) >= crossover && j != certain {
                        continue;
                    }
                    let (l, u) = (bounds.lower()[j], bounds.upper()[j]);
                    let mutated = *t + weight * (leader[j] - *t) + weight * (one[j] - other[j]);
                    *t = if mutated < l {
                        0.5 * (l + *t)
                    } else if mutated > u {
                        0.5 * (u + *t)
                    } else {
                        mutated
                    };
                }
            }
            let at_trials = values(run, &trials);
            let mut successes = Vec::new();
            for (i, (trial, there)) in trials.into_iter().zip(at_trials).enumerate() {
                let gain = at_points[i] - there;
                if gain > 0.0 {
                    successes.push((pairs[i], gain));
                }
                if there <= at_points[i] {
                    let old = std::mem::replace(&mut points[i], trial);
                    at_points[i] = there;
                    if gain > 0.0 {
                        replaced.push(old);
                    }
                }
            }
            while replaced.len() > size {
                let any = below(&mut rng, replaced.len() as u64) as usize;
                replaced.swap_remove(any);
            }
            // A gain from where there was no value has no size.
            successes.retain(|(_, gain)| gain.is_finite());
            if let Some(mean) = Pair::mean(&successes) {
                memory[oldest] = mean;
                oldest = (oldest + 1) % MEMORY;
            }
        }
    }
}
