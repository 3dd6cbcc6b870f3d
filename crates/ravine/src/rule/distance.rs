//! What the methods share that estimate the distance D from the initial point to a solution.

use super::{Step, power};
use crate::hyper::Range;

/// The first numbers that such a method remembers: d for the next step, and d as it is in the present one.
pub(super) const D: usize = 0;
/// See [`D`].
pub(super) const D_NOW: usize = 1;

/// `[1, ∞]`: by which factor d may grow in a step.
pub(super) const GROWTH_RATE: Range = Range::new(1.0, false, f64::INFINITY, false);

/// The d of this step, whether or not the sums that make the next one are known.
pub(super) fn present(step: &Step) -> f64 {
    step.memory[if step.is_measured() { D_NOW } else { D }]
}

/// The d behind an estimate: it never shrinks, and grows by at most the factor `growth_rate`.
pub(super) fn grown(d: f64, estimate: f64, growth_rate: f64) -> f64 {
    if estimate > d {
        estimate.min(d * growth_rate)
    } else {
        d
    }
}

/// `√(1 − β₂ᵗ) / (1 − β₁ᵗ)`, Adam's bias corrections as one factor. t counts the optimiser's steps, because the step size
/// that it acts on is one for all parameters.
pub(super) fn adam_correction(step: &Step, beta1: f64, beta2: f64) -> f64 {
    let t = step.index + 1;
    (1.0 - power(beta2, t)).sqrt() / (1.0 - power(beta1, t))
}
