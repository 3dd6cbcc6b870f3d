//! The plain average of the parameters.

use crate::rule::{At, Initial, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// The plain average of the parameters, from some update on (Polyak–Ruppert averaging).
    ///
    /// ```text
    /// a ← a + (x′ − a) / max(1, n − 1 − t₀)      x′ = x − u the parameter behind the step, n its updates
    /// ```
    /// The average is the state `ax`. Until update t₀ + 2 it is the parameter itself; from there on all iterates weigh the
    /// same. The last link of a chain: it reads the final update and hands it on.
    ///
    /// Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; its beginning as in
    /// `torch.optim.ASGD`.
    PolyakAverage {
        /// updates t₀ before the average begins
        t0: 0.0, Range::NON_NEGATIVE;
    }
}

impl Rule for PolyakAverage {
    const NAME: &'static str = "polyak_average";
    const STATE: &'static [&'static str] = &["ax"];
    const CONSTANTS: &'static [&'static str] = &["1/max(1, n − 1 − t₀)"];
    const READS_UPDATE: bool = true;
    const AVERAGES: bool = true;
    type State<T> = [T; 1];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let averaged = (step.updates - 1) as f64 - step.value(&self.t0);
        [1.0 / averaged.max(1.0)]
    }

    #[inline(always)]
    fn apply<T: Real>([c]: &[T; 1], At { x, g: u, .. }: At<T>, [a]: &mut [T; 1]) -> T {
        *a = *a + *c * ((x - u) - *a);
        u
    }

    #[inline(always)]
    fn evaluate<T: Real>(_: &[T; 1], _: T, [a]: &[T; 1]) -> T {
        *a
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}
