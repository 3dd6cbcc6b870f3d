//! Central differences along every coordinate.

use super::{Estimate, Estimator};
use crate::Scalar;
use crate::minimize::Evaluator;
use crate::minimize::options::options;
use crate::random::ChaCha8Rng;

options! {
    /// Central differences along every coordinate: `ĝᵢ = (f(x + ceᵢ) − f(x − ceᵢ))/2c`.
    ///
    /// 2n values an estimate, and no randomness: the finite differences of Kiefer and Wolfowitz, for functions of few variables.
    ///
    /// Source: J. Kiefer, J. Wolfowitz, "Stochastic estimation of the maximum of a regression function", 1952; J. R. Blum,
    /// "Multidimensional stochastic approximation methods", 1954.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct CoordinateDifferences;
}

impl CoordinateDifferences {
    /// The estimator; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Estimator<T> for CoordinateDifferences {
    fn name(&self) -> &'static str {
        "coordinate-differences"
    }

    fn estimate(
        &self,
        evaluator: &mut Evaluator<'_, T>,
        x: &[T],
        c: f64,
        _rng: &mut ChaCha8Rng,
        gradient: &mut [T],
    ) -> Estimate {
        let mut estimate = Estimate::default();
        let mut point = x.to_vec();
        for (i, (g, here)) in gradient.iter_mut().zip(x).enumerate() {
            let (up, down) = (
                T::from_f64(here.to_f64() + c),
                T::from_f64(here.to_f64() - c),
            );
            point[i] = up;
            let above = evaluator.value(&point);
            point[i] = down;
            let below = evaluator.value(&point);
            point[i] = *here;
            // The distance of the points as they were rounded.
            let distance = up.to_f64() - down.to_f64();
            *g = T::from_f64(estimate.quotient(above, below, distance));
        }
        estimate
    }
}
