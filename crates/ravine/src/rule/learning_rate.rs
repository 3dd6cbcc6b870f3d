//! The learning rate.

use super::{At, Rule, Step};
use crate::catalogue::{Recipe, coupled};
use crate::Chain;
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// The learning rate η.
    ///
    /// ```text
    /// u = ηg
    /// ```
    /// Usually the last link. Before a velocity, it is inside it: see [`Momentum`](super::Momentum).
    LearningRate {
        /// learning rate η, or a schedule of it
        lr: 1e-3, Range::NON_NEGATIVE;
    }
}

impl Rule for LearningRate {
    const NAME: &'static str = "learning_rate";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["η"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.lr)]
    }

    #[inline(always)]
    fn apply<T: Real>([lr]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *lr * g
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "sgd",
    family: "first order",
    summary: "plain stochastic gradient descent",
    source: "Robbins & Monro, \"A Stochastic Approximation Method\", 1951",
    usual_learning_rate: 0.1,
    choices: &[],
    build: |_| coupled(Chain::default(), 1e-3),
}];
