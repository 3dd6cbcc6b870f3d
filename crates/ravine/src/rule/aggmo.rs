//! Aggregated momentum.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Aggregated momentum: the mean of three velocities with different memories.
    ///
    /// ```text
    /// v₁ ← β₁v₁ + g
    /// v₂ ← β₂v₂ + g
    /// u = (g + v₁ + v₂) / 3
    /// ```
    /// The slow velocity carries far along a valley, the fast ones damp its oscillations, so a larger β than with one velocity
    /// is safe. The paper's decay rates are 1 − 0.1ⁱ, so the first of K = 3 is always 0: that velocity is the gradient, and
    /// needs no state.
    ///
    /// Source: Lucas, Sun, Zemel & Grosse, "Aggregated Momentum: Stability Through Passive Damping", ICLR 2019, section 3.
    AggMo {
        /// decay rate β₁ of the second velocity
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the third velocity
        beta2: 0.99, Range::DECAY_RATE;
    }
}

impl Rule for AggMo {
    const NAME: &'static str = "aggmo";
    const STATE: &'static [&'static str] = &["momentum_buffer1", "momentum_buffer2"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "β₂", "⅓"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 3];

    fn constants(&self, step: &Step) -> [f64; 3] {
        [step.value(&self.beta1), step.value(&self.beta2), 1.0 / 3.0]
    }

    #[inline(always)]
    fn apply<T: Real>([b1, b2, third]: &[T; 3], At { g, .. }: At<T>, [v1, v2]: &mut [T; 2]) -> T {
        *v1 = *b1 * *v1 + g;
        *v2 = *b2 * *v2 + g;
        *third * (g + *v1 + *v2)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "aggmo",
    family: "first order",
    summary: "the mean of three velocities with different memories",
    source: "Lucas, Sun, Zemel & Grosse, \"Aggregated Momentum\", ICLR 2019",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| coupled(AggMo::new(), 1e-3),
}];
