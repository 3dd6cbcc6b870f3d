//! A mean of the iterates in which later ones weigh more.

use super::toward::average;
use crate::rule::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// Polynomial-decay averaging: the n-th iterate weighs about n^γ.
    ///
    /// ```text
    /// e ← e + (γ + 1)/(n + γ) · (x′ − e),   x′ = x − u behind the n-th update
    /// ```
    /// γ = 0 is [`Polyak`](super::Polyak)'s mean; γ = 8 is what DoG is used with. It needs no length of the training. The last
    /// link of a chain. The average is the state `polynomial`.
    ///
    /// Source: Shamir & Zhang, "Stochastic Gradient Descent for Non-smooth Optimization", ICML 2013, section 4, with their η = γ.
    Polynomial {
        /// degree γ
        gamma: 8.0, Range::NON_NEGATIVE;
    }
}

impl Polynomial {
    fn weight(&self, step: &Step) -> f64 {
        let gamma = step.value(&self.gamma);
        (gamma + 1.0) / (step.updates as f64 + gamma)
    }
}

average!(Polynomial, "polynomial", "(γ + 1)/(n + γ)");
