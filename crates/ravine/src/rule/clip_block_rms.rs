//! Clipping by the root mean square of each parameter.

use super::scaled_by_norm::clips_by_norm;
use crate::{hyper, hyper::Range};

hyper! {
    /// Clips each parameter by its root mean square.
    ///
    /// ```text
    /// u = g · min(1, c/rms(g))      rms(g) = ‖g‖/√d over the d coordinates of the parameter
    /// ```
    /// As [`ClipNorm`](super::ClipNorm), but one bound fits parameters of all sizes. Behind a rule it bounds the mean step of a
    /// coordinate: Adafactor's update clipping.
    ///
    /// Source: Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018, section 6; Optax,
    /// `clip_by_block_rms`.
    ClipBlockRms {
        /// largest root mean square c
        clip_block_rms: f64::INFINITY, Range::BOUND;
    }
}

clips_by_norm! {
    ClipBlockRms: "clip_block_rms", ParameterNorm, "min(1, c/rms(g))";
    clip_block_rms, |step| step.norm / (step.elements as f64).sqrt()
}
