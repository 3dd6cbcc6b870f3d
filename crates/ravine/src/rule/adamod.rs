//! AdaMod.

use super::{At, Rule, Step, adam::moments};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// AdaMod: Adam whose step sizes may not exceed their own running average. The average begins at 0, so it is a warm-up too.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// r = η / (√v̂ + ε)
    /// s ← β₃s + (1 − β₃)r
    /// u = min(r, s)/η · m̂      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// The learning rate η stands behind, and takes part in the average with the value it had at each update. (The authors'
    /// code also counts 1/(1 − β₁ⁿ) to the step size r; the paper does not.)
    ///
    /// Source: Ding et al., "An Adaptive and Momental Bound Method for Stochastic Learning", 2019, algorithm 2.
    AdaMod {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.99, Range::DECAY_RATE;
        /// decay rate β₃ of the average of the step size
        beta3: 0.9999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for AdaMod {
    const NAME: &'static str = "adamod";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "exp_avg_lr"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "β₃",
        "1 − β₃",
        "η",
        "1/η/(1 − β₁ⁿ)",
        "1/√(1 − β₂ⁿ)",
        "ε",
    ];
    type State<T> = [T; 3];
    type Constants<T> = [T; 10];

    fn constants(&self, step: &Step) -> [f64; 10] {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let b3 = step.value(&self.beta3);
        let rate = step.rate();
        // At a learning rate of zero the step is zero, whatever is multiplied by it.
        let of_m = if rate > 0.0 { debias1 / rate } else { 0.0 };
        [b1, c1, b2, c2, b3, 1.0 - b3, rate, of_m, debias2, eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, b3, c3, rate, of_m, of_v, eps]: &[T; 10],
        At { g, .. }: At<T>,
        [m, v, s]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        let r = *rate / (*of_v * v.sqrt() + *eps);
        *s = *b3 * *s + *c3 * r;
        r.min(*s) * (*of_m * *m)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adamod",
    family: "adaptive",
    summary: "Adam whose step sizes may not exceed their running average",
    source: "Ding et al., \"An Adaptive and Momental Bound Method for Stochastic Learning\", 2019",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| decoupled(AdaMod::new(), 0.0, 1e-3),
}];
