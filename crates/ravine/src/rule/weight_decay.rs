//! Weight decay.

use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Weight decay: pulls every parameter towards zero.
    ///
    /// ```text
    /// u = g + λx
    /// ```
    /// Where it stands decides what it is. Before a rule that averages or scales, it is the gradient of ½λ‖x‖²: **coupled**
    /// decay (L2 regularisation, as in PyTorch's `Adam`). Behind it and before the learning rate it is **decoupled**
    /// (as in `AdamW`): x ← x − η(u + λx), times the scheduled learning rate, as PyTorch and Optax do.
    ///
    /// Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
    WeightDecay {
        /// strength λ of the decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
    }
}

impl Rule for WeightDecay {
    const NAME: &'static str = "weight_decay";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["λ"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.weight_decay)]
    }

    #[inline(always)]
    fn apply<T: Real>([decay]: &[T; 1], At { x, g, .. }: At<T>, []: &mut [T; 0]) -> T {
        g + *decay * x
    }

    fn is_identity(&self) -> bool {
        self.weight_decay.is(0.0)
    }
}
