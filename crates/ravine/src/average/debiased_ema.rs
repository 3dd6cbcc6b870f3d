//! Exponential moving average of the parameters, with bias correction.

use super::toward::toward;
use crate::rule::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// An exponential moving average of the parameters that forgets where they began.
    ///
    /// ```text
    /// e ← e + (1 − d)(x′ − e),   x′ = x − u,   e = 0 before the first step;   evaluated at e / (1 − dⁿ)
    /// ```
    /// [`Ema`](super::Ema) begins at the first parameter and still holds dⁿ of it after n updates. This one weighs the
    /// parameters behind the steps alone, as Adam does with gradients. The last link of a chain.
    ///
    /// Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 7.2 (temporal averaging).
    DebiasedEma {
        /// decay rate d of the average
        decay: 0.999, Range::DECAY_RATE;
    }
}

impl Rule for DebiasedEma {
    const NAME: &'static str = "debiased_ema";
    const STATE: &'static [&'static str] = &["debiased_ema"];
    const CONSTANTS: &'static [&'static str] = &["1 − d", "1/(1 − dⁿ)"];
    const READS_UPDATE: bool = true;
            const CHANGES_UPDATE: bool = false;
    const AVERAGES: bool = true;
    type State<T> = [T; 1];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let decay = step.value(&self.decay);
        [1.0 - decay, 1.0 / step.bias_correction(decay)]
    }

    #[inline(always)]
    fn apply<T: Real>([c, _]: &[T; 2], at: At<T>, [e]: &mut [T; 1]) -> T {
        *e = toward(*c, at, *e);
        at.g
    }

    #[inline(always)]
    fn evaluate<T: Real>([_, debias]: &[T; 2], _x: T, [e]: &[T; 1]) -> T {
        *debias * *e
    }
}
