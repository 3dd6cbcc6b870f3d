//! Averaged SGD.

use super::{At, Rule, Step};
use super::{LearningRate, WeightDecay};
use crate::average::AsgdAverage;
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// The step of averaged SGD: the gradient with a little decay, under a learning rate that falls as a power of time.
    ///
    /// ```text
    /// u = (g + λx) / (1 + λη(n − 1))^α
    /// ```
    /// n counts the updates of the parameter, and η is the chain's learning rate, which stands behind. With
    /// [`AsgdAverage`](crate::average::AsgdAverage) at the end of the chain it is `torch.optim.ASGD`. For noisy
    /// gradients: the iterates wander in a valley, and their average lies near its bottom, where one evaluates.
    ///
    /// PyTorch computes this step's decay with the learning rate of the step before, so there a schedule acts one step late.
    ///
    /// Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; the learning rate is that
    /// of Bottou, "Stochastic Gradient Descent Tricks", 2012, section 5.2.
    Asgd {
        /// strength λ of the decay, and how fast the learning rate falls
        lambd: 1e-4, Range::NON_NEGATIVE;
        /// power α with which the learning rate falls
        alpha: 0.75, Range::NON_NEGATIVE;
    }
}

impl Rule for Asgd {
    const NAME: &'static str = "asgd";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["λ", "1/(1 + λη(n − 1))^α"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let lambda = step.value(&self.lambd);
        let slowed = 1.0 + lambda * step.rate() * (step.updates - 1) as f64;
        [lambda, libm::pow(slowed, -step.value(&self.alpha))]
    }

    #[inline(always)]
    fn apply<T: Real>([lambda, rate]: &[T; 2], At { x, g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *rate * (g + *lambda * x)
    }

    fn is_identity(&self) -> bool {
        self.lambd.is(0.0)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "asgd",
    family: "first order",
    summary: "SGD with a falling learning rate, and the average of the iterates to evaluate at",
    source: "Polyak & Juditsky, \"Acceleration of Stochastic Approximation by Averaging\", 1992",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| {
        Chain::from(WeightDecay::new())
            .then((Asgd::new(), LearningRate::new().lr(1e-2)))
            .then(AsgdAverage::new())
    },
}];
