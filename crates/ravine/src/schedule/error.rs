//! What can be wrong with a schedule.

use thiserror::Error;

/// Why a schedule was refused. Every message is one line that names the culprit and the cure.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The text does not follow the grammar.
    #[error("schedule `{text}`: expected {expected} at character {column}, found {found}")]
    Syntax {
        /// The whole text.
        text: String,
        /// Where it went wrong, in characters from 1.
        column: usize,
        /// What would have fitted.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// No schedule has this name.
    #[error("unknown schedule `{name}`: {}", hint(nearest, known))]
    UnknownKind {
        /// The name that was given.
        name: String,
        /// The schedule whose name is nearest, if one is near.
        nearest: Option<&'static str>,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// The schedule has no argument of this name.
    #[error("{kind} has no argument `{argument}`: {}", hint(nearest, known))]
    UnknownArgument {
        /// The schedule.
        kind: &'static str,
        /// The name that was given.
        argument: String,
        /// The argument whose name is nearest, if one is near.
        nearest: Option<&'static str>,
        /// The arguments there are.
        known: Vec<&'static str>,
    },
    /// More arguments by position than the schedule has.
    #[error("{kind} has {} arguments ({}), and `{extra}` is one too many", known.len(), known.join(", "))]
    ExtraArgument {
        /// The schedule.
        kind: &'static str,
        /// The first argument too many.
        extra: String,
        /// The arguments there are.
        known: Vec<&'static str>,
    },
    /// An argument without a default was left out.
    #[error("{kind} needs `{argument}`, as in {example}")]
    MissingArgument {
        /// The schedule.
        kind: &'static str,
        /// What is missing.
        argument: &'static str,
        /// The schedule written in full.
        example: &'static str,
    },
    /// An argument was given twice.
    #[error("{kind} is given `{argument}` twice: leave one out")]
    RepeatedArgument {
        /// The schedule.
        kind: &'static str,
        /// What is given twice.
        argument: &'static str,
    },
    /// An argument has a value that it cannot have.
    #[error("{kind}: `{argument}` must be {needs}, not {value}")]
    BadArgument {
        /// The schedule.
        kind: &'static str,
        /// The argument.
        argument: &'static str,
        /// The value that was given, as text.
        value: String,
        /// What it may be.
        needs: String,
    },
    /// Schedules are nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error(
        "{kind}: schedules may be nested {} deep, and this one is deeper: join stages in one sequence",
        super::MAX_DEPTH
    )]
    TooDeep {
        /// The schedule at which the limit is passed.
        kind: &'static str,
    },
}

fn hint(nearest: &Option<&'static str>, known: &[&'static str]) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}
