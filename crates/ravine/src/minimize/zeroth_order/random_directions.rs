//! Two values along a random direction.

use super::{Estimate, Estimator};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{along, rounded, zeros};
use crate::minimize::{Error, Evaluator};
use crate::random::{ChaCha8Rng, normal};

options! {
    /// Two-point estimates along random directions: `ĝ = (f(x + cu) − f(x − cu))/(2c) · u`, the mean over some u.
    ///
    /// The directions are [Gaussian](Self::gaussian), or uniform on the [sphere](Self::sphere) of radius √n; so `E[uuᵀ] =
    /// I`, and the estimate's mean is the gradient of f smoothed over a distance of c. One estimate costs two values a
    /// direction, whatever n.
    ///
    /// Source: Y. Nesterov, V. Spokoiny, "Random gradient-free minimization of convex functions", 2017; the
    /// sphere: A. D. Flaxman, A. T. Kalai, H. B. McMahan, "Online convex optimization in the bandit setting", 2005.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct RandomDirections {
        /// Whether directions are on the sphere of radius √n, instead of normal. No.
        sphere: bool,
        /// Directions of one estimate, between 1 and 1,000,000. 1.
        pub directions: u32,
    }
}

impl RandomDirections {
    /// Directions from the normal distribution.
    #[must_use]
    pub fn gaussian() -> Self {
        Self {
            sphere: false,
            directions: 1,
        }
    }

    /// Directions from the sphere.
    #[must_use]
    pub fn sphere() -> Self {
        Self {
            sphere: true,
            directions: 1,
        }
    }

    /// With more directions in each estimate.
    #[must_use]
    pub fn with_directions(mut self, directions: u32) -> Self {
        self.directions = directions;
        self
    }
}

impl<T: Scalar> Estimator<T> for RandomDirections {
    fn name(&self) -> &'static str {
        "random-directions"
    }

    fn validate(&self) -> Result<(), Error> {
        let directions = f64::from(self.directions);
        let range = "between 1 and 1,000,000";
        Error::unless(
            (1.0..=1e6).contains(&directions),
            "directions",
            directions,
            range,
        )
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
        let mut point = zeros(x.len());
        let mut sums = vec![0.0; x.len()];
        for _ in 0..self.directions {
            let mut u: Vec<f64> = x.iter().map(|_| normal(rng)).collect();
            if self.sphere {
                let length = u.iter().map(|u| u * u).sum::<f64>().sqrt();
                let radius = (x.len() as f64).sqrt();
                u.iter_mut().for_each(|u| *u *= radius / length);
            }
            let direction: Vec<T> = rounded(&u);
            along(x, c, &direction, &mut point);
            let above = evaluator.value(&point);
            along(x, -c, &direction, &mut point);
            let below = evaluator.value(&point);
            let slope = estimate.quotient(above, below, 2.0 * c);
            for (sum, u) in sums.iter_mut().zip(&u) {
                *sum += slope * u;
            }
        }
        for (g, sum) in gradient.iter_mut().zip(&sums) {
            *g = T::from_f64(sum / f64::from(self.directions));
        }
        estimate
    }
}
