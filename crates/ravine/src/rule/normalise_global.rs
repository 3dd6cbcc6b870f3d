//! Normalisation by the global norm.

use super::normalise::inverse;
use super::scaled_by_norm::scaled_by_norm;
use super::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// Divides the input by the norm of all parameters together: normalised gradient descent.
    ///
    /// ```text
    /// u = g / (‖g‖ + ε)
    /// ```
    /// ‖g‖ is the Euclidean norm over all parameters of the step. Behind it the learning rate is the length of the step, which
    /// gets across plateaus and saddles as fast as across slopes.
    ///
    /// Source: Hazan, Levy & Shalev-Shwartz, "Beyond Convexity: Stochastic Quasi-Convex Optimization", NeurIPS 2015; Optax,
    /// `normalize_by_update_norm`.
    NormaliseGlobal {
        /// ε, added to the norm
        norm_eps: 1e-6, Range::NON_NEGATIVE;
    }
}

impl NormaliseGlobal {
    fn scale(&self, step: &Step) -> f64 {
        inverse(step.norm + step.value(&self.norm_eps))
    }
}

scaled_by_norm! { NormaliseGlobal: "normalise_global", GlobalNorm, "1/(‖g‖ + ε)"; }
