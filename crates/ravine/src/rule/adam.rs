//! Adam.

use super::{At, Rule, Step};
use super::amsgrad::{AMSGRAD, AmsGrad};
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe, coupled, decoupled};
use crate::{Hyper, Real, hyper, hyper::Range};

hyper! {
    /// Adam: a step per coordinate, scaled by running averages of the gradient and of its square.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// u = m̂ / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// n counts the updates of the parameter, as in PyTorch; a step in which its gradient is missing does not count.
    /// ε is outside the root and behind the bias correction, as in PyTorch and Optax.
    ///
    /// Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1.
    Adam {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for Adam {
    const NAME: &'static str = "adam";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = MOMENTS;
    type State<T> = [T; 2];
    type Constants<T> = [T; 7];

    fn constants(&self, step: &Step) -> [f64; 7] {
        moments(step, &self.beta1, &self.beta2, &self.eps)
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias1, debias2, eps]: &[T; 7],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        (*debias1 * *m) / (*debias2 * v.sqrt() + *eps)
    }
}

/// The constants of two averages and their bias corrections.
pub(super) const MOMENTS: &[&str] = &[
    "β₁",
    "1 − β₁",
    "β₂",
    "1 − β₂",
    "1/(1 − β₁ⁿ)",
    "1/√(1 − β₂ⁿ)",
    "ε",
];

/// The [`MOMENTS`] of a step.
pub(super) fn moments(step: &Step, beta1: &Hyper, beta2: &Hyper, eps: &Hyper) -> [f64; 7] {
    let (b1, b2) = (step.value(beta1), step.value(beta2));
    let debias1 = 1.0 / step.bias_correction(b1);
    let debias2 = 1.0 / step.bias_correction(b2).sqrt();
    [
        b1,
        1.0 - b1,
        b2,
        1.0 - b2,
        debias1,
        debias2,
        step.value(eps),
    ]
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "adam",
        family: "adaptive",
        summary: "steps scaled by running averages of the gradient and of its square",
        source: "Kingma & Ba, \"Adam: A Method for Stochastic Optimization\", ICLR 2015",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[AMSGRAD],
        build: |choices| {
            if choices.is("amsgrad", "true") {
                coupled(AmsGrad::new(), 1e-3)
            } else {
                coupled(Adam::new(), 1e-3)
            }
        },
    },
    Recipe {
        name: "adamw",
        family: "adaptive",
        summary: "Adam with decoupled weight decay",
        source: "Loshchilov & Hutter, \"Decoupled Weight Decay Regularization\", ICLR 2019",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[AMSGRAD],
        build: |choices| {
            if choices.is("amsgrad", "true") {
                decoupled(AmsGrad::new(), 0.01, 1e-3)
            } else {
                Chain::from(crate::adamw(1e-3))
            }
        },
    },
];
