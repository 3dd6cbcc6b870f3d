//! LARS.

use super::trust_ratio::{NORMS, norms, squares};
use super::{At, Measure, Rule, Step};
use super::{LearningRate, Momentum, TrustRatio, WeightDecay};
use crate::Chain;
use crate::catalogue::{Choice, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// LARS: the local learning rate of every parameter is in proportion to the ratio of its norm and its gradient's.
    ///
    /// ```text
    /// u = κ‖x‖ / (‖g‖ + λ‖x‖) · (g + λx)
    /// ```
    /// λ is the weight decay, which stands in both places. Where ‖x‖ or ‖g‖ is zero, the factor is 1. The paper's chain is
    /// `(Lars, LearningRate, Momentum)`: both rates inside the velocity, as here and in Optax. Optax, and the form `optax`
    /// of the recipe, divides by ‖g + λx‖ instead, which is [`TrustRatio`] behind [`WeightDecay`].
    ///
    /// Biases and the scales of normalisations are usually left out, by
    /// [`Chain::only`](crate::Chain::only). Learning rates are large, 0.1 to 10, as κ is small.
    ///
    /// Source: You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks", 2017, equation 6 and algorithm 1.
    Lars {
        /// coefficient κ of the trust ratio
        trust_coefficient: 0.001, Range::POSITIVE;
        /// strength λ of the decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
    }
}

impl Rule for Lars {
    const NAME: &'static str = "lars";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["κ‖x‖/(‖g‖ + λ‖x‖)", "λ"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = NORMS;
    type State<T> = [T; 0];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let ((x, g), decay) = (norms(step), step.value(&self.weight_decay));
        let ratio = if x == 0.0 || g == 0.0 {
            1.0
        } else {
            step.value(&self.trust_coefficient) * x / (g + decay * x)
        };
        [ratio, decay]
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 2], at: At<T>, []: &[T; 0]) -> [T; super::TERMS] {
        squares(at)
    }

    #[inline(always)]
    fn apply<T: Real>([ratio, decay]: &[T; 2], At { x, g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *ratio * (g + *decay * x)
    }
}

const FORM: Choice = Choice {
    name: "form",
    words: &["paper", "optax"],
    doc: "divide by ‖g‖ + λ‖x‖, or by ‖g + λx‖",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "lars",
    family: "layer-wise",
    summary: "momentum with a learning rate for every layer, by its norm and its gradient's",
    source: "You, Gitman & Ginsburg, \"Large Batch Training of Convolutional Networks\", 2017",
    usual_learning_rate: 1.0,
    choices: &[FORM],
    build: |choices| {
        let scaled = if choices.is(FORM.name, "optax") {
            Chain::from(WeightDecay::new()).then(TrustRatio::new().trust_coefficient(0.001))
        } else {
            Chain::from(Lars::new())
        };
        scaled.then((LearningRate::new().lr(1.0), Momentum::new()))
    },
}];
