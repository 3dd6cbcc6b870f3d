//! StableAdamW.

use super::adam::moments;
use super::{At, LearningRate, Measure, Rule, Step};
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// StableAdamW: AdamW whose steps shrink, parameter by parameter, while the gradient is out of proportion to v.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// RMS = √mean(g² / max(v̂, ε²))
    /// u = (m̂ / (√v̂ + ε) + λx) / max(1, RMS)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// The mean is over the parameter, and v is the new one. RMS is near 1 while v is up to date; when the gradients grow
    /// faster than v can follow (a loss spike), it is larger. With it no other clipping of gradients is needed. The decay
    /// shrinks with the step, as in the paper.
    ///
    /// The averages of the paper have decay rates β̂ₙ = β(1 − βⁿ⁻¹)/(1 − βⁿ), which makes them m̂ and v̂.
    ///
    /// Source: Wortsman et al., "Stable and low-precision training for large-scale vision-language models", NeurIPS 2023,
    /// algorithm 2.
    StableAdamW {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.99, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::POSITIVE;
        /// strength λ of the decay
        weight_decay: 0.01, Range::NON_NEGATIVE;
    }
}

impl Rule for StableAdamW {
    const NAME: &'static str = "stable_adamw";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "1/(1 − β₁ⁿ)",
        "1/√(1 − β₂ⁿ)",
        "ε",
        "λ",
        "1/max(1, RMS)",
        "1/(1 − β₂ⁿ)",
        "ε²",
    ];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = &["Σ g²/max(v̂, ε²)"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 11];

    fn constants(&self, step: &Step) -> [f64; 11] {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let rms = (step.sums[0] / step.elements as f64).sqrt();
        let debias2_squared = 1.0 / step.bias_correction(b2);
        [
            b1,
            c1,
            b2,
            c2,
            debias1,
            debias2,
            eps,
            step.value(&self.weight_decay),
            1.0 / rms.max(1.0),
            debias2_squared,
            eps * eps,
        ]
    }

    #[inline(always)]
    fn terms<T: Real>(
        [_, _, b2, c2, .., debias2_squared, eps_squared]: &[T; 11],
        At { g, .. }: At<T>,
        [_, v]: &[T; 2],
    ) -> [T; super::TERMS] {
        let v = *b2 * *v + *c2 * (g * g);
        let zero = g.like(0.0);
        let out_of_proportion = (g * g) / (*debias2_squared * v).max(*eps_squared);
        [out_of_proportion, zero, zero, zero]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias1, debias2, eps, decay, clip, ..]: &[T; 11],
        At { x, g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *clip * ((*debias1 * *m) / (*debias2 * v.sqrt() + *eps) + *decay * x)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "stable-adamw",
    family: "layer-wise",
    summary: "AdamW whose steps shrink while the gradient is out of proportion to its average",
    source: "Wortsman et al., \"Stable and low-precision training for large-scale vision-language models\", NeurIPS 2023",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| Chain::from((StableAdamW::new(), LearningRate::new())),
}];
