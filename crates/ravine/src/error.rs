//! What can go wrong, each with its culprit and its cure.

use std::fmt;
use std::path::PathBuf;

use crate::hyper::Range;
use crate::schedule::ScheduleError;
use crate::suggest::nearest;

/// An error of this library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A hyper-parameter's value lies outside its range.
    #[error("{name} is {value}{at}, but must be in {range}", at = .step.map(|step| format!(" at step {step}")).unwrap_or_default())]
    OutOfRange {
        /// The hyper-parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The values it may have.
        range: Range,
        /// The step at which a schedule gave the value.
        step: Option<u64>,
    },

    /// A schedule leaves its hyper-parameter's range.
    #[error("{name} is {schedule}, which reaches {value}, but must be in {range}")]
    ScheduleOutOfRange {
        /// The hyper-parameter.
        name: &'static str,
        /// The schedule.
        schedule: String,
        /// The value outside.
        value: f64,
        /// The values it may have.
        range: Range,
    },

    /// A text is neither a number nor a schedule.
    #[error(
        "'{text}' is neither a number nor a schedule such as cosine(from=0.1, to=0, steps=1000)"
    )]
    NotANumber {
        /// The text.
        text: String,
    },

    /// A schedule's text or arguments are wrong.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),

    /// A name that nothing has.
    #[error("unknown {kind} '{name}'{hint}", hint = hint(.suggestion.as_deref(), .known))]
    Unknown {
        /// What the name was to name.
        kind: String,
        /// The name.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
        /// All known names.
        known: Vec<String>,
    },

    /// A word that a choice does not offer.
    #[error("{name} is '{value}', but must be one of: {choices}", choices = .choices.join(", "))]
    NotAChoice {
        /// The choice.
        name: String,
        /// The word given.
        value: String,
        /// The words it offers.
        choices: Vec<String>,
    },

    /// A link that reads the final update has a link behind it that changes the update.
    #[error(
        "{link} reads the final update, so it must stand at the end of the chain, but {behind} stands behind it"
    )]
    NotLast {
        /// The link that must be last.
        link: &'static str,
        /// The link behind it.
        behind: &'static str,
    },

    /// A link needs the loss of the step, and the one given is not finite.
    #[error("{link} needs the loss of each step, and this one's is {loss}")]
    BadLoss {
        /// The link.
        link: &'static str,
        /// The loss.
        loss: f64,
    },

    /// A link needs the loss of the step, and the caller did not give it.
    #[error("{link} needs the loss of each step; give it with `set_loss` before the step")]
    NoLoss {
        /// The link.
        link: &'static str,
    },

    /// A link needs an estimate of the Hessian's diagonal, and the caller did not give it.
    #[error(
        "{link} needs an estimate of the Hessian's diagonal of parameter '{parameter}' in this step; make one from a Hessian-vector product with `curvature::hutchinson`, and give it with `Parameter::hessian`"
    )]
    NoHessian {
        /// The link.
        link: &'static str,
        /// The parameter.
        parameter: String,
    },

    /// The parameters hold an average, so that they cannot be trained.
    #[error("parameter '{parameter}' holds an average for evaluation; call `swap_out` first")]
    Averaged {
        /// The parameter.
        parameter: String,
    },

    /// Parameters lie where something does not work.
    #[error("{what} on {only} only, but the parameters are worked on as tensors of {found}")]
    Device {
        /// What does not work, as the beginning of a sentence.
        what: &'static str,
        /// Where it would.
        only: &'static str,
        /// Where the parameter lies.
        found: String,
    },

    /// The arrays handed to a step do not fit each other or what the optimiser knows.
    #[error("parameter '{parameter}': {problem}")]
    Parameter {
        /// The parameter.
        parameter: String,
        /// What is wrong, and what would be right.
        problem: String,
    },

    /// Gradients hold infinities or NaN, and the policy is to stop.
    #[error("step {step}: {}; {}", NonFiniteIn("the gradient is", .gradients), if *.untouched { "nothing was changed" } else { "these coordinates were left as they were, all others were updated" })]
    NonFinite {
        /// The step, counted from 1.
        step: u64,
        /// The parameters concerned.
        gradients: Vec<NonFiniteValues>,
        /// Whether no parameter was changed.
        untouched: bool,
    },

    /// A step made parameters infinite or NaN from finite gradients, and the policy is to stop: the learning rate is too
    /// large, or ε too small.
    #[error("step {step}: {}; the learning rate may be too large", NonFiniteIn("the update is", .parameters))]
    Diverged {
        /// The step, counted from 1.
        step: u64,
        /// The parameters concerned.
        parameters: Vec<NonFiniteValues>,
    },

    /// A saved state does not belong to this optimiser. Nothing was changed.
    #[error("the saved state does not fit this optimiser, and nothing was loaded:{}", .problems.iter().map(|problem| format!("\n  - {problem}")).collect::<String>())]
    Mismatch {
        /// Everything that does not fit.
        problems: Vec<String>,
    },

    /// A file is not a saved optimiser.
    #[error("not a saved optimiser state: {reason}")]
    Format {
        /// What is wrong with it.
        reason: String,
    },

    /// A file could not be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// A name that is not among the known ones, with the nearest of them.
    pub fn unknown<'a>(
        kind: impl Into<String>,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<String> = known.into_iter().map(String::from).collect();
        let suggestion = nearest(name, known.iter().map(String::as_str)).map(String::from);
        Self::Unknown {
            kind: kind.into(),
            name: name.into(),
            suggestion,
            known,
        }
    }
}

fn hint(suggestion: Option<&str>, known: &[String]) -> String {
    match suggestion {
        Some(name) => format!("; did you mean '{name}'?"),
        None if known.is_empty() => "; there are none".into(),
        None => format!("; known: {}", known.join(", ")),
    }
}

/// Infinities and NaN in one parameter, or in its gradient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonFiniteValues {
    /// The parameter.
    pub parameter: String,
    /// How many coordinates.
    pub count: usize,
}

struct NonFiniteIn<'a>(&'static str, &'a [NonFiniteValues]);

impl fmt::Display for NonFiniteIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} not finite in ", self.0)?;
        for (index, values) in self.1.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let many = if values.count == 1 { "" } else { "s" };
            write!(
                f,
                "{comma}'{}' ({} coordinate{many})",
                values.parameter, values.count
            )?;
        }
        Ok(())
    }
}
