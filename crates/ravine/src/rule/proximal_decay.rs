//! Weight decay by a proximal step.

use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Proximal weight decay: the parameter is divided instead of diminished, so that no strength overshoots zero.
    ///
    /// ```text
    /// u = (g + λx) / (1 + ηλ)
    /// ```
    /// With the learning rate η behind it, x ← x − ηu is x ← (x − ηg)/(1 + ηλ): the minimiser of ½λ‖x‖² plus the
    /// distance to x − ηg. For small ηλ it is decoupled [`WeightDecay`](super::WeightDecay).
    ///
    /// Source: Zhuang et al., "Understanding AdamW through Proximal Methods and Scale-Freeness", TMLR 2022.
    ProximalDecay {
        /// strength λ of the decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
    }
}

impl Rule for ProximalDecay {
    const NAME: &'static str = "proximal_decay";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["λ", "1/(1 + ηλ)"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let decay = step.value(&self.weight_decay);
        [decay, 1.0 / (1.0 + step.rate() * decay)]
    }

    #[inline(always)]
    fn apply<T: Real>([decay, shrink]: &[T; 2], At { x, g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *shrink * (g + *decay * x)
    }

    fn is_identity(&self) -> bool {
        self.weight_decay.is(0.0)
    }
}
