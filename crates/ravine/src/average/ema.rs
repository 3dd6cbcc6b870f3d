//! Exponential moving average of the parameters.

use super::toward::average;
use crate::rule::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// An exponential moving average of the parameters, in the same pass as their update.
    ///
    /// ```text
    /// e ← e + (1 − d)(x′ − e),   x′ = x − u the parameter behind the step,   e = x before the first
    /// ```
    /// The last link of a chain: it reads the final update and hands it on. The average is the state `ema`
    /// ([`Optimizer::state`](crate::Optimizer::state)). It begins at the parameter, so it needs no bias correction;
    /// PyTorch's `AveragedModel` begins at the parameter behind the first step instead, and [`DebiasedEma`](super::DebiasedEma)
    /// at zero.
    ///
    /// With a warm-up the decay rate is `min(d, (1 + n)/(w + n))` in the n-th update, which lets the average follow while the
    /// parameters still move fast; w = 10 is usual.
    ///
    /// Source: Polyak & Juditsky 1992 for averaging; the warm-up is that of TensorFlow's `ExponentialMovingAverage`.
    Ema {
        /// decay rate d of the average
        decay: 0.999, Range::DECAY_RATE;
        /// w of the warm-up, in updates; 0 for none
        warmup: 0.0, Range::NON_NEGATIVE;
    }
}

impl Ema {
    fn weight(&self, step: &Step) -> f64 {
        let (decay, warmup) = (step.value(&self.decay), step.value(&self.warmup));
        let n = step.updates as f64;
        if warmup > 0.0 {
            1.0 - decay.min((1.0 + n) / (warmup + n))
        } else {
            1.0 - decay
        }
    }
}

average!(Ema, "ema", "1 − d");
