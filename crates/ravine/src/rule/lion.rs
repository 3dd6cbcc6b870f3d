//! Lion.

use super::{At, Rule, Step};
use super::{Cautious, CautiousDecay, LearningRate, RefinedLion, SmoothLion};
use crate::Chain;
use crate::catalogue::{Choice, HALF_DECADE, Recipe, TRUE_FALSE, decoupled};
use crate::{Hyper, Real, hyper, hyper::Range};

hyper! {
    /// Lion: the sign of a look-ahead average. One state, and every coordinate moves by the learning rate.
    ///
    /// ```text
    /// u = sign(β₁m + (1 − β₁)g)
    /// m ← β₂m + (1 − β₂)g
    /// ```
    /// The update is made with the old m. Learning rates are 3 to 10 times smaller than Adam's, and weight decays as
    /// many times larger. [`RefinedLion`](super::RefinedLion) and [`SmoothLion`](super::SmoothLion) move less where the average
    /// is small.
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
    const CONSTANTS: &'static [&'static str] = CONSTANTS;
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        weights(step, &self.beta1, &self.beta2)
    }

    #[inline(always)]
    fn apply<T: Real>(weights: &[T; 4], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
        let u = look_ahead(weights, g, *m).sign();
        remember(weights, g, m);
        u
    }
}

/// The names of [`weights`].
pub(super) const CONSTANTS: &[&str] = &["β₁", "1 − β₁", "β₂", "1 − β₂"];

/// The weights of memory and gradient in the look-ahead average, and in the memory.
pub(super) fn weights(step: &Step, beta1: &Hyper, beta2: &Hyper) -> [f64; 4] {
    let (b1, b2) = (step.value(beta1), step.value(beta2));
    [b1, 1.0 - b1, b2, 1.0 - b2]
}

/// β₁m + (1 − β₁)g.
#[inline(always)]
pub(super) fn look_ahead<T: Real>([b1, c1, ..]: &[T; 4], g: T, m: T) -> T {
    *b1 * m + *c1 * g
}

/// m ← β₂m + (1 − β₂)g.
#[inline(always)]
pub(super) fn remember<T: Real>([_, _, b2, c2]: &[T; 4], g: T, m: &mut T) {
    *m = *b2 * *m + *c2 * g;
}

const MODE: Choice = Choice {
    name: "mode",
    words: &["hard", "smooth", "refined"],
    doc: "the sign of the average; its hyperbolic tangent; or the average itself, clipped to [−1, 1]",
};

const CAUTIOUS: Choice = Choice {
    name: "cautious",
    words: TRUE_FALSE,
    doc: "move only where the update agrees with the gradient",
};

const CAUTIOUS_DECAY: Choice = Choice {
    name: "cautious_decay",
    words: TRUE_FALSE,
    doc: "decay weights only where the update shrinks them too",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "lion",
    family: "sign",
    summary: "the sign of a look-ahead average; one state, steps of equal size",
    source: "Chen et al., \"Symbolic Discovery of Optimization Algorithms\", NeurIPS 2023",
    usual_learning_rate: HALF_DECADE * 1e-4,
    choices: &[MODE, CAUTIOUS, CAUTIOUS_DECAY],
    build: |choices| {
        let mut lion = if choices.is("mode", "smooth") {
            Chain::from(SmoothLion::new())
        } else if choices.is("mode", "refined") {
            Chain::from(RefinedLion::new())
        } else {
            Chain::from(Lion::new())
        };
        if choices.is("cautious", "true") {
            lion = lion.then(Cautious::new());
        }
        if choices.is("cautious_decay", "true") {
            lion.then((CautiousDecay::new(), LearningRate::new().lr(1e-4)))
        } else {
            decoupled(lion, 0.0, 1e-4)
        }
    },
}];
