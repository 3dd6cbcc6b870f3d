//! Cautious weight decay.

use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Weight decay only where the update shrinks the parameter too.
    ///
    /// ```text
    /// u = g + λ[g·x ≥ 0]x
    /// ```
    /// In the place of [`WeightDecay`](super::WeightDecay) behind a rule: it never pulls against the update, so it does not move
    /// the minima of the loss.
    ///
    /// Source: Chen et al., "Cautious Weight Decay", 2025, algorithm 1.
    CautiousDecay {
        /// strength λ of the decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
    }
}

impl Rule for CautiousDecay {
    const NAME: &'static str = "cautious_decay";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["λ"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.weight_decay)]
    }

    #[inline(always)]
    fn apply<T: Real>([decay]: &[T; 1], At { x, g: u, .. }: At<T>, []: &mut [T; 0]) -> T {
        let zero = u.like(0.0);
        (u.sign() * x.sign()).if_less(zero, u, u + *decay * x)
    }

    fn is_identity(&self) -> bool {
        self.weight_decay.is(0.0)
    }
}
