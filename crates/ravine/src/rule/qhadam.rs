//! QHAdam.

use super::{At, Rule, Step, adam::moments};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Quasi-hyperbolic Adam: both averages of Adam mixed with the current gradient.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// u = ((1 − ν₁)g + ν₁m̂) / (√((1 − ν₂)g² + ν₂v̂) + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// ν₁ = ν₂ = 1 is Adam, ν₁ = β₁ and ν₂ = 1 is NAdam in Optax's form but for its bias correction. Defaults are those that
    /// the authors recommend.
    ///
    /// Source: Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, section 5.
    QhAdam {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.995, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// weight ν₁ of the average of the gradient
        nu1: 0.7, Range::FRACTION;
        /// weight ν₂ of the average of the squared gradient
        nu2: 1.0, Range::FRACTION;
        /// ε, added to the root
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for QhAdam {
    const NAME: &'static str = "qhadam";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "1 − ν₁",
        "ν₁/(1 − β₁ⁿ)",
        "1 − ν₂",
        "ν₂/(1 − β₂ⁿ)",
        "ε",
    ];
    type State<T> = [T; 2];
    type Constants<T> = [T; 9];

    fn constants(&self, step: &Step) -> [f64; 9] {
        let [b1, c1, b2, c2, debias1, _, eps] = moments(step, &self.beta1, &self.beta2, &self.eps);
        let (nu1, nu2) = (step.value(&self.nu1), step.value(&self.nu2));
        let of_v = nu2 / step.bias_correction(b2);
        [b1, c1, b2, c2, 1.0 - nu1, nu1 * debias1, 1.0 - nu2, of_v, eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, of_g, of_m, of_square, of_v, eps]: &[T; 9],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        let square = g * g;
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * square;
        (*of_g * g + *of_m * *m) / ((*of_square * square + *of_v * *v).sqrt() + *eps)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "qhadam",
    family: "adaptive",
    summary: "Adam with both averages mixed with the current gradient",
    source: "Ma & Yarats, \"Quasi-hyperbolic momentum and Adam for deep learning\", ICLR 2019",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| coupled(QhAdam::new(), 1e-3),
}];
