//! Simultaneous perturbation.

use super::{Estimate, Estimator};
use crate::Scalar;
use crate::minimize::Evaluator;
use crate::minimize::options::options;
use crate::minimize::vector::{along, zeros};
use crate::random::{ChaCha8Rng, Rng};

options! {
    /// Simultaneous perturbation (SPSA): `ĝᵢ = (f(x + cΔ) − f(x − cΔ))/(2cΔᵢ)`, where each Δᵢ is 1 or −1 with equal probability.
    ///
    /// Two values an estimate, whatever n. With [`Gains`](super::Gains) that decay it converges on noisy values.
    ///
    /// Source: J. C. Spall, "Multivariate stochastic approximation using a simultaneous perturbation gradient approximation", 1992.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Spsa;
}

impl Spsa {
    /// The estimator; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Estimator<T> for Spsa {
    fn name(&self) -> &'static str {
        "spsa"
    }

    fn estimate(
        &self,
        evaluator: &mut Evaluator<'_, T>,
        x: &[T],
        c: f64,
        rng: &mut ChaCha8Rng,
        gradient: &mut [T],
    ) -> Estimate {
        let mut estimate = Estimate::default();
        let sign = |_| T::from_f64(if rng.next_u32() >> 31 == 0 { 1.0 } else { -1.0 });
        let delta: Vec<T> = x.iter().map(sign).collect();
        let mut point = zeros(x.len());
        along(x, c, &delta, &mut point);
        let above = evaluator.value(&point);
        along(x, -c, &delta, &mut point);
        let below = evaluator.value(&point);
        let slope = estimate.quotient(above, below, 2.0 * c);
        for (g, delta) in gradient.iter_mut().zip(&delta) {
            *g = T::from_f64(slope / delta.to_f64());
        }
        estimate
    }
}
