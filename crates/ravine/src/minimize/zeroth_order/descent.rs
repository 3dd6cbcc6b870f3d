//! Descent on estimates of the gradient.

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::largest;
use crate::minimize::{Answer, Error, Evaluator, Method, Run};
use crate::random::{ChaCha8Rng, Purpose, stream};

/// Estimates gradients from values.
pub trait Estimator<T: Scalar = f64>: Send + Sync {
    /// Its name, as on the command line.
    fn name(&self) -> &'static str;

    /// Says whether its options are possible.
    ///
    /// # Errors
    ///
    /// If one is out of its range.
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Writes an estimate of ∇f(x) from values at a distance of about c, and answers those values.
    fn estimate(
        &self,
        evaluator: &mut Evaluator<'_, T>,
        x: &[T],
        c: f64,
        rng: &mut ChaCha8Rng,
        gradient: &mut [T],
    ) -> Estimate;
}

/// The values that an estimate was made of; those that are not finite are left out, of the estimate too.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    sum: f64,
    count: u64,
    lost: u64,
}

impl Estimate {
    /// The difference quotient of a pair of values at a given distance: 0 if one is not finite, or they were at one point.
    pub fn quotient(&mut self, above: f64, below: f64, distance: f64) -> f64 {
        for value in [above, below] {
            if value.is_finite() {
                self.sum += value;
                self.count += 1;
            } else {
                self.lost += 1;
            }
        }
        let quotient = (above - below) / distance;
        if quotient.is_finite() { quotient } else { 0.0 }
    }

    /// Their mean, which is about f(x); +∞ if there is none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.count == 0 {
            f64::INFINITY
        } else {
            self.sum / self.count as f64
        }
    }
}

options! {
    /// The gains of iteration k = 0, 1, 2 …: steps `aₖ = a/(A + k + 1)^α`, distances `cₖ = c/(k + 1)^γ`.
    ///
    /// Source: J. C. Spall, "Implementation of the simultaneous perturbation algorithm for stochastic optimization", 1998,
    /// section III.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Gains {
        /// a, above 0. If none is given, such that the first step moves x by [`first`](Self::first).
        pub a: Option<f64>,
        /// How far the first step moves the coordinate that it moves most, above 0. 0.1.
        pub first: f64,
        /// A, at least 0: about a tenth of the expected iterations. 100.
        pub stability: f64,
        /// α, at least 0. 0.602.
        pub alpha: f64,
        /// c, above 0: about the noise of the values; small without noise. 1e-3.
        pub c: f64,
        /// γ, at least 0. 0.101.
        pub gamma: f64,
    }
}

impl Default for Gains {
    fn default() -> Self {
        Self {
            a: None,
            first: 0.1,
            stability: 100.0,
            alpha: 0.602,
            c: 1e-3,
            gamma: 0.101,
        }
    }
}

impl Gains {
    /// Spall's.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same steps and distances always, for functions without noise.
    #[must_use]
    pub fn constant(a: f64, c: f64) -> Self {
        Self {
            a: Some(a),
            stability: 0.0,
            alpha: 0.0,
            c,
            gamma: 0.0,
            ..Self::default()
        }
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_positive("a", self.a.unwrap_or(1.0))?;
        Error::unless_positive("first", self.first)?;
        Error::unless_positive("c", self.c)?;
        for (name, v) in [
            ("stability", self.stability),
            ("alpha", self.alpha),
            ("gamma", self.gamma),
        ] {
            Error::unless(v >= 0.0 && v.is_finite(), name, v, "at least 0")?;
        }
        Ok(())
    }
}

options! {
    /// Descent on an estimated gradient: `x ← x − aₖ ĝ(x, cₖ)`.
    ///
    /// For functions whose values are noisy, or have very many variables and no gradient. It never asks for f(x) itself:
    /// where it stands is judged by the mean of the values around it, and only the answer's value is f at the answer. A
    /// step to where a value is not finite is taken back, and steps become half as long.
    ///
    /// Runs until a limit is reached; on smooth functions without noise prefer methods that compare values.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct ZerothOrder<E> {
        /// What estimates gradients.
        pub estimator: E,
        /// Its gains.
        pub gains: Gains,
    }
}

/// Estimates that the size of the first step is found from.
const PROBES: u32 = 4;

/// Steps that are taken back before it gives up.
const RETREATS: u32 = 60;

impl<E> ZerothOrder<E> {
    /// With Spall's gains.
    pub fn new(estimator: E) -> Self {
        Self {
            estimator,
            gains: Gains::new(),
        }
    }

    /// With other gains.
    #[must_use]
    pub fn with_gains(mut self, gains: Gains) -> Self {
        self.gains = gains;
        self
    }
}

impl<T: Scalar, E: Estimator<T>> Method<T> for ZerothOrder<E> {
    fn name(&self) -> String {
        self.estimator.name().into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.estimator.validate()?;
        self.gains.validate()?;
        let Gains {
            stability,
            alpha,
            c,
            gamma,
            ..
        } = self.gains;
        let mut rng = stream(run.seed(), Purpose::Walk, 0);
        let mut x = run.start();
        let mut before = x.clone();
        let mut gradient = x.clone();
        let mut a = match self.gains.a {
            Some(a) => a,
            None => {
                let mut size = 0.0;
                for _ in 0..PROBES {
                    self.estimator
                        .estimate(&mut run.evaluator, &x, c, &mut rng, &mut gradient);
                    size += largest(&gradient) / f64::from(PROBES);
                }
                let first = self.gains.first * libm::pow(stability + 1.0, alpha) / size;
                if first.is_finite() { first } else { 1.0 }
            }
        };
        let mut retreats = 0;
        let mut moved = f64::INFINITY;
        loop {
            let k = run.iterations() as f64;
            let distance = c / libm::pow(k + 1.0, gamma);
            let estimate =
                self.estimator
                    .estimate(&mut run.evaluator, &x, distance, &mut rng, &mut gradient);
            let value = estimate.mean();
            if estimate.lost > 0 && retreats < RETREATS && x != before {
                retreats += 1;
                a *= 0.5;
                x.copy_from_slice(&before);
                continue;
            }
            if let Some(stopped) = run.check_norm(&x, value, None, Some(moved)) {
                let value = run.evaluator.value(&x);
                return Ok(run.answer(x, value, None, stopped));
            }
            before.copy_from_slice(&x);
            let step = a / libm::pow(stability + k + 1.0, alpha);
            moved = 0.0;
            for (x, g) in x.iter_mut().zip(&gradient) {
                let change = step * g.to_f64();
                *x = T::from_f64(x.to_f64() - change);
                moved = change.abs().max(moved);
            }
        }
    }
}
