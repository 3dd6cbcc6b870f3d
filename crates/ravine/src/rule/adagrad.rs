//! Adagrad.

use super::{At, Epsilon, Initial, Rule, Step};
use super::epsilon;
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Adagrad: a step per coordinate that shrinks with the sum of the squared gradients seen there.
    ///
    /// ```text
    /// s ← s + g²
    /// u = g / (√s + ε) · 1/(1 + (n − 1)·lr_decay)
    /// ```
    /// Defaults are PyTorch's: s begins at 0 and ε stands outside the root. The lecture's form `g / √(s + ε)` is
    /// `.epsilon(Epsilon::Inside)`; Optax's also begins s at 0.1 with ε = 1e-7 inside.
    ///
    /// Source: Duchi, Hazan & Singer, "Adaptive Subgradient Methods", JMLR 2011, in its diagonal form.
    Adagrad {
        /// how fast the learning rate falls with the number n of updates
        lr_decay: 0.0, Range::NON_NEGATIVE;
        /// what the sum of squares begins with
        initial_accumulator_value: 0.0, Range::NON_NEGATIVE;
        /// ε, added to √s, or under the root
        eps: 1e-10, Range::NON_NEGATIVE;
        with
        /// where ε stands
        epsilon: Epsilon = Epsilon::Outside;
    }
}

impl Rule for Adagrad {
    const NAME: &'static str = "adagrad";
    const STATE: &'static [&'static str] = &["sum"];
    const CONSTANTS: &'static [&'static str] =
        &["1/(1 + (n − 1)·lr_decay)", "ε_inside", "ε_outside"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 3];

    fn constants(&self, step: &Step) -> [f64; 3] {
        let decay = 1.0 / (1.0 + (step.updates - 1) as f64 * step.value(&self.lr_decay));
        let (inside, outside) = self.epsilon.split(step.value(&self.eps));
        [decay, inside, outside]
    }

    #[inline(always)]
    fn apply<T: Real>([decay, inside, outside]: &[T; 3], At { g, .. }: At<T>, [s]: &mut [T; 1]) -> T {
        *s = *s + g * g;
        *decay * g / ((*s + *inside).sqrt() + *outside)
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Constant(self.initial_accumulator_value.at(0))
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adagrad",
    family: "adaptive",
    summary: "steps that shrink with the sum of the squared gradients of each coordinate",
    source: "Duchi, Hazan & Singer, \"Adaptive Subgradient Methods\", JMLR 2011",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[epsilon::CHOICE],
    build: |choices| coupled(Adagrad::new().epsilon(Epsilon::chosen(choices)), 1e-2),
}];
