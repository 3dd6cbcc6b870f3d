//! RAdam.

use super::{At, Rule, Step, adam::moments, power};
use crate::catalogue::{Choice, Choices, HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Rectified Adam: as long as too few gradients are known to trust v, a plain momentum step; then Adam, growing to full
    /// length. It stands in for a warm-up of the learning rate.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// ρ∞ = 2/(1 − β₂) − 1,   ρ = ρ∞ − 2nβ₂ⁿ/(1 − β₂ⁿ)
    /// r = √( (ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ) )
    /// u = r·√(1 − β₂ⁿ)·m̂ / (√v + ε)   where ρ > 5,    u = m̂   elsewhere
    /// ```
    /// PyTorch, and here by default, asks for ρ > 5 and adds ε to the uncorrected √v. The paper asks for ρ > 4, which for
    /// β₂ = 0.999 comes one update earlier, and has no ε: `.epsilon(RAdamEpsilon::Corrected).threshold(4.0)` writes
    /// `√v̂ + ε`, and so does Optax.
    ///
    /// Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020, algorithm 2.
    RAdam {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// length ρ of the average above which v is trusted
        threshold: 5.0, Range::new(4.0, false, f64::INFINITY, true);
        /// ε, added to √v or √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
        with
        /// what ε is added to
        epsilon: RAdamEpsilon = RAdamEpsilon::Raw;
    }
}

/// What ε is added to in RAdam.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RAdamEpsilon {
    /// `√v + ε`, and the bias correction acts on both, as in PyTorch and the authors' code.
    #[default]
    Raw,
    /// `√v̂ + ε`, as in Adam, and in Optax's RAdam.
    Corrected,
}

impl Rule for RAdam {
    const NAME: &'static str = "radam";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "scale",
        "root",
        "offset",
    ];
    type State<T> = [T; 2];
    type Constants<T> = [T; 7];

    fn constants(&self, step: &Step) -> [f64; 7] {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let longest = 2.0 / c2 - 1.0;
        let weight = power(b2, step.updates);
        let length = longest - 2.0 * step.updates as f64 * weight / (1.0 - weight);
        let (scale, root, offset) = if length > step.value(&self.threshold) {
            let rectification = ((length - 4.0) * (length - 2.0) * longest
                / ((longest - 4.0) * (longest - 2.0) * length))
                .sqrt();
            match self.epsilon {
                RAdamEpsilon::Raw => (rectification / debias2, 1.0, eps),
                RAdamEpsilon::Corrected => (rectification, debias2, eps),
            }
        } else {
            (1.0, 0.0, 1.0)
        };
        [b1, c1, b2, c2, scale * debias1, root, offset]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, scale, root, offset]: &[T; 7],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        (*scale * *m) / (*root * v.sqrt() + *offset)
    }
}

const FORM: Choice = Choice {
    name: "form",
    words: &["pytorch", "paper"],
    doc: "ρ > 5 and √v + ε, or the paper's ρ > 4 with √v̂ + ε",
};

fn form(choices: &Choices<'_>) -> RAdam {
    if choices.is("form", "paper") {
        RAdam::new().epsilon(RAdamEpsilon::Corrected).threshold(4.0)
    } else {
        RAdam::new()
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "radam",
    family: "adaptive",
    summary: "Adam that takes momentum steps until its second moment can be trusted",
    source: "Liu et al., \"On the Variance of the Adaptive Learning Rate and Beyond\", ICLR 2020",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[FORM],
    build: |choices| coupled(form(choices), 1e-3),
}];
