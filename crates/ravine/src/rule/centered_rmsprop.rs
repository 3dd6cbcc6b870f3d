//! RMSProp, centred.

use super::{At, Epsilon, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Centred RMSProp: the gradient divided by a running estimate of its standard deviation.
    ///
    /// ```text
    /// v ← αv + (1 − α)g²
    /// a ← αa + (1 − α)g
    /// u = g / (√max(v − a², 0) + ε)
    /// ```
    /// With steady gradients v − a² falls to zero and the step grows up to g/ε: the other libraries do too, and PyTorch
    /// takes the root of a negative number where rounding makes one; the maximum here prevents that.
    /// `.epsilon(Epsilon::Inside)` puts ε under the root.
    ///
    /// Source: Graves, "Generating Sequences with Recurrent Neural Networks", 2013, equations 38–41.
    CenteredRmsProp {
        /// decay rate α of both averages
        alpha: 0.99, Range::DECAY_RATE;
        /// ε, added to the root, or under it
        eps: 1e-8, Range::NON_NEGATIVE;
        with
        /// where ε stands
        epsilon: Epsilon = Epsilon::Outside;
    }
}

impl Rule for CenteredRmsProp {
    const NAME: &'static str = "centered_rmsprop";
    const STATE: &'static [&'static str] = &["square_avg", "grad_avg"];
    const CONSTANTS: &'static [&'static str] = &["α", "1 − α", "ε_inside", "ε_outside"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let alpha = step.value(&self.alpha);
        let (inside, outside) = self.epsilon.split(step.value(&self.eps));
        [alpha, 1.0 - alpha, inside, outside]
    }

    #[inline(always)]
    fn apply<T: Real>([b, c, inside, outside]: &[T; 4], At { g, .. }: At<T>, [v, a]: &mut [T; 2]) -> T {
        *v = *b * *v + *c * (g * g);
        *a = *b * *a + *c * g;
        let variance = (*v - *a * *a).max(g.like(0.0));
        g / ((variance + *inside).sqrt() + *outside)
    }
}
