//! Heavy-ball momentum.

use super::{At, Rule, Step};
use super::{LearningRate, WeightDecay};
use crate::catalogue::{Choice, HALF_DECADE, Recipe, coupled};
use crate::Chain;
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Heavy-ball momentum: a velocity that gathers gradients.
    ///
    /// ```text
    /// v ← βv + (1 − τ)g      (in the parameter's first update v ← g, without the dampening τ, as in PyTorch)
    /// u = v
    /// ```
    /// In the usual chain `(Momentum, LearningRate)` the learning rate acts behind the velocity, as in PyTorch. The
    /// lecture's form `v ← βv − ηg, x ← x + v`, and Polyak's own, is `(LearningRate, Momentum)`: the learning rate
    /// inside the velocity. The two differ as soon as the learning rate changes.
    ///
    /// Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    Momentum {
        /// decay rate β of the velocity
        momentum: 0.9, Range::DECAY_RATE;
        /// dampening τ: the gradient enters as (1 − τ)g
        dampening: 0.0, Range::FRACTION;
    }
}

impl Rule for Momentum {
    const NAME: &'static str = "momentum";
    const STATE: &'static [&'static str] = &["momentum_buffer"];
    const CONSTANTS: &'static [&'static str] = &["β", "1 − τ"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let dampening = if step.updates == 1 {
            0.0
        } else {
            step.value(&self.dampening)
        };
        [step.value(&self.momentum), 1.0 - dampening]
    }

    #[inline(always)]
    fn apply<T: Real>([b, c]: &[T; 2], At { g, .. }: At<T>, [v]: &mut [T; 1]) -> T {
        *v = *b * *v + *c * g;
        *v
    }

    fn is_identity(&self) -> bool {
        self.momentum.is(0.0) && self.dampening.is(0.0)
    }
}

/// Where the learning rate stands.
pub(super) const FORM: Choice = Choice {
    name: "form",
    words: &["pytorch", "lecture"],
    doc: "the learning rate behind the velocity, or inside it: v ← βv − ηg",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "momentum",
    family: "first order",
    summary: "heavy-ball momentum: a velocity that gathers gradients",
    source: "Polyak, \"Some methods of speeding up the convergence of iteration methods\", 1964",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[FORM],
    build: |choices| {
        if choices.is("form", "lecture") {
            Chain::from(WeightDecay::new()).then((LearningRate::new(), Momentum::new()))
        } else {
            coupled(Momentum::new(), 1e-3)
        }
    },
}];
