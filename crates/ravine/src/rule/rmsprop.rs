//! RMSProp.

use super::{At, Epsilon, Rule, Step};
use super::{CenteredRmsProp, Momentum, epsilon};
use crate::Chain;
use crate::catalogue::{Choice, HALF_DECADE, Recipe, TRUE_FALSE, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// RMSProp: the gradient divided by the root of a running average of its square.
    ///
    /// ```text
    /// v ← αv + (1 − α)g²
    /// u = g / (√v + ε)
    /// ```
    /// ε stands outside the root as in PyTorch, Candle and Burn; `.epsilon(Epsilon::Inside)` gives `g / √(v + ε)`, the
    /// lecture's and Optax's default form. v begins at 0 and is not bias-corrected. With momentum, put
    /// [`Momentum`](super::Momentum) behind it.
    ///
    /// Source: Tieleman & Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, 2012.
    RmsProp {
        /// decay rate α of the average of the squared gradient
        alpha: 0.99, Range::DECAY_RATE;
        /// ε, added to √v, or under the root
        eps: 1e-8, Range::NON_NEGATIVE;
        with
        /// where ε stands
        epsilon: Epsilon = Epsilon::Outside;
    }
}

impl Rule for RmsProp {
    const NAME: &'static str = "rmsprop";
    const STATE: &'static [&'static str] = &["square_avg"];
    const CONSTANTS: &'static [&'static str] = &["α", "1 − α", "ε_inside", "ε_outside"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let alpha = step.value(&self.alpha);
        let (inside, outside) = self.epsilon.split(step.value(&self.eps));
        [alpha, 1.0 - alpha, inside, outside]
    }

    #[inline(always)]
    fn apply<T: Real>([a, c, inside, outside]: &[T; 4], At { g, .. }: At<T>, [v]: &mut [T; 1]) -> T {
        *v = *a * *v + *c * (g * g);
        g / ((*v + *inside).sqrt() + *outside)
    }
}

const CENTERED: Choice = Choice {
    name: "centered",
    words: TRUE_FALSE,
    doc: "divide by the standard deviation instead of the root mean square",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "rmsprop",
    family: "adaptive",
    summary: "the gradient divided by its running root mean square",
    source: "Tieleman & Hinton, \"Lecture 6.5: RMSProp\", 2012; centred: Graves, 2013",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[CENTERED, epsilon::CHOICE],
    build: |choices| {
        let epsilon = Epsilon::chosen(choices);
        let scaled = if choices.is("centered", "true") {
            Chain::from(CenteredRmsProp::new().epsilon(epsilon))
        } else {
            Chain::from(RmsProp::new().epsilon(epsilon))
        };
        coupled(scaled.then(Momentum::new().momentum(0.0)), 1e-2)
    },
}];
