//! Noise on the gradient.

use super::{Array, Step, Tensor, Whole};
use crate::Scalar;
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::random::{self, Purpose};
use crate::storage::key;
use crate::{hyper, hyper::Range};

hyper! {
    /// Gaussian noise on the gradient, which fades.
    ///
    /// ```text
    /// u = g + √(η/nᵞ) · ξ,      ξ ~ N(0, 1) for every coordinate, n the updates of the parameter
    /// ```
    /// It helps very deep or badly initialised networks out of bad regions. The paper tries η ∈ {0.01, 0.3, 1} with γ = 0.55.
    ///
    /// The noise is a function of the seed, the parameter's name and n, so it is the same on any number of threads, and a run
    /// that is loaded continues with the noise it would have had. Two such links in one chain need two seeds.
    ///
    /// Source: Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks", 2015, section 2 (its t
    /// counts from 0, so 1 + t is n).
    GradientNoise {
        /// variance η of the noise in the first update; the square of a gradient's unit
        noise_eta: 0.01, Range::NON_NEGATIVE;
        /// power γ with which the variance falls
        noise_gamma: 0.55, Range::NON_NEGATIVE;
        /// seed, a whole number
        noise_seed: 0.0, Range::NON_NEGATIVE;
    }
}

impl Whole for GradientNoise {
    const NAME: &'static str = "gradient_noise";
    const STATE: &'static [&'static str] = &[];
    const NEEDS_SHAPE: bool = false;
    const FORMULA: &'static str = "u ← g + √(η/nᵞ)·N(0, 1)";

    fn array(&self, _state: usize, _shape: &[usize]) -> Option<Array> {
        None
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let gamma = step.value(&self.noise_gamma);
        let variance = step.value(&self.noise_eta) * libm::pow(step.updates as f64, -gamma);
        let deviation = variance.sqrt();
        let seed = step.value(&self.noise_seed) as u64;
        let key = key(seed, step.updates, tensor.name, Self::NAME);
        let mut rng = random::stream(key, Purpose::Noise, 0);
        for u in tensor.u {
            *u = T::from_f64(u.to_f64() + deviation * random::normal(&mut rng));
        }
        Ok(())
    }

    fn is_identity(&self) -> bool {
        self.noise_eta.is(0.0)
    }
}

crate::whole!(GradientNoise);

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "noisy-sgd",
    family: "first order",
    summary: "SGD with Gaussian noise on the gradient, which fades",
    source: "Neelakantan et al., \"Adding Gradient Noise Improves Learning for Very Deep Networks\", 2015",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| coupled(GradientNoise::new(), 1e-3),
}];
