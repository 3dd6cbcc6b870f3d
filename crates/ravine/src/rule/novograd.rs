//! NovoGrad.

use super::{At, Measure, Rule, Step};
use super::{LearningRate, Momentum, WeightDecay};
use crate::Chain;
use crate::catalogue::{Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// NovoGrad's scaling: the gradient over a running root mean square of its norm, one number for each parameter.
    ///
    /// ```text
    /// v ← β₂v + (1 − β₂)‖g‖²      (in the parameter's first update v ← ‖g‖²)
    /// u = g / (√v + ε)
    /// ```
    /// The recipe puts weight decay and momentum behind it, m ← β₁m + (u + λx), so the decay is inside the moment. β₁ is
    /// the setting `momentum`; the gradient is not weighted by 1 − β₁. It keeps one array and one number, half of Adam.
    ///
    /// Source: Ginsburg et al., "Training Deep Networks with Stochastic Gradient Normalized by Layerwise Adaptive Second
    /// Moments", 2019, algorithm 1. The defaults are the paper's; Optax has β₁ = 0.9, β₂ = 0.25.
    NovoGrad {
        /// decay rate β₂ of the average of the squared norm
        beta2: 0.98, Range::DECAY_RATE;
        /// ε, added to √v
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for NovoGrad {
    const NAME: &'static str = "novograd";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["1/(√v + ε)"];
    const MEASURE: Measure = Measure::ParameterNorm;
    const MEMORY: &'static [&'static str] = &["exp_avg_sq"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let root = step.memory[0].sqrt() + step.value(&self.eps);
        [if root == 0.0 { 0.0 } else { 1.0 / root }]
    }

    #[inline(always)]
    fn apply<T: Real>([scale]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *scale * g
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let (b2, square) = (step.value(&self.beta2), step.norm * step.norm);
        memory[0] = if step.is_first() {
            square
        } else {
            b2 * memory[0] + (1.0 - b2) * square
        };
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "novograd",
    family: "layer-wise",
    summary: "the gradient over the running norm of its layer, then momentum",
    source: "Ginsburg et al., \"Training Deep Networks with Stochastic Gradient Normalized by Layerwise Adaptive Second Moments\", 2019",
    usual_learning_rate: 1e-2,
    choices: &[],
    build: |_| {
        let moment = (WeightDecay::new(), Momentum::new().momentum(0.95));
        Chain::from(NovoGrad::new()).then((moment, LearningRate::new().lr(1e-2)))
    },
}];
