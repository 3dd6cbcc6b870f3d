//! RMSProp.

use super::{Epsilon, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// RMSProp: the gradient divided by the root of a running average of its square.
    ///
    /// ```text
    /// v ← αv + (1 − α)g²
    /// u = g / (√v + ε)
    /// ```
    /// ε stands outside the root as in PyTorch, Candle and Burn; `.epsilon(Epsilon::Inside)` gives `g / √(v + ε)`, the
    /// lecture's and Optax's default form. v begins at 0 and is not bias-corrected. With momentum, put
    /// [`Momentum`](super::Momentum) behind it.
    ///
    /// Source: Tieleman & Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, 2012.
    RmsProp {
        /// decay rate α of the average of the squared gradient
        alpha: 0.99, Range::DECAY_RATE;
        /// ε, added to √v, or under the root
        eps: 1e-8, Range::NON_NEGATIVE;
        with
        /// where ε stands
        epsilon: Epsilon = Epsilon::Outside;
    }
}

impl Rule for RmsProp {
    const NAME: &'static str = "rmsprop";
    const STATE: &'static [&'static str] = &["square_avg"];
    const CONSTANTS: &'static [&'static str] = &["α", "1 − α", "ε_inside", "ε_outside"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let alpha = step.value(&self.alpha);
        let (inside, outside) = self.epsilon.split(step.value(&self.eps));
        [alpha, 1.0 - alpha, inside, outside]
    }

    #[inline(always)]
    fn apply<T: Real>([a, c, inside, outside]: &[T; 4], _x: T, g: T, [v]: &mut [T; 1]) -> T {
        *v = *a * *v + *c * (g * g);
        g / ((*v + *inside).sqrt() + *outside)
    }
}
