//! Nesterov momentum.

use super::{At, Rule, Step};
use super::momentum::FORM;
use super::{LearningRate, WeightDecay};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::Chain;
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Nesterov's accelerated gradient, with the gradient taken where the parameters are.
    ///
    /// ```text
    /// v ← βv + g
    /// u = g + βv
    /// ```
    /// The lecture's form takes the gradient at the look-ahead point, φ = θ + βv, with v ← βv − ηg(φ), θ ← θ + v.
    /// `(LearningRate, Nesterov)` is exactly that form: the parameters that it holds, and at which the gradient is to be
    /// taken, are the look-ahead points φ; the iterate is θ = φ + β·momentum_buffer. With a constant learning rate
    /// `(Nesterov, LearningRate)`, PyTorch's order, makes the same points.
    ///
    /// Source: Nesterov, 1983; in this form Sutskever, Martens, Dahl & Hinton, ICML 2013.
    Nesterov {
        /// decay rate β of the velocity
        momentum: 0.9, Range::DECAY_RATE;
    }
}

impl Rule for Nesterov {
    const NAME: &'static str = "nesterov";
    const STATE: &'static [&'static str] = &["momentum_buffer"];
    const CONSTANTS: &'static [&'static str] = &["β"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.momentum)]
    }

    #[inline(always)]
    fn apply<T: Real>([b]: &[T; 1], At { g, .. }: At<T>, [v]: &mut [T; 1]) -> T {
        *v = *b * *v + g;
        g + *b * *v
    }

    fn is_identity(&self) -> bool {
        self.momentum.is(0.0)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "nesterov",
    family: "first order",
    summary: "Nesterov's accelerated gradient",
    source: "Nesterov, 1983; Sutskever, Martens, Dahl & Hinton, ICML 2013",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[FORM],
    build: |choices| {
        if choices.is("form", "lecture") {
            Chain::from(WeightDecay::new()).then((LearningRate::new(), Nesterov::new()))
        } else {
            coupled(Nesterov::new(), 1e-3)
        }
    },
}];
