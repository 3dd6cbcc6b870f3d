//! What can be wrong with a request for a problem.

use std::fmt;

use super::Dimensions;

/// Why there is no such problem.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// None has this name.
    #[error("no problem is called {name}{}", did_you_mean(*nearest))]
    Unknown {
        /// The name.
        name: String,
        /// The nearest of those that there are.
        nearest: Option<&'static str>,
    },

    /// It is not for so many variables.
    #[error("{name} has {dimensions}, not {n}")]
    Dimension {
        /// The problem.
        name: &'static str,
        /// The number of variables asked for.
        n: usize,
        /// Those that there are.
        dimensions: Dimensions,
    },

    /// A parameter is outside its range.
    #[error("{name} is {value}, but must be {range}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

impl fmt::Display for Dimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            let s = if self.least == 1 { "" } else { "s" };
            return write!(f, "{} variable{s}", self.least);
        }
        write!(f, "{} to {} variables", self.least, self.most)?;
        if self.multiple_of > 1 {
            write!(f, " (multiples of {})", self.multiple_of)?;
        }
        Ok(())
    }
}
