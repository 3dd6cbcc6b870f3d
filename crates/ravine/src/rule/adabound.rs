//! AdaBound and AMSBound.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Hyper, Real, hyper, hyper::Range};

hyper! {
    /// AdaBound: Adam whose step sizes are kept between two bounds that close in on SGD's.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// u = clip(√(1 − β₂ⁿ)/(1 − β₁ⁿ) / (√v + ε), lower, upper) · m
    /// lower = F·(1 − 1/(γn + 1)),   upper = F·(1 + 1/(γn)),   F = final_lr/base_lr
    /// ```
    /// The bounds are relative to the learning rate, which stands behind: at learning rate base_lr the method ends as
    /// momentum with the learning rate final_lr, and a schedule moves both alike, as in the authors' code. (There base_lr is
    /// the learning rate that the optimiser was made with; set it when the learning rate is set.) The bias correction is the
    /// code's too; the paper has none, and divides by √n in its algorithm but not in its experiments.
    ///
    /// Source: Luo et al., "Adaptive Gradient Methods with Dynamic Bound of Learning Rate", ICLR 2019, algorithm 2.
    AdaBound {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// learning rate of SGD at the end, where the learning rate is base_lr
        final_lr: 0.1, Range::POSITIVE;
        /// learning rate to which final_lr belongs
        base_lr: 1e-3, Range::POSITIVE;
        /// how fast (γ) the bounds close in, per update
        gamma: 1e-3, Range::POSITIVE;
        /// ε, added to √v
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

hyper! {
    /// AMSBound: [`AdaBound`] with the largest second moment so far, as in AMSGrad.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// w ← max(w, v)
    /// u = clip(√(1 − β₂ⁿ)/(1 − β₁ⁿ) / (√w + ε), lower, upper) · m
    /// ```
    /// with the bounds of [`AdaBound`].
    ///
    /// Source: Luo et al., "Adaptive Gradient Methods with Dynamic Bound of Learning Rate", ICLR 2019, section 4.
    AmsBound {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// learning rate of SGD at the end, where the learning rate is base_lr
        final_lr: 0.1, Range::POSITIVE;
        /// learning rate to which final_lr belongs
        base_lr: 1e-3, Range::POSITIVE;
        /// how fast (γ) the bounds close in, per update
        gamma: 1e-3, Range::POSITIVE;
        /// ε, added to √w
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

const NAMES: &[&str] = &[
    "β₁",
    "1 − β₁",
    "β₂",
    "1 − β₂",
    "√(1 − β₂ⁿ)/(1 − β₁ⁿ)",
    "lower",
    "upper",
    "ε",
];

/// The constants of both, in the order of [`NAMES`].
fn constants(
    step: &Step,
    [beta1, beta2, final_lr, base_lr, gamma, eps]: [&Hyper; 6],
) -> [f64; 8] {
    let (b1, b2) = (step.value(beta1), step.value(beta2));
    let debias = step.bias_correction(b2).sqrt() / step.bias_correction(b1);
    let last = step.value(final_lr) / step.value(base_lr);
    let progress = step.value(gamma) * step.updates as f64;
    let lower = last * (1.0 - 1.0 / (progress + 1.0));
    let upper = last * (1.0 + 1.0 / progress);
    [b1, 1.0 - b1, b2, 1.0 - b2, debias, lower, upper, step.value(eps)]
}

impl Rule for AdaBound {
    const NAME: &'static str = "adabound";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = NAMES;
    type State<T> = [T; 2];
    type Constants<T> = [T; 8];

    fn constants(&self, step: &Step) -> [f64; 8] {
        let Self { beta1, beta2, final_lr, base_lr, gamma, eps } = self;
        constants(step, [beta1, beta2, final_lr, base_lr, gamma, eps])
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias, lower, upper, eps]: &[T; 8],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        (*debias / (v.sqrt() + *eps)).max(*lower).min(*upper) * *m
    }
}

impl Rule for AmsBound {
    const NAME: &'static str = "amsbound";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = NAMES;
    type State<T> = [T; 3];
    type Constants<T> = [T; 8];

    fn constants(&self, step: &Step) -> [f64; 8] {
        let Self { beta1, beta2, final_lr, base_lr, gamma, eps } = self;
        constants(step, [beta1, beta2, final_lr, base_lr, gamma, eps])
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias, lower, upper, eps]: &[T; 8],
        At { g, .. }: At<T>,
        [m, v, w]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *w = w.max(*v);
        (*debias / (w.sqrt() + *eps)).max(*lower).min(*upper) * *m
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "adabound",
        family: "adaptive",
        summary: "Adam between two bounds that close in on SGD",
        source: "Luo et al., \"Adaptive Gradient Methods with Dynamic Bound of Learning Rate\", ICLR 2019",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[],
        build: |_| coupled(AdaBound::new(), 1e-3),
    },
    Recipe {
        name: "amsbound",
        family: "adaptive",
        summary: "AMSGrad between two bounds that close in on SGD",
        source: "Luo et al., \"Adaptive Gradient Methods with Dynamic Bound of Learning Rate\", ICLR 2019",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[],
        build: |_| coupled(AmsBound::new(), 1e-3),
    },
];
