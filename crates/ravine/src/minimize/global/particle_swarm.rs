//! Particle swarms.

use super::population::{Best, MOST, extent, finite_bounds, first_points, rounded, spread, values};
use super::sampling::Sampling;
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};
use crate::random::{Purpose, stream, unit};

options! {
    /// A particle swarm: `v ← wv + c₁r₁(p − x) + c₂r₂(g − x)`, `x ← x + v`, where p is the best point of the particle, and
    /// g that of the swarm.
    ///
    /// Quick on functions with a clear trend and many small minima; may settle too early: in a [ring](Self::ring), where
    /// each particle only hears from its two neighbours, it is slower and safer. The weights are those of constriction, χ =
    /// 0.7298. A particle that leaves the bounds stops there. Needs finite bounds; the first particle is at the start, the
    /// others in a Latin hypercube.
    ///
    /// Ends where the particles are at most `Limits::step · max(1, ‖x‖∞)` apart; 1e-8 where that is off.
    ///
    /// Source: J. Kennedy, R. Eberhart, "Particle swarm optimization", 1995; M. Clerc, J. Kennedy, "The particle swarm:
    /// explosion, stability, and convergence in a multidimensional complex space", 2002.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct ParticleSwarm {
        /// Particles, between 2 and 1,000,000. 40.
        pub population: usize,
        /// w, the part of its velocity that a particle keeps, in [0, 1). χ = 0.7298.
        pub inertia: f64,
        /// c₁, the pull of a particle's own best point, at least 0. 2.05χ = 1.49618.
        pub own: f64,
        /// c₂, the pull of the others', at least 0. 2.05χ.
        pub others: f64,
        /// Whether particles only hear from their two neighbours. No.
        pub ring: bool,
    }
}

impl Default for ParticleSwarm {
    fn default() -> Self {
        Self {
            population: 40,
            inertia: 0.729_84,
            own: 1.496_18,
            others: 1.496_18,
            ring: false,
        }
    }
}

impl ParticleSwarm {
    /// 40 particles that all hear from each other.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// 40 particles in a ring.
    #[must_use]
    pub fn ring() -> Self {
        Self {
            ring: true,
            ..Self::default()
        }
    }

    /// With so many particles.
    #[must_use]
    pub fn with_population(mut self, population: usize) -> Self {
        self.population = population;
        self
    }
}

impl<T: Scalar> Method<T> for ParticleSwarm {
    fn name(&self) -> String {
        "particle-swarm".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let size = self.population;
        Error::unless(
            (2..=MOST).contains(&size),
            "population",
            size as f64,
            "between 2 and 1,000,000",
        )?;
        let w = self.inertia;
        Error::unless((0.0..1.0).contains(&w), "inertia", w, "in [0, 1)")?;
        for (name, c) in [("own", self.own), ("others", self.others)] {
            Error::unless(c >= 0.0 && c.is_finite(), name, c, "at least 0")?;
        }
        let bounds = finite_bounds(run, self)?;
        let mut initial = stream(run.seed(), Purpose::Initialization, 0);
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut points = first_points(run, bounds, size, &mut initial);
        // Half-way to another random point.
        let mut velocities = Sampling::Uniform.points(bounds, size, &mut initial);
        for (v, x) in velocities.iter_mut().flatten().zip(points.iter().flatten()) {
            *v = 0.5 * (*v - x);
        }
        let mut bests: Vec<Best> = points.iter().map(|x| Best::none(x)).collect();
        let mut best = Best::none(&points[0]);
        loop {
            let at_points = values(run, &points);
            best.offer_all(&points, &at_points);
            for ((own, x), v) in bests.iter_mut().zip(&points).zip(&at_points) {
                own.offer(x, *v);
            }
            let x: Vec<T> = rounded(&best.x);
            let values = spread(bests.iter().map(|own| own.value));
            if let Some(stopped) = run.check_extent(&x, best.value, extent(&points), values) {
                return Ok(run.answer(x, best.value, None, stopped));
            }
            for (i, (x, v)) in points.iter_mut().zip(&mut velocities).enumerate() {
                let own = &bests[i];
                let lead = if self.ring {
                    let neighbours = [(i + 1) % size, (i + size - 1) % size];
                    neighbours.into_iter().fold(own, |lead, k| {
                        if bests[k].value < lead.value {
                            &bests[k]
                        } else {
                            lead
                        }
                    })
                } else {
                    &best
                };
                for j in 0..x.len() {
                    let (r1, r2) = (unit(&mut rng), unit(&mut rng));
                    v[j] = w * v[j]
                        + self.own * r1 * (own.x[j] - x[j])
                        + self.others * r2 * (lead.x[j] - x[j]);
                    let moved = x[j] + v[j];
                    x[j] = moved.clamp(bounds.lower()[j], bounds.upper()[j]);
                    if x[j] != moved {
                        v[j] = 0.0;
                    }
                }
            }
        }
    }
}
