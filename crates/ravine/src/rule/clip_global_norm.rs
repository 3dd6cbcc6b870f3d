//! Clipping by the global norm.

use super::scaled_by_norm::clips_by_norm;
use crate::{hyper, hyper::Range};

hyper! {
    /// Clips by the norm of all parameters together, which keeps the gradient's direction.
    ///
    /// ```text
    /// u = g · min(1, c/‖g‖)
    /// ```
    /// ‖g‖ is the Euclidean norm over all parameters of the step. A shorter gradient passes unchanged, to the bit; PyTorch
    /// divides by ‖g‖ + 1e-6 instead, so its result is shorter than c by a millionth.
    ///
    /// Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
    ClipGlobalNorm {
        /// largest norm c of the whole gradient
        clip_global_norm: f64::INFINITY, Range::BOUND;
    }
}

clips_by_norm! {
    ClipGlobalNorm: "clip_global_norm", GlobalNorm, "min(1, c/‖g‖)";
    clip_global_norm, |step| step.norm
}
