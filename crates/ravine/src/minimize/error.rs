//! What can be wrong with a task, before the first step.

/// Why a method could not begin.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The starting point has no coordinates.
    #[error("the start is empty: a function of no variables has no minimum to look for")]
    Empty,

    /// The function has another number of variables.
    #[error("the start has {found} coordinates, but the function has {expected} variables")]
    Dimension {
        /// The function's.
        expected: usize,
        /// The start's.
        found: usize,
    },

    /// A coordinate of the start is infinite or NaN.
    #[error("coordinate {coordinate} of the start is {value}; it must be a finite number")]
    Start {
        /// Which, from 0.
        coordinate: usize,
        /// Its value.
        value: f64,
    },

    /// Bounds that no point lies between, or too few of them.
    #[error("{0}")]
    Bounds(String),

    /// A set or a term that is impossible, or that is one of another number of variables.
    #[error("{0}")]
    Set(String),

    /// The method cannot keep to bounds.
    #[error("{method} does not keep to bounds; methods that do: {instead}")]
    NoBounds {
        /// The method.
        method: String,
        /// Some that do.
        instead: &'static str,
    },

    /// The method needs more of the objective than it has.
    #[error("{method} needs {what}")]
    Needs {
        /// The method.
        method: String,
        /// What it needs.
        what: &'static str,
    },

    /// An option outside its range.
    #[error("{name} is {value}, but must be {range}")]
    Option {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        range: &'static str,
    },

    /// No method of this name.
    #[error("{0}")]
    Unknown(String),
}

impl Error {
    /// `Ok` if `holds`; otherwise says that the option's value is not in its range. A NaN holds nowhere.
    pub(super) fn unless(
        holds: bool,
        name: &'static str,
        value: f64,
        range: &'static str,
    ) -> Result<(), Self> {
        if holds {
            Ok(())
        } else {
            Err(Self::Option { name, value, range })
        }
    }

    /// `Ok` if an option is above 0 and finite.
    pub(super) fn unless_positive(name: &'static str, value: f64) -> Result<(), Self> {
        let holds = value > 0.0 && value.is_finite();
        Self::unless(holds, name, value, "a positive number")
    }

    /// `Ok` for a number of things to remember that a method can do with.
    pub(super) fn unless_memory(memory: usize) -> Result<(), Self> {
        let range = "between 1 and 1,000";
        Self::unless((1..=1000).contains(&memory), "memory", memory as f64, range)
    }
}
