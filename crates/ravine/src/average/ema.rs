//! Exponential moving average of the parameters.

use crate::rule::{At, Initial, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// An exponential moving average of the parameters, in the same pass as their update.
    ///
    /// ```text
    /// e ← e + (1 − d)(x′ − e),   x′ = x − u the parameter behind the step,   e = x before the first
    /// ```
    /// The last link of a chain: it reads the final update and hands it on. The average is the state `ema`
    /// ([`Optimizer::state`](crate::Optimizer::state)). It begins at the parameter, so it needs no bias correction;
    /// PyTorch's `AveragedModel` begins at the parameter behind the first step instead.
    Ema {
        /// decay rate d of the average
        decay: 0.999, Range::DECAY_RATE;
    }
}

impl Rule for Ema {
    const NAME: &'static str = "ema";
    const STATE: &'static [&'static str] = &["ema"];
    const CONSTANTS: &'static [&'static str] = &["1 − d"];
    const READS_UPDATE: bool = true;
    type State<T> = [T; 1];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [1.0 - step.value(&self.decay)]
    }

    #[inline(always)]
    fn apply<T: Real>([c]: &[T; 1], At { x, g: u, .. }: At<T>, [e]: &mut [T; 1]) -> T {
        *e = *e + *c * ((x - u) - *e);
        u
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}
