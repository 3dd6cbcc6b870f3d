//! Lion.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Lion: the sign of a look-ahead average. One state, and every coordinate moves by the learning rate.
    ///
    /// ```text
    /// u = sign(β₁m + (1 − β₁)g)
    /// m ← β₂m + (1 − β₂)g
    /// ```
    /// The update is made with the old m. Learning rates are 3 to 10 times smaller than Adam's, and weight decays as
    /// many times larger.
    ///
    /// Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, program 1.
    Lion {
        /// weight β₁ of the memory in the update
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the memory
        beta2: 0.99, Range::DECAY_RATE;
    }
}

impl Rule for Lion {
    const NAME: &'static str = "lion";
    const STATE: &'static [&'static str] = &["exp_avg"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "1 − β₁", "β₂", "1 − β₂"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let (b1, b2) = (step.value(&self.beta1), step.value(&self.beta2));
        [b1, 1.0 - b1, b2, 1.0 - b2]
    }

    #[inline(always)]
    fn apply<T: Real>([b1, c1, b2, c2]: &[T; 4], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
        let u = (*b1 * *m + *c1 * g).sign();
        *m = *b2 * *m + *c2 * g;
        u
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "lion",
    family: "sign",
    summary: "the sign of a look-ahead average; one state, steps of equal size",
    source: "Chen et al., \"Symbolic Discovery of Optimization Algorithms\", NeurIPS 2023",
    usual_learning_rate: HALF_DECADE * 1e-4,
    choices: &[],
    build: |_| decoupled(Lion::new(), 0.0, 1e-4),
}];
