//! The average of `torch.optim.ASGD`.

use super::toward::average;
use crate::rule::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// The average that `torch.optim.ASGD` keeps, under its names: [`Polyak`](super::Polyak) with `start` = t₀ + 1.
    ///
    /// ```text
    /// a ← a + (x′ − a)/max(1, n − 1 − t₀),   x′ = x − u behind the n-th update
    /// ```
    /// Until update t₀ + 2 it is the parameter itself. The last link of a chain. The average is the state `ax`.
    ///
    /// Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; PyTorch.
    AsgdAverage {
        /// updates t₀ before averaging begins, less one
        t0: 1e6, Range::NON_NEGATIVE;
    }
}

impl AsgdAverage {
    fn weight(&self, step: &Step) -> f64 {
        1.0 / (step.updates as f64 - 1.0 - step.value(&self.t0)).max(1.0)
    }
}

average!(AsgdAverage, "ax", "1/max(1, n − 1 − t₀)");
