//! MADGRAD.

use super::{At, Initial, Rule, Step, WeightDecay};
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// MADGRAD: dual averaging with a cube root and momentum. Every point is computed anew from the first one, x₀, and weighted
    /// sums of all gradients.
    ///
    /// ```text
    /// λ = η√n
    /// s ← s + λg
    /// ν ← ν + λg²
    /// z = x₀ − s / (∛ν + ε)
    /// u = (1 − β)(x − z)
    /// ```
    /// The learning rate η is a weight of the gradient within the sums, so it is the rule's own, and no
    /// [`LearningRate`](super::LearningRate) stands behind. Learning rates are unlike SGD's and Adam's. The authors' code, Optax and
    /// pytorch_optimizer use η + ε for η; the paper does not.
    ///
    /// Source: Defazio & Jelassi, "A Momentumized, Adaptive, Dual Averaged Gradient Method", JMLR 2022, algorithm 1.
    MadGrad {
        /// learning rate η, or a schedule of it
        lr: 1e-2, Range::NON_NEGATIVE;
        /// how much (β) of the distance to z remains after an update
        momentum: 0.9, Range::DECAY_RATE;
        /// ε, added to the cube root
        eps: 1e-6, Range::NON_NEGATIVE;
    }
}

impl Rule for MadGrad {
    const NAME: &'static str = "madgrad";
    const STATE: &'static [&'static str] = &["s", "grad_sum_sq", "x0"];
    const CONSTANTS: &'static [&'static str] = &["η√n", "1 − β", "ε"];
    type State<T> = [T; 3];
    type Constants<T> = [T; 3];

    fn constants(&self, step: &Step) -> [f64; 3] {
        let weight = step.value(&self.lr) * (step.updates as f64).sqrt();
        [weight, 1.0 - step.value(&self.momentum), step.value(&self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [weight, pull, eps]: &[T; 3],
        At { x, g, .. }: At<T>,
        [s, v, start]: &mut [T; 3],
    ) -> T {
        let weighted = *weight * g;
        *s = *s + weighted;
        *v = *v + weighted * g;
        *pull * (x - *start + *s / (v.cbrt() + *eps))
    }

    fn initial(&self, state: usize) -> Initial {
        if state == 2 {
            Initial::Parameter
        } else {
            Initial::Constant(0.0)
        }
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "madgrad",
    family: "adaptive",
    summary: "dual averaging from the first point, with a cube root and momentum",
    source: "Defazio & Jelassi, \"A Momentumized, Adaptive, Dual Averaged Gradient Method\", JMLR 2022",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| Chain::from((WeightDecay::new(), MadGrad::new())),
}];
