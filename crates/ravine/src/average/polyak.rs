//! The mean of all iterates, or of a tail of them.

use super::toward::average;
use crate::rule::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// Polyak–Ruppert averaging: the mean of the parameters behind every step, from the update `start` on (tail averaging).
    ///
    /// ```text
    /// e ← e + (x′ − e)/max(1, n − start),   x′ = x − u behind the n-th update
    /// ```
    /// Up to `start` it is the parameter itself. The last link of a chain. The average is the state `polyak`.
    ///
    /// Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; Ruppert 1988. The tail: Jain et
    /// al., "Parallelizing Stochastic Gradient Descent for Least Squares Regression", JMLR 2018.
    Polyak {
        /// updates before averaging begins
        start: 0.0, Range::NON_NEGATIVE;
    }
}

impl Polyak {
    fn weight(&self, step: &Step) -> f64 {
        1.0 / (step.updates as f64 - step.value(&self.start).floor()).max(1.0)
    }
}

average!(Polyak, "polyak", "1/max(1, n − start)");
