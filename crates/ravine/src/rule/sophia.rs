//! Sophia.

use super::{At, NeedsHessian, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Sophia: momentum over the Hessian's diagonal, each coordinate clipped.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// h ← β₂h + (1 − β₂)ĥ      (only in steps that bring an estimate ĥ of the Hessian's diagonal)
    /// u = min(max(m / max(γh, ε), −1), 1)
    /// ```
    /// Where the curvature is negative or small, u is the sign of m: the step is as long as the learning rate. Neither
    /// average is bias-corrected. The estimate is wanted in every tenth step or so, for which
    /// [`curvature`](crate::curvature) has two ways: Hutchinson's (γ = 0.01), and Gauss–Newton–Bartlett's (γ = 0.05). A
    /// parameter's first update must have one. γ is right if 10 to 50 % of the coordinates are not clipped.
    ///
    /// Optax corrects the bias of m, and uses an estimate one step late; this is the paper's algorithm. Learning rates and
    /// decays are those of [`Lion`](super::Lion): 3 to 10 times smaller, and as many times larger, than AdamW's.
    ///
    /// Source: Liu, Li, Hall, Liang & Ma, "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model
    /// Pre-training", ICLR 2024, algorithm 3.
    Sophia {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.96, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the Hessian's diagonal, from estimate to estimate
        beta2: 0.99, Range::DECAY_RATE;
        /// factor γ of the curvature: a smaller one clips more coordinates
        gamma: 0.01, Range::POSITIVE;
        /// ε, the least curvature
        eps: 1e-12, Range::POSITIVE;
    }
}

impl Rule for Sophia {
    const NAME: &'static str = "sophia";
    const STATE: &'static [&'static str] = &["exp_avg", "hessian"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "1 − β₁", "β₂", "1 − β₂", "γ", "ε"];
    const READS_HESSIAN: bool = true;
    const NEEDS_HESSIAN: NeedsHessian = NeedsHessian::First;
    type State<T> = [T; 2];
    type Constants<T> = [T; 6];

    fn constants(&self, step: &Step) -> [f64; 6] {
        let b1 = step.value(&self.beta1);
        let b2 = if step.has_hessian {
            step.value(&self.beta2)
        } else {
            1.0
        };
        [
            b1,
            1.0 - b1,
            b2,
            1.0 - b2,
            step.value(&self.gamma),
            step.value(&self.eps),
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, gamma, eps]: &[T; 6],
        At { g, hessian, .. }: At<T>,
        [m, h]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *h = *b2 * *h + *c2 * hessian;
        (*m / (*gamma * *h).max(*eps))
            .max(g.like(-1.0))
            .min(g.like(1.0))
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "sophia",
    family: "second order",
    summary: "momentum over an estimate of the Hessian's diagonal, clipped",
    source: "Liu, Li, Hall, Liang & Ma, \"Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training\", ICLR 2024",
    usual_learning_rate: HALF_DECADE * 1e-4,
    choices: &[],
    build: |_| decoupled(Sophia::new(), 0.2, 1e-4),
}];
