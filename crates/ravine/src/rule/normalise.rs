//! Normalisation by the norm of each parameter.

use super::scaled_by_norm::scaled_by_norm;
use super::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// Divides each parameter's input by its norm, so that only its direction counts.
    ///
    /// ```text
    /// u = g / (‖g‖ + ε)
    /// ```
    /// ‖g‖ is the Euclidean norm over the parameter. Behind it the learning rate is the length of every parameter's step.
    ///
    /// Source: Cortés, "Finite-time convergent gradient flows with applications to network consensus", 2006; You, Li, et al.,
    /// "Block-normalized gradient method", 2017.
    Normalise {
        /// ε, added to the norm
        norm_eps: 1e-6, Range::NON_NEGATIVE;
    }
}

impl Normalise {
    fn scale(&self, step: &Step) -> f64 {
        inverse(step.norm + step.value(&self.norm_eps))
    }
}

/// `1/norm`; 0 for nothing at all, which has no direction.
pub(super) fn inverse(norm: f64) -> f64 {
    if norm > 0.0 { 1.0 / norm } else { 0.0 }
}

scaled_by_norm! { Normalise: "normalise", ParameterNorm, "1/(‖g‖ + ε)"; }
