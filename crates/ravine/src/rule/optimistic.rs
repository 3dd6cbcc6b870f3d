//! Optimistic gradient descent.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Optimistic gradient descent: the gradient, and how it changed since the last step.
    ///
    /// ```text
    /// u = (α + β)g − βp      p: the gradient of the last update; u = αg in the first
    /// p ← g
    /// ```
    /// With α = β = 1 it is 2g − p. For games (two players with opposite losses, GANs), where plain gradient descent circles
    /// around the equilibrium and this one reaches it.
    ///
    /// Source: Daskalakis, Ilyas, Syrgkanis & Zeng, "Training GANs with Optimism", ICLR 2018; generalised as in
    /// Mokhtari, Ozdaglar & Pattathil, AISTATS 2020, and Optax.
    Optimistic {
        /// weight α of the gradient
        alpha: 1.0, Range::NON_NEGATIVE;
        /// weight β of its change
        beta: 1.0, Range::NON_NEGATIVE;
    }
}

impl Rule for Optimistic {
    const NAME: &'static str = "optimistic";
    const STATE: &'static [&'static str] = &["previous_gradient"];
    const CONSTANTS: &'static [&'static str] = &["α + β", "β"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let change = if step.is_first() { 0.0 } else { step.value(&self.beta) };
        [step.value(&self.alpha) + change, change]
    }

    #[inline(always)]
    fn apply<T: Real>([both, change]: &[T; 2], At { g, .. }: At<T>, [p]: &mut [T; 1]) -> T {
        let u = *both * g - *change * *p;
        *p = g;
        u
    }

    fn is_identity(&self) -> bool {
        self.alpha.is(1.0) && self.beta.is(0.0)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "optimistic-gd",
    family: "first order",
    summary: "the gradient and its last change; for games",
    source: "Daskalakis, Ilyas, Syrgkanis & Zeng, \"Training GANs with Optimism\", ICLR 2018",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| coupled(Optimistic::new(), 1e-3),
}];
