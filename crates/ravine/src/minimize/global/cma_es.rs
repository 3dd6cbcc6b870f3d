//! CMA-ES.

use std::collections::VecDeque;

use super::population::{Best, MOST, free, reflect, rounded, scales, spread, values, widened};
use super::restarts::{History, Regime, Restarts};
use super::sampling::Sampling;
use crate::Scalar;
use crate::matrix::algebra::{Matrix, symmetric_eigen};
use crate::minimize::options::options;
use crate::minimize::vector::times;
use crate::minimize::{Answer, Error, Method, Run, Stopped};
use crate::random::{ChaCha8Rng, Purpose, normal, stream};

options! {
    /// CMA-ES, (μ/μ_w, λ): draws points from a normal distribution whose mean, covariance and width follow the best of them.
    ///
    /// The first choice for functions without gradients that are badly scaled, not separable, noisy or rugged, up to about
    /// a hundred variables. Only the order of values matters. It learns the Hessian's inverse, so ravines do not slow it
    /// down for long. Points beyond bounds are reflected there before they are evaluated. Restarts with larger populations
    /// find the lowest of many minima: [`Restarts`].
    ///
    /// σ₀ should be about a quarter of the region in which the minimum may lie. Without one it is 0.3 times the distance of
    /// the bounds of each coordinate, or of max(1, |xᵢ|). Restarts begin at a random point between finite bounds, else σ₀
    /// from the start.
    ///
    /// Ends, or begins anew: where σ√Cᵢᵢ is at most `Limits::step · max(1, ‖x‖∞)` for all i, 1e-12 where that is off
    /// ([`Stopped::Step`]); where the values of a generation and the best ones of the last 10 + 30n/λ differ by at most
    /// `Limits::value` · max(1, |f|), 1e-12 where that is off ([`Stopped::Value`]); where C has condition 10¹⁴, σ has grown
    /// 10²⁰ times as much as C, or nothing better was found for 100 + 100n^1.5/λ generations ([`Stopped::NoProgress`]).
    ///
    /// Source: N. Hansen, "The CMA evolution strategy: a tutorial", 2016 (arXiv:1604.00772v2): figure 6, and table 1 for
    /// the constants; its section B.3 for the criteria; equation numbers below are the tutorial's.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct CmaEs {
        /// σ₀, above 0, the same for all coordinates.
        pub sigma: Option<f64>,
        /// λ, between 2 and 1,000,000. 4 + ⌊3 ln n⌋, if nothing is said.
        pub population: Option<usize>,
        /// Whether the worst points push the covariance away. Yes.
        pub active: bool,
        /// Whether it begins anew. No.
        pub restarts: Restarts,
    }
}

impl Default for CmaEs {
    fn default() -> Self {
        Self {
            sigma: None,
            population: None,
            active: true,
            restarts: Restarts::None,
        }
    }
}

impl CmaEs {
    /// The tutorial's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a first step size σ₀.
    #[must_use]
    pub fn with_sigma(mut self, sigma: f64) -> Self {
        self.sigma = Some(sigma);
        self
    }

    /// With so many points a generation.
    #[must_use]
    pub fn with_population(mut self, population: usize) -> Self {
        self.population = Some(population);
        self
    }

    /// With restarts.
    #[must_use]
    pub fn with_restarts(mut self, restarts: Restarts) -> Self {
        self.restarts = restarts;
        self
    }

    /// Without negative weights.
    #[must_use]
    pub fn without_active(mut self) -> Self {
        self.active = false;
        self
    }
}

/// Values that differ by no more, relative to max(1, |f|), count as equal where nothing is said.
const FLAT: f64 = 1e-12;

impl<T: Scalar> Method<T> for CmaEs {
    fn name(&self) -> String {
        "cma-es".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.restarts.validate()?;
        let sigma = self.sigma.unwrap_or(0.3);
        Error::unless_positive("sigma", sigma)?;
        let start = widened(&run.start());
        let n = start.len();
        let scales = match self.sigma {
            Some(_) => free(run, n)
                .iter()
                .map(|free| f64::from(u8::from(*free)))
                .collect(),
            None => scales(run, &start),
        };
        let default = 4 + (3.0 * libm::log(n as f64)) as usize;
        let population = self.population.unwrap_or(default);
        Error::unless(
            (2..=MOST).contains(&population),
            "population",
            population as f64,
            "between 2 and 1,000,000",
        )?;
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut initial = stream(run.seed(), Purpose::Initialization, 0);
        let flat = match run.limits().value {
            0.0 => FLAT,
            value => value,
        };
        let mut best = Best::none(&start);
        let mut history = History::default();
        let mut regime = Regime::FIRST;
        let mut mean = start.clone();
        loop {
            let lambda = ((population as f64 * regime.factor) as usize).max(2);
            let constants = Constants::new(n, lambda, self.active);
            let mut state =
                Distribution::new(mean, scales.clone(), sigma * regime.sigma, &constants);
            let begun = run.evaluator.evaluations().value;
            let ended = loop {
                let drawn = state.draw(&constants, &mut rng);
                let mut points: Vec<Vec<f64>> = drawn.iter().map(|p| state.point(&p.y)).collect();
                points.iter_mut().for_each(|x| reflect(x, run.bounds()));
                let at_points = values(run, &points);
                best.offer_all(&points, &at_points);
                if best.value == f64::INFINITY && run.iterations() == 0 {
                    // None of them has a value: perhaps the start has.
                    let at_start = values(run, std::slice::from_ref(&start));
                    best.offer_all(std::slice::from_ref(&start), &at_start);
                }
                state.update(&constants, &drawn, &at_points);
                let x: Vec<T> = rounded(&best.x);
                let no_limit = f64::INFINITY;
                if let Some(stopped) = run.check_extent(&x, best.value, no_limit, no_limit) {
                    return Ok(run.answer(x, best.value, None, stopped));
                }
                let step = run.limits().step;
                let step = if step > 0.0 { step } else { 1e-12 };
                let cost = run.evaluator.evaluations().value - begun;
                let ended = state
                    .ended(&constants, step, flat)
                    .or((cost >= regime.evaluations).then_some(Stopped::NoProgress));
                if let Some(ended) = ended {
                    break ended;
                }
            };
            let cost = run.evaluator.evaluations().value - begun;
            match self.restarts.next(&mut history, regime, cost, &mut initial) {
                Some(next) => regime = next,
                None => {
                    let x: Vec<T> = rounded(&best.x);
                    return Ok(run.answer(x, best.value, None, ended));
                }
            }
            mean = match run.bounds().filter(|bounds| bounds.are_finite()) {
                Some(bounds) => Sampling::Uniform
                    .points(bounds, 1, &mut initial)
                    .pop()
                    .unwrap_or_else(|| start.clone()),
                None => start
                    .iter()
                    .zip(&scales)
                    .map(|(x, s)| x + sigma * s * normal(&mut initial))
                    .collect(),
            };
        }
    }
}

/// The constants of one run: table 1.
struct Constants {
    n: f64,
    lambda: usize,
    mu: usize,
    /// w₁ … w_λ; those of the best μ sum to 1.
    weights: Vec<f64>,
    mu_eff: f64,
    c_c: f64,
    c_1: f64,
    c_mu: f64,
    c_sigma: f64,
    d_sigma: f64,
    /// E‖N(0, I)‖.
    expected: f64,
    /// Generations between eigendecompositions (section B.2).
    interval: u64,
    /// Generations whose best values are remembered.
    memory: usize,
}

impl Constants {
    fn new(n: usize, lambda: usize, active: bool) -> Self {
        let n = n as f64;
        let mu = lambda / 2;
        // (49)
        let raw = |i: usize| libm::log((lambda as f64 + 1.0) / 2.0) - libm::log(i as f64 + 1.0);
        let raw: Vec<f64> = (0..lambda).map(raw).collect();
        let (good, bad) = raw.split_at(mu);
        let sum = |w: &[f64]| w.iter().sum::<f64>();
        let effective = |w: &[f64]| sum(w) * sum(w) / w.iter().map(|w| w * w).sum::<f64>();
        let mu_eff = effective(good);
        // (55) to (58)
        let c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
        let d_sigma = 1.0 + 2.0 * (((mu_eff - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + c_sigma;
        let c_c = (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n);
        let c_1 = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff);
        let c_mu = (2.0 * (0.25 + mu_eff + 1.0 / mu_eff - 2.0) / ((n + 2.0) * (n + 2.0) + mu_eff))
            .min(1.0 - c_1)
            .max(0.0);
        // (50) to (53)
        let negative = if active && c_mu > 0.0 {
            let bad_eff = effective(bad);
            (1.0 + c_1 / c_mu)
                .min(1.0 + 2.0 * bad_eff / (mu_eff + 2.0))
                .min((1.0 - c_1 - c_mu) / (n * c_mu))
        } else {
            0.0
        };
        let weigh = |(i, w): (usize, &f64)| {
            if i < mu {
                w / sum(good)
            } else {
                negative * w.min(0.0) / -sum(bad)
            }
        };
        Self {
            n,
            lambda,
            mu,
            weights: raw.iter().enumerate().map(weigh).collect(),
            mu_eff,
            c_c,
            c_1,
            c_mu,
            c_sigma,
            d_sigma,
            expected: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
            interval: ((1.0 / (10.0 * n * (c_1 + c_mu))) as u64).max(1),
            memory: 10 + (30.0 * n / lambda as f64).ceil() as usize,
        }
    }
}

/// How many times as much as C σ may grow. With large populations, whose cμ is near 1, it is C that shrinks toward the minimum, and σ
/// stays: the 10⁴ of Hansen (2009) would end such runs half way.
const CREEPING: f64 = 1e20;

/// A point that was drawn: y ~ N(0, C), and Bz = C^(−½) y.
struct Drawn {
    y: Vec<f64>,
    white: Vec<f64>,
}

/// The distribution, m + σN(0, C) in coordinates that were divided by their scales.
struct Distribution {
    /// m, in the function's coordinates.
    mean: Vec<f64>,
    scales: Vec<f64>,
    sigma: f64,
    sigma_0: f64,
    path_sigma: Vec<f64>,
    path_c: Vec<f64>,
    /// C, of n rows.
    covariance: Vec<f64>,
    /// B, of n rows, and D: C = B D² Bᵀ.
    vectors: Vec<f64>,
    roots: Vec<f64>,
    generation: u64,
    /// The best value of each of the last generations, and the spread of the last one.
    recent: VecDeque<f64>,
    last_spread: f64,
    /// The best value of the run, and generations since.
    lowest: f64,
    idle: u64,
    /// C is no longer positive definite.
    broken: bool,
}

impl Distribution {
    fn new(mean: Vec<f64>, scales: Vec<f64>, sigma: f64, constants: &Constants) -> Self {
        let n = mean.len();
        let mut identity = vec![0.0; n * n];
        identity.iter_mut().step_by(n + 1).for_each(|c| *c = 1.0);
        Self {
            mean,
            scales,
            sigma,
            sigma_0: sigma,
            path_sigma: vec![0.0; n],
            path_c: vec![0.0; n],
            covariance: identity.clone(),
            vectors: identity,
            roots: vec![1.0; n],
            generation: 0,
            recent: VecDeque::with_capacity(constants.memory),
            last_spread: f64::INFINITY,
            lowest: f64::INFINITY,
            idle: 0,
            broken: false,
        }
    }

    /// λ points: (38) and (39).
    fn draw(&self, constants: &Constants, rng: &mut ChaCha8Rng) -> Vec<Drawn> {
        let n = self.mean.len();
        let one = |_| {
            let z: Vec<f64> = (0..n).map(|_| normal(rng)).collect();
            let dz: Vec<f64> = z.iter().zip(&self.roots).map(|(z, d)| z * d).collect();
            Drawn {
                y: times(&self.vectors, &dz),
                white: times(&self.vectors, &z),
            }
        };
        (0..constants.lambda).map(one).collect()
    }

    /// x = m + σy: (40).
    fn point(&self, y: &[f64]) -> Vec<f64> {
        let parts = self.mean.iter().zip(&self.scales).zip(y);
        parts.map(|((m, s), y)| m + self.sigma * s * y).collect()
    }

    fn update(&mut self, constants: &Constants, drawn: &[Drawn], at_points: &[f64]) {
        let Constants {
            n,
            mu,
            ref weights,
            mu_eff,
            c_c,
            c_1,
            c_mu,
            c_sigma,
            d_sigma,
            expected,
            ..
        } = *constants;
        self.generation += 1;
        let mut order: Vec<usize> = (0..drawn.len()).collect();
        order.sort_by(|a, b| at_points[*a].total_cmp(&at_points[*b]));
        self.remember(
            constants,
            order.first().map_or(f64::INFINITY, |i| at_points[*i]),
        );
        self.last_spread = spread(at_points.iter().copied());
        let ranked: Vec<&Drawn> = order.iter().map(|i| &drawn[*i]).collect();
        let mean_of = |part: fn(&Drawn) -> &[f64]| {
            let mut mean = vec![0.0; self.mean.len()];
            for (drawn, w) in ranked.iter().zip(weights).take(mu) {
                for (m, p) in mean.iter_mut().zip(part(drawn)) {
                    *m += w * p;
                }
            }
            mean
        };
        let step = mean_of(|drawn| &drawn.y);
        let white = mean_of(|drawn| &drawn.white);
        // (41), (42)
        self.mean = self.point(&step);
        // (43), (44)
        let pull = (c_sigma * (2.0 - c_sigma) * mu_eff).sqrt();
        for (p, w) in self.path_sigma.iter_mut().zip(&white) {
            *p = (1.0 - c_sigma) * *p + pull * w;
        }
        let length = self.path_sigma.iter().map(|p| p * p).sum::<f64>().sqrt();
        self.sigma *= libm::exp(c_sigma / d_sigma * (length / expected - 1.0));
        // (45): h_σ keeps the path from growing while σ is far too small.
        let faded = libm::pow(1.0 - c_sigma, 2.0 * self.generation as f64);
        let short = length / (1.0 - faded).sqrt() < (1.4 + 2.0 / (n + 1.0)) * expected;
        let h = f64::from(u8::from(short));
        let pull = h * (c_c * (2.0 - c_c) * mu_eff).sqrt();
        for (p, s) in self.path_c.iter_mut().zip(&step) {
            *p = (1.0 - c_c) * *p + pull * s;
        }
        // (46), (47)
        let lost = (1.0 - h) * c_c * (2.0 - c_c);
        let total: f64 = weights.iter().sum();
        let keep = 1.0 + c_1 * lost - c_1 - c_mu * total;
        self.covariance.iter_mut().for_each(|c| *c *= keep);
        add_square(&mut self.covariance, c_1, &self.path_c);
        for (drawn, w) in ranked.iter().zip(weights) {
            let square: f64 = drawn.white.iter().map(|z| z * z).sum();
            let scaled = if *w >= 0.0 {
                *w
            } else {
                w * n / square.max(f64::MIN_POSITIVE)
            };
            if scaled != 0.0 {
                add_square(&mut self.covariance, c_mu * scaled, &drawn.y);
            }
        }
        if self.generation.is_multiple_of(constants.interval) {
            self.decompose();
        }
    }

    fn remember(&mut self, constants: &Constants, value: f64) {
        if self.recent.len() == constants.memory {
            self.recent.pop_front();
        }
        self.recent.push_back(value);
        if value < self.lowest {
            self.lowest = value;
            self.idle = 0;
        } else {
            self.idle += 1;
        }
    }

    fn decompose(&mut self) {
        let n = self.mean.len();
        let eigen = Matrix::new(&self.covariance, n, n).and_then(symmetric_eigen);
        let eigen = eigen.ok().filter(|e| e.values.iter().all(|v| *v > 0.0));
        match eigen {
            Some(eigen) => {
                self.roots = eigen.values.iter().map(|v| v.sqrt()).collect();
                self.vectors = eigen.vectors;
            }
            None => self.broken = true,
        }
    }

    /// Why the run ends, if it does.
    fn ended(&self, constants: &Constants, step: f64, flat: f64) -> Option<Stopped> {
        let n = self.mean.len();
        let scale = self.mean.iter().fold(1.0, |most: f64, m| m.abs().max(most));
        let variances = self.covariance.iter().step_by(n + 1);
        let width = variances.zip(&self.scales).fold(0.0, |most: f64, (c, s)| {
            (self.sigma * s * c.sqrt()).max(most)
        });
        let range = spread(self.recent.iter().copied()).max(self.last_spread);
        let stagnation = 100.0 + 100.0 * constants.n * constants.n.sqrt() / constants.lambda as f64;
        let (small, large) = self
            .roots
            .iter()
            .fold((f64::INFINITY, 0.0f64), |(low, high), d| {
                (low.min(*d), high.max(*d))
            });
        if width <= step * scale {
            Some(Stopped::Step)
        } else if self.recent.len() == constants.memory
            && range <= flat * self.lowest.abs().max(1.0)
        {
            Some(Stopped::Value)
        } else if self.broken
            || !width.is_finite()
            || large > 1e7 * small
            || self.sigma > CREEPING * self.sigma_0 * large
            || self.idle as f64 > stagnation
        {
            Some(Stopped::NoProgress)
        } else {
            None
        }
    }
}

/// C ← C + w vvᵀ.
fn add_square(covariance: &mut [f64], weight: f64, v: &[f64]) {
    for (row, a) in covariance.chunks_exact_mut(v.len().max(1)).zip(v) {
        for (c, b) in row.iter_mut().zip(v) {
            *c += weight * a * b;
        }
    }
}
