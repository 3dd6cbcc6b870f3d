//! Normalisation by the root mean square of each parameter.

use super::normalise::inverse;
use super::scaled_by_norm::scaled_by_norm;
use super::Step;
use crate::{hyper, hyper::Range};

hyper! {
    /// Gives each parameter's input the same root mean square.
    ///
    /// ```text
    /// u = ρ·g·√n / ‖g‖      n the coordinates of the parameter
    /// ```
    /// Behind it the learning rate, times ρ, is what the coordinates of every parameter move by, on average. Zero stays zero.
    ///
    /// Source: the linear minimisation oracle of the RMS norm, Pethick et al., "Training Deep Learning Models with
    /// Norm-Constrained LMOs", ICML 2025, table 2.
    NormaliseRms {
        /// root mean square ρ of the output
        rms: 1.0, Range::POSITIVE;
    }
}

impl NormaliseRms {
    fn scale(&self, step: &Step) -> f64 {
        step.value(&self.rms) * (step.elements as f64).sqrt() * inverse(step.norm)
    }
}

scaled_by_norm! { NormaliseRms: "normalise_rms", ParameterNorm, "ρ√n/‖g‖"; }
