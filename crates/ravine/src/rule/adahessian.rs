//! AdaHessian.

use super::{At, NeedsHessian, Rule, Step};
use crate::catalogue::{Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// AdaHessian: Adam with an estimate D of the Hessian's diagonal in the place of the gradient in v.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)D²
    /// u = m̂ / (v̂^(k/2) + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// Every update must bring an estimate: [`curvature::hutchinson`](crate::curvature::hutchinson) makes one from a
    /// Hessian-vector product, which costs about as much as a gradient. The paper averages it over the kernels of
    /// convolutions: [`curvature::average_blocks`](crate::curvature::average_blocks) does, before it is handed over.
    /// k = 1 is Newton's step where the Hessian is diagonal, a smaller k one between it and plain momentum.
    ///
    /// Source: Yao et al., "ADAHESSIAN: An Adaptive Second Order Optimizer for Machine Learning", AAAI 2021, algorithm 1.
    AdaHessian {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared estimate
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to v̂^(k/2)
        eps: 1e-8, Range::NON_NEGATIVE;
        /// power k of the Hessian
        hessian_power: 1.0, Range::FRACTION;
    }
}

impl Rule for AdaHessian {
    const NAME: &'static str = "adahessian";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_hessian_diag_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "1/(1 − β₁ⁿ)",
        "1/(1 − β₂ⁿ)",
        "ε",
        "k/2",
    ];
    const READS_HESSIAN: bool = true;
    const NEEDS_HESSIAN: NeedsHessian = NeedsHessian::Always;
    type State<T> = [T; 2];
    type Constants<T> = [T; 8];

    fn constants(&self, step: &Step) -> [f64; 8] {
        let (b1, b2) = (step.value(&self.beta1), step.value(&self.beta2));
        [
            b1,
            1.0 - b1,
            b2,
            1.0 - b2,
            1.0 / step.bias_correction(b1),
            1.0 / step.bias_correction(b2),
            step.value(&self.eps),
            0.5 * step.value(&self.hessian_power),
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias1, debias2, eps, power]: &[T; 8],
        At { g, hessian, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (hessian * hessian);
        (*debias1 * *m) / ((*debias2 * *v).powf(*power) + *eps)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adahessian",
    family: "second order",
    summary: "Adam with the Hessian's diagonal in the place of the squared gradient",
    source: "Yao et al., \"ADAHESSIAN: An Adaptive Second Order Optimizer for Machine Learning\", AAAI 2021",
    usual_learning_rate: 0.1,
    choices: &[],
    build: |_| decoupled(AdaHessian::new(), 0.0, 0.1),
}];
