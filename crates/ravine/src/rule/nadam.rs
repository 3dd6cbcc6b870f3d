//! NAdam.

use super::{At, Rule, Step, adam::moments};
use crate::catalogue::{Choice, Choices, HALF_DECADE, Recipe, coupled, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// NAdam: Adam with Nesterov's look-ahead.
    ///
    /// ```text
    /// μₙ = β₁(1 − ½·0.96^(nψ)),   Πₙ = μ₁μ₂⋯μₙ
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// u = (μₙ₊₁/(1 − Πₙ₊₁) · m + (1 − μₙ)/(1 − Πₙ) · g) / (√v̂ + ε)      with  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// The momentum μ warms up from about ½β₁ to β₁, the slower the smaller ψ; Π is remembered. This is PyTorch's form,
    /// in which m itself keeps the constant β₁, while the paper's m also runs on μ. With ψ = ∞ there is no warm-up, μ = β₁:
    /// the paper's formula for a constant μ, and Optax's.
    ///
    /// Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, algorithm 2.
    NAdam {
        /// decay rate β₁ of the average of the gradient, and where the momentum ends
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// how fast (ψ) the momentum warms up; ∞ for no warm-up
        momentum_decay: 4e-3, Range::new(0.0, false, f64::INFINITY, false);
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl NAdam {
    /// μ at the n-th update.
    fn momentum(&self, step: &Step, n: u64) -> f64 {
        let decay = step.value(&self.momentum_decay);
        step.value(&self.beta1) * (1.0 - 0.5 * libm::pow(0.96, n as f64 * decay))
    }
}

impl Rule for NAdam {
    const NAME: &'static str = "nadam";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "μₙ₊₁/(1 − Πₙ₊₁)",
        "(1 − μₙ)/(1 − Πₙ)",
        "1/√(1 − β₂ⁿ)",
        "ε",
    ];
    const MEMORY: &'static [&'static str] = &["mu_product"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 8];

    fn initial_memory(&self, _number: usize) -> f64 {
        1.0
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        memory[0] *= self.momentum(step, step.updates);
    }

    fn constants(&self, step: &Step) -> [f64; 8] {
        let [b1, c1, b2, c2, _, debias2, eps] = moments(step, &self.beta1, &self.beta2, &self.eps);
        let now = self.momentum(step, step.updates);
        let next = self.momentum(step, step.updates + 1);
        let product = step.memory[0];
        let of_m = next / (1.0 - product * next);
        let of_g = (1.0 - now) / (1.0 - product);
        [b1, c1, b2, c2, of_m, of_g, debias2, eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, of_m, of_g, debias2, eps]: &[T; 8],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        (*of_m * *m + *of_g * g) / (*debias2 * v.sqrt() + *eps)
    }
}

const FORM: Choice = Choice {
    name: "form",
    words: &["pytorch", "optax"],
    doc: "the momentum warms up, or is constant (momentum_decay = ∞)",
};

fn form(choices: &Choices<'_>) -> NAdam {
    if choices.is("form", "optax") {
        NAdam::new().momentum_decay(f64::INFINITY)
    } else {
        NAdam::new()
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "nadam",
        family: "adaptive",
        summary: "Adam with Nesterov's look-ahead",
        source: "Dozat, \"Incorporating Nesterov Momentum into Adam\", ICLR workshop 2016",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[FORM],
        build: |choices| coupled(form(choices), 2e-3),
    },
    Recipe {
        name: "nadamw",
        family: "adaptive",
        summary: "NAdam with decoupled weight decay",
        source: "Dozat, \"Incorporating Nesterov Momentum into Adam\", ICLR workshop 2016; PyTorch's decoupled_weight_decay",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[FORM],
        build: |choices| decoupled(form(choices), 0.01, 2e-3),
    },
];
