//! Schedule-free learning.

use super::{At, DebiasedRmsProp, Initial, Rule, Step};
use crate::Chain;
use crate::catalogue::{Recipe, coupled, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Schedule-free learning: an average in the place of momentum and schedule, around any rule.
    ///
    /// ```text
    /// z ← z − γu                       the iterates that the chain before makes, with γ = min(1, t/T)
    /// x ← (1 − c)x + cz                their average, c = w / Σw,  w = tᵖ max(γη)ᵏ
    /// y ← (1 − β)z + βx                what the network holds, and gradients are taken at
    /// ```
    /// The last link of a chain whose rules have no momentum of their own. z is a state; x is not kept, since y and z give it:
    /// x = (y − (1 − β)z)/β, and it is x that is to be evaluated and used in the end. In terms of y the step is
    /// y ← y − (c(y − z) + (1 − β(1 − c))γu). Decay that stands in the chain before acts at y, as in the authors' code.
    ///
    /// t counts the parameter's updates, T is `warmup_steps`. The maximum is that of γη so far, η being the chain's learning
    /// rate; while that is constant all weigh the same (but for tᵖ). Leave η constant, that is the point; it wants to be larger
    /// than with a schedule, by 1 to 10.
    ///
    /// When one would use it: when the number of steps is not known beforehand, or training may go on.
    ///
    /// Source: Defazio et al., "The Road Less Scheduled", NeurIPS 2024, algorithm 1, with the weights of the authors' code.
    ScheduleFree {
        /// β: how far y stands from z towards x
        beta1: 0.9, Range::new(0.0, true, 1.0, true);
        /// steps T of linear warm-up
        warmup_steps: 0.0, Range::NON_NEGATIVE;
        /// k: the weights are the largest learning rate so far to this power
        weight_lr_power: 2.0, Range::NON_NEGATIVE;
        /// p: the weights grow as this power of t
        r: 0.0, Range::NON_NEGATIVE;
    }
}

// What is remembered.
const LR_MAX: usize = 0;
const WEIGHT: usize = 1;
const WEIGHT_SUM: usize = 2;

impl ScheduleFree {
    /// The factor γ of the warm-up.
    fn warm(&self, step: &Step) -> f64 {
        let (t, steps) = (step.updates as f64, step.value(&self.warmup_steps));
        if t < steps { t / steps } else { 1.0 }
    }
}

impl Rule for ScheduleFree {
    const NAME: &'static str = "schedule_free";
    const STATE: &'static [&'static str] = &["z"];
    const CONSTANTS: &'static [&'static str] = &["γ", "c", "1 − β(1 − c)", "1/β", "(1 − β)/β"];
    const MEMORY: &'static [&'static str] = &["lr_max", "weight", "weight_sum"];
    const READS_UPDATE: bool = true;
    const AVERAGES: bool = true;
    type State<T> = [T; 1];
    type Constants<T> = [T; 5];

    fn constants(&self, step: &Step) -> [f64; 5] {
        let beta = step.value(&self.beta1);
        let sum = step.memory[WEIGHT_SUM];
        let c = if sum > 0.0 {
            step.memory[WEIGHT] / sum
        } else {
            0.0
        };
        [
            self.warm(step),
            c,
            1.0 - beta * (1.0 - c),
            1.0 / beta,
            (1.0 - beta) / beta,
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [warm, c, k, ..]: &[T; 5],
        At { x: y, g: u, .. }: At<T>,
        [z]: &mut [T; 1],
    ) -> T {
        let u = *warm * u;
        let step = *c * (y - *z) + *k * u;
        *z = *z - u;
        step
    }

    #[inline(always)]
    fn evaluate<T: Real>([_, _, _, by_beta, share]: &[T; 5], y: T, [z]: &[T; 1]) -> T {
        *by_beta * y - *share * *z
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        memory[LR_MAX] = memory[LR_MAX].max(self.warm(step) * step.rate());
        let by_lr = libm::pow(memory[LR_MAX], step.value(&self.weight_lr_power));
        memory[WEIGHT] = libm::pow(step.updates as f64, step.value(&self.r)) * by_lr;
        memory[WEIGHT_SUM] += memory[WEIGHT];
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "schedule-free-sgd",
        family: "learning-rate-free",
        summary: "SGD with an average in the place of momentum and schedule",
        source: "Defazio et al., \"The Road Less Scheduled\", NeurIPS 2024",
        usual_learning_rate: 1.0,
        choices: &[],
        build: |_| coupled(Chain::default(), 1.0).then(ScheduleFree::new()),
    },
    Recipe {
        name: "schedule-free-adamw",
        family: "learning-rate-free",
        summary: "AdamW with an average in the place of momentum and schedule",
        source: "Defazio et al., \"The Road Less Scheduled\", NeurIPS 2024",
        usual_learning_rate: 1e-2,
        choices: &[],
        build: |_| decoupled(DebiasedRmsProp::new(), 0.0, 2.5e-3).then(ScheduleFree::new()),
    },
];
