//! The mean of the last part of a training whose length is known.

use super::toward::average;
use crate::rule::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// α-suffix averaging: the mean of the parameters behind the last α·T of T updates.
    ///
    /// ```text
    /// e ← e + (x′ − e)/max(1, n − ⌊(1 − α)T⌋),   x′ = x − u behind the n-th update
    /// ```
    /// Until the suffix begins it is the parameter itself. The last link of a chain. The average is the state `suffix`.
    ///
    /// Source: Rakhlin, Shamir & Sridharan, "Making Gradient Descent Optimal for Strongly Convex Stochastic Optimization", ICML
    /// 2012, section 5.
    Suffix {
        /// updates T of the whole training
        updates: 1000.0, Range::POSITIVE;
        /// the fraction α of them that is averaged
        alpha: 0.5, Range::new(0.0, true, 1.0, false);
    }
}

impl Suffix {
    fn weight(&self, step: &Step) -> f64 {
        let start = ((1.0 - step.value(&self.alpha)) * step.value(&self.updates)).floor();
        1.0 / (step.updates as f64 - start).max(1.0)
    }
}

average!(Suffix, "suffix", "1/max(1, n − ⌊(1 − α)T⌋)");
