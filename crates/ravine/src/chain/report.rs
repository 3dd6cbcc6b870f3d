//! What a step tells.

use crate::error::NonFiniteValues;

/// What happened in one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepReport {
    /// Steps done, this one included (unless it was skipped).
    pub step: u64,
    /// The learning rate of this step, outside any group; `None` for a chain without one.
    pub learning_rate: Option<f64>,
    /// Euclidean norm of all gradients together, before any link; non-finite coordinates are left out.
    pub gradient_norm: f64,
    /// Euclidean norm of all updates together.
    pub update_norm: f64,
    /// Whether a link shortened what it was given to a norm.
    pub clipped: bool,
    /// Whether the step was skipped because a gradient was not finite.
    pub skipped: bool,
    /// Whether the gradients were only gathered, for a step to come: see
    /// [`Optimizer::with_accumulation`](crate::Optimizer::with_accumulation).
    pub gathered: bool,
    /// The parameters whose gradients were not finite.
    pub non_finite: Vec<NonFiniteValues>,
    /// Where a link could not do what it should, and did something else.
    pub fallbacks: Vec<Fallback>,
    /// The parameters that this step made infinite or NaN, though their gradients were finite.
    pub diverged: Vec<NonFiniteValues>,
}

/// A link that could not do what it should for a parameter: a decomposition that failed, for instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The link.
    pub link: &'static str,
    /// The parameter.
    pub parameter: String,
    /// What failed, and what was done instead.
    pub reason: String,
}
