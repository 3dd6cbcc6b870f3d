//! AMSGrad.

use super::{At, Rule, Step, adam::moments};
use crate::catalogue::{Choice, Choices, HALF_DECADE, Recipe, TRUE_FALSE, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// AMSGrad: Adam whose second moment never shrinks, which restores convergence on Reddi's counterexample.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// w ← max(w, v)
    /// u = m̂ / (√ŵ + ε)      with  m̂ = m / (1 − β₁ⁿ),  ŵ = w / (1 − β₂ⁿ)
    /// ```
    /// Three forms are in use, see [`AmsGradForm`]. Shown is PyTorch's, Candle's and Burn's: the maximum of the raw v,
    /// then the current bias correction.
    ///
    /// Source: Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, algorithm 2.
    AmsGrad {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √ŵ
        eps: 1e-8, Range::NON_NEGATIVE;
        with
        /// where the bias is corrected
        form: AmsGradForm = AmsGradForm::PyTorch;
    }
}

/// Where AMSGrad corrects the bias of its averages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AmsGradForm {
    /// Behind the maximum: `w ← max(w, v)`, `u = m̂ / (√ŵ + ε)`.
    #[default]
    PyTorch,
    /// Before the maximum: `w ← max(w, v̂)`, `u = m̂ / (√w + ε)`. Here w indeed never shrinks.
    Optax,
    /// Nowhere: `w ← max(w, v)`, `u = m / (√w + ε)`.
    Paper,
}

impl Rule for AmsGrad {
    const NAME: &'static str = "amsgrad";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] =
        &["β₁", "1 − β₁", "β₂", "1 − β₂", "debias_m", "debias_v", "debias_√w", "ε"];
    type State<T> = [T; 3];
    type Constants<T> = [T; 8];

    fn constants(&self, step: &Step) -> [f64; 8] {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let (of_m, of_v, of_w) = match self.form {
            AmsGradForm::PyTorch => (debias1, 1.0, debias2),
            AmsGradForm::Optax => (debias1, 1.0 / step.bias_correction(b2), 1.0),
            AmsGradForm::Paper => (1.0, 1.0, 1.0),
        };
        [b1, c1, b2, c2, of_m, of_v, of_w, eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, of_m, of_v, of_w, eps]: &[T; 8],
        At { g, .. }: At<T>,
        [m, v, w]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *w = w.max(*of_v * *v);
        (*of_m * *m) / (*of_w * w.sqrt() + *eps)
    }
}

/// Adam with or without it.
pub(super) const AMSGRAD: Choice = Choice {
    name: "amsgrad",
    words: TRUE_FALSE,
    doc: "divide by the largest second moment so far, in PyTorch's form",
};

const FORM: Choice = Choice {
    name: "form",
    words: &["pytorch", "optax", "paper"],
    doc: "the bias is corrected behind the maximum, before it, or not at all",
};

fn form(choices: &Choices<'_>) -> AmsGradForm {
    if choices.is("form", "optax") {
        AmsGradForm::Optax
    } else if choices.is("form", "paper") {
        AmsGradForm::Paper
    } else {
        AmsGradForm::PyTorch
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "amsgrad",
    family: "adaptive",
    summary: "Adam divided by the largest second moment so far",
    source: "Reddi, Kale & Kumar, \"On the Convergence of Adam and Beyond\", ICLR 2018",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[FORM],
    build: |choices| coupled(AmsGrad::new().form(form(choices)), 1e-3),
}];
