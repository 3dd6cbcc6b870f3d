//! Clipping by the norm of each parameter.

use super::scaled_by_norm::clips_by_norm;
use crate::{hyper, hyper::Range};

hyper! {
    /// Clips each parameter by its own norm.
    ///
    /// ```text
    /// u = g · min(1, c/‖g‖)
    /// ```
    /// ‖g‖ is the Euclidean norm over the parameter. A shorter gradient passes unchanged, to the bit; PyTorch
    /// divides by ‖g‖ + 1e-6 instead, so its result is shorter than c by a millionth.
    ///
    /// [`ClipGlobalNorm`](super::ClipGlobalNorm) keeps the direction of the whole gradient; this one does not.
    ClipNorm {
        /// largest norm c of a parameter's gradient
        clip_norm: f64::INFINITY, Range::BOUND;
    }
}

clips_by_norm! {
    ClipNorm: "clip_norm", ParameterNorm, "min(1, c/‖g‖)";
    clip_norm, |step| step.norm
}
