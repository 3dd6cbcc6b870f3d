//! A genetic algorithm on real numbers.

use super::population::{Best, MOST, extent, finite_bounds, first_points, rounded, spread, values};
use crate::Scalar;
use crate::minimize::options::{choice, options};
use crate::minimize::{Answer, Bounds, Error, Method, Run, Stopped};
use crate::random::{ChaCha8Rng, Purpose, below, stream, unit};

/// How two parents make two children.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossover {
    /// Simulated binary crossover (SBX) with index η, at least 0: children near their parents, the nearer the greater η
    /// (K. Deb, R. B. Agrawal, 1995).
    SimulatedBinary(f64),
    /// Blend crossover (BLX-α), α at least 0: uniform on the parents' range, longer by α times its length on either
    /// side (L. J. Eshelman, J. D. Schaffer, 1993).
    Blend(f64),
}

choice!(Crossover: "simulated-binary" => SimulatedBinary(eta: f64), "blend" => Blend(alpha: f64));

options! {
    /// A genetic algorithm: parents are chosen by tournaments, children are crossed and mutated, the best survive.
    ///
    /// For rugged functions; needs many evaluations. Mutation is polynomial (K. Deb, M. Goyal, 1996), of each coordinate
    /// with probability 1/n. Needs finite bounds; the first point is the start, the others a Latin hypercube.
    ///
    /// Ends where the population is at most `Limits::step · max(1, ‖x‖∞)` large (1e-8 where that is off), or after
    /// `patience` generations without a better point.
    ///
    /// Source: K. Deb, "Multi-Objective Optimization using Evolutionary Algorithms", 2001.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Genetic {
        /// Points, between 2 and 1,000,000. 100.
        pub population: usize,
        /// How many compete to become a parent, at least 1 and at most all. 3.
        pub tournament: usize,
        /// How parents make children. SBX with η = 15.
        pub crossover: Crossover,
        /// The probability that two parents are crossed, and not only mutated, in [0, 1]. 0.9.
        pub probability: f64,
        /// η of mutations, at least 0: small ones the more, the greater. 20.
        pub mutation: f64,
        /// The best that live on as they are, at least 0 and fewer than the population. 10.
        pub elite: usize,
        /// Generations without a better point after which it ends, at least 1. 200.
        pub patience: u64,
    }
}

impl Default for Genetic {
    fn default() -> Self {
        Self {
            population: 100,
            tournament: 3,
            crossover: Crossover::SimulatedBinary(15.0),
            probability: 0.9,
            mutation: 20.0,
            elite: 10,
            patience: 200,
        }
    }
}

impl Genetic {
    /// 100 points, tournaments of 3, SBX with η = 15.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With so many points.
    #[must_use]
    pub fn with_population(mut self, population: usize) -> Self {
        self.population = population;
        self
    }

    /// With another crossover.
    #[must_use]
    pub fn with_crossover(mut self, crossover: Crossover) -> Self {
        self.crossover = crossover;
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let count = |holds, name, v: usize, range| Error::unless(holds, name, v as f64, range);
        count(
            (2..=MOST).contains(&self.population),
            "population",
            self.population,
            "between 2 and 1,000,000",
        )?;
        count(
            (1..=self.population).contains(&self.tournament),
            "tournament",
            self.tournament,
            "at least 1, and at most the population",
        )?;
        count(
            self.elite < self.population,
            "elite",
            self.elite,
            "fewer than the population",
        )?;
        let (Crossover::SimulatedBinary(v) | Crossover::Blend(v)) = self.crossover;
        Error::unless(v >= 0.0 && v.is_finite(), "crossover", v, "at least 0")?;
        let v = self.probability;
        Error::unless((0.0..=1.0).contains(&v), "probability", v, "in [0, 1]")?;
        let v = self.mutation;
        Error::unless(v >= 0.0 && v.is_finite(), "mutation", v, "at least 0")?;
        Error::unless(
            self.patience >= 1,
            "patience",
            self.patience as f64,
            "at least 1",
        )
    }

    /// The best of a few points drawn from the population.
    fn parent<'p>(
        &self,
        points: &'p [Vec<f64>],
        at_points: &[f64],
        rng: &mut ChaCha8Rng,
    ) -> &'p [f64] {
        let mut chosen = below(rng, points.len() as u64) as usize;
        for _ in 1..self.tournament {
            let other = below(rng, points.len() as u64) as usize;
            if at_points[other] < at_points[chosen] {
                chosen = other;
            }
        }
        &points[chosen]
    }

    /// Two children, between the bounds.
    fn cross(&self, a: &mut [f64], b: &mut [f64], bounds: &Bounds, rng: &mut ChaCha8Rng) {
        if unit(rng) >= self.probability {
            return;
        }
        for (a, b) in a.iter_mut().zip(b.iter_mut()) {
            match self.crossover {
                Crossover::SimulatedBinary(eta) => {
                    let (u, swap, crossed) = (unit(rng), unit(rng) < 0.5, unit(rng) < 0.5);
                    // β, the children's distance as a multiple of the parents'.
                    let odds = if u <= 0.5 { 2.0 * u } else { 0.5 / (1.0 - u) };
                    let beta = libm::pow(odds, 1.0 / (eta + 1.0));
                    let (middle, half) = (0.5 * (*a + *b), 0.5 * (*b - *a) * beta);
                    if crossed {
                        (*a, *b) = (middle - half, middle + half);
                    }
                    if swap {
                        (*a, *b) = (*b, *a);
                    }
                }
                Crossover::Blend(alpha) => {
                    let (low, width) = (a.min(*b), (*b - *a).abs());
                    let mut child =
                        || low - alpha * width + (1.0 + 2.0 * alpha) * width * unit(rng);
                    (*a, *b) = (child(), child());
                }
            }
        }
        bounds.project(a);
        bounds.project(b);
    }

    /// Polynomial mutation: by a part δ in (−1, 1) of the bounds' distance.
    fn mutate(&self, x: &mut [f64], bounds: &Bounds, rng: &mut ChaCha8Rng) {
        let n = x.len() as f64;
        let sides = bounds.lower().iter().zip(bounds.upper());
        for (x, (l, u)) in x.iter_mut().zip(sides) {
            if unit(rng) >= 1.0 / n {
                continue;
            }
            let draw = unit(rng);
            let root = |v: f64| libm::pow(v, 1.0 / (self.mutation + 1.0));
            let delta = if draw < 0.5 {
                root(2.0 * draw) - 1.0
            } else {
                1.0 - root(2.0 * (1.0 - draw))
            };
            *x += delta * (u - l);
        }
        bounds.project(x);
    }
}

impl<T: Scalar> Method<T> for Genetic {
    fn name(&self) -> String {
        "genetic".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.validate()?;
        let bounds = finite_bounds(run, self)?;
        let mut initial = stream(run.seed(), Purpose::Initialization, 0);
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut points = first_points(run, bounds, self.population, &mut initial);
        let mut at_points = values(run, &points);
        let mut best = Best::none(&points[0]);
        let mut idle = 0;
        loop {
            idle = if best.offer_all(&points, &at_points) {
                0
            } else {
                idle + 1
            };
            let x: Vec<T> = rounded(&best.x);
            let spread = spread(at_points.iter().copied());
            let told = run.check_extent(&x, best.value, extent(&points), spread);
            let patient = idle < self.patience;
            if let Some(stopped) = told.or((!patient).then_some(Stopped::Value)) {
                return Ok(run.answer(x, best.value, None, stopped));
            }
            let mut order: Vec<usize> = (0..points.len()).collect();
            order.sort_by(|a, b| at_points[*a].total_cmp(&at_points[*b]));
            let elite: Vec<usize> = order.into_iter().take(self.elite).collect();
            let mut children = Vec::with_capacity(self.population);
            while children.len() + elite.len() < self.population {
                let mut a = self.parent(&points, &at_points, &mut rng).to_vec();
                let mut b = self.parent(&points, &at_points, &mut rng).to_vec();
                self.cross(&mut a, &mut b, bounds, &mut rng);
                for mut child in [a, b] {
                    self.mutate(&mut child, bounds, &mut rng);
                    if children.len() + elite.len() < self.population {
                        children.push(child);
                    }
                }
            }
            let mut at_children = values_of(run, &children, (&points, &at_points));
            for i in elite {
                children.push(points[i].clone());
                at_children.push(at_points[i]);
            }
            (points, at_points) = (children, at_children);
        }
    }
}

/// The values at some points, of which those that are known are not computed again: children that were neither crossed nor mutated.
fn values_of<T: Scalar>(
    run: &mut Run<'_, T>,
    children: &[Vec<f64>],
    (points, at_points): (&[Vec<f64>], &[f64]),
) -> Vec<f64> {
    let known = |child: &Vec<f64>| {
        let same = points.iter().position(|point| point == child)?;
        at_points.get(same).copied()
    };
    let known: Vec<Option<f64>> = children.iter().map(known).collect();
    let pairs = children.iter().zip(&known);
    let new = pairs.filter(|(_, known)| known.is_none());
    let new: Vec<Vec<f64>> = new.map(|(child, _)| child.clone()).collect();
    let mut at_new = values(run, &new).into_iter();
    let all = known
        .into_iter()
        .map(|known| known.or_else(|| at_new.next()));
    all.map(|value| value.unwrap_or(f64::INFINITY)).collect()
}
