//! Grams.

use super::{Adam, At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper};

hyper! {
    /// Grams: the direction of the gradient with the size of the update.
    ///
    /// ```text
    /// u = sign(∇f) · |g|      g: the update of the rule before
    /// ```
    /// Behind any rule with momentum: where the velocity still points uphill, the coordinate goes downhill at once.
    ///
    /// Source: Cao, Li & Song, "Grams: Gradient Descent with Adaptive Momentum Scaling", 2024, algorithm 1.
    Grams {}
}

impl Rule for Grams {
    const NAME: &'static str = "grams";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &[];
    const READS_GRADIENT: bool = true;
    type State<T> = [T; 0];
    type Constants<T> = [T; 0];

    fn constants(&self, _step: &Step) -> [f64; 0] {
        []
    }

    #[inline(always)]
    fn apply<T: Real>([]: &[T; 0], At { g: u, gradient, .. }: At<T>, []: &mut [T; 0]) -> T {
        gradient.sign() * u.abs()
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "grams",
    family: "sign",
    summary: "the sign of the gradient with the size of Adam's update",
    source: "Cao, Li & Song, \"Grams: Gradient Descent with Adaptive Momentum Scaling\", 2024",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| decoupled((Adam::new().eps(1e-6), Grams::new()), 0.0, 1e-3),
}];
