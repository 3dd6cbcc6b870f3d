//! AdEMAMix and its simplified form.

use super::{At, Rule, Step, adam::moments};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// AdEMAMix: Adam with a second, much slower average of the gradient, which remembers tens of thousands of updates.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// s ← β₃(n)s + (1 − β₃(n))g
    /// v ← β₂v + (1 − β₂)g²
    /// u = (m̂ + α(n)s) / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// The slow average s is not bias-corrected, so it fills slowly. While n < T, both of its constants warm up: α(n) = αn/T, and
    /// the half-life of β₃(n) grows on a line from that of β₁: 1/ln β₃(n) = (1 − n/T)/ln β₁ + (n/T)/ln β₃. The paper sets T
    /// to the length of the training.
    ///
    /// Source: Pagliardini, Ablin & Grangier, "The AdEMAMix Optimizer: Better, Faster, Older", ICLR 2025, algorithm 1 and
    /// section 3.
    AdEmaMix {
        /// decay rate β₁ of the fast average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// decay rate β₃ of the slow average of the gradient
        beta3: 0.9999, Range::DECAY_RATE;
        /// weight α of the slow average
        alpha: 5.0, Range::NON_NEGATIVE;
        /// number T of updates in which α and β₃ warm up; 0 for none
        t_alpha_beta3: 0.0, Range::NON_NEGATIVE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

hyper! {
    /// Simplified AdEMAMix: one average of the gradient, to which the current gradient is added with a weight.
    ///
    /// ```text
    /// m ← β₁(n)m + g
    /// v ← β₂v + (1 − β₂)g²
    /// u = (m + αg) / (√v̂ + ε)      with  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// m is a sum, 1/(1 − β₁) times as large as an average: learning rates are smaller than Adam's by that factor. While
    /// n < T, the half-life of β₁(n) grows on a line from that of min_beta1, as β₃'s in [`AdEmaMix`]; T is `beta1_warmup`.
    ///
    /// Source: Morwani et al., "Connections between Schedule-Free Optimizers, AdEMAMix, and Accelerated SGD Variants", 2025.
    SimplifiedAdEmaMix {
        /// decay rate β₁ of the sum of gradients
        beta1: 0.99, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.95, Range::DECAY_RATE;
        /// weight α of the current gradient
        alpha: 0.0, Range::NON_NEGATIVE;
        /// what β₁ warms up from
        min_beta1: 0.9, Range::DECAY_RATE;
        /// number T of updates in which β₁ warms up; 0 for none
        beta1_warmup: 0.0, Range::NON_NEGATIVE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

/// How much of a warm-up of this many updates is done, up to 1.
fn progress(step: &Step, updates: f64) -> f64 {
    if (step.updates as f64) < updates {
        step.updates as f64 / updates
    } else {
        1.0
    }
}

/// A decay rate on its way: its half-life lies between those of the two on a line. Never above `to`.
fn between(from: f64, to: f64, progress: f64) -> f64 {
    if progress == 1.0 {
        return to;
    }
    let inverse = (1.0 - progress) / libm::log(from) + progress / libm::log(to);
    libm::exp(1.0 / inverse).min(to)
}

impl Rule for AdEmaMix {
    const NAME: &'static str = "ademamix";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_slow", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₃",
        "1 − β₃",
        "β₂",
        "1 − β₂",
        "1/(1 − β₁ⁿ)",
        "1/√(1 − β₂ⁿ)",
        "α",
        "ε",
    ];
    type State<T> = [T; 3];
    type Constants<T> = [T; 10];

    fn constants(&self, step: &Step) -> [f64; 10] {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let progress = progress(step, step.value(&self.t_alpha_beta3));
        let b3 = between(b1, step.value(&self.beta3), progress);
        let alpha = progress * step.value(&self.alpha);
        [b1, c1, b3, 1.0 - b3, b2, c2, debias1, debias2, alpha, eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b3, c3, b2, c2, debias1, debias2, alpha, eps]: &[T; 10],
        At { g, .. }: At<T>,
        [m, s, v]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *s = *b3 * *s + *c3 * g;
        *v = *b2 * *v + *c2 * (g * g);
        (*debias1 * *m + *alpha * *s) / (*debias2 * v.sqrt() + *eps)
    }
}

impl Rule for SimplifiedAdEmaMix {
    const NAME: &'static str = "simplified_ademamix";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] =
        &["β₁", "β₂", "1 − β₂", "1/√(1 − β₂ⁿ)", "α", "ε"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 6];

    fn constants(&self, step: &Step) -> [f64; 6] {
        let [b1, _, b2, c2, _, debias2, eps] = moments(step, &self.beta1, &self.beta2, &self.eps);
        let progress = progress(step, step.value(&self.beta1_warmup));
        let b1 = between(step.value(&self.min_beta1), b1, progress);
        [b1, b2, c2, debias2, step.value(&self.alpha), eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, b2, c2, debias2, alpha, eps]: &[T; 6],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + g;
        *v = *b2 * *v + *c2 * (g * g);
        (*m + *alpha * g) / (*debias2 * v.sqrt() + *eps)
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "ademamix",
        family: "adaptive",
        summary: "Adam with a second, very slow average of the gradient",
        source: "Pagliardini, Ablin & Grangier, \"The AdEMAMix Optimizer: Better, Faster, Older\", ICLR 2025",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[],
        build: |_| decoupled(AdEmaMix::new(), 0.0, 1e-3),
    },
    Recipe {
        name: "simplified-ademamix",
        family: "adaptive",
        summary: "AdEMAMix with one average: Adam's sum of gradients plus the current one",
        source: "Morwani et al., \"Connections between Schedule-Free Optimizers, AdEMAMix, and Accelerated SGD Variants\", 2025",
        usual_learning_rate: HALF_DECADE * 1e-5,
        choices: &[],
        build: |_| decoupled(SimplifiedAdEmaMix::new(), 0.0, 1e-4),
    },
];
