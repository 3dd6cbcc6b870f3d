use std::fmt;
use std::io;

use ravine_lab::LabError;
use ravine_lab::config::ConfigError;

use crate::exit::Exit;

/// Why a command ended without its result.
#[derive(Debug)]
pub(crate) enum Error {
    Lab(LabError),
    /// Standard output cannot be written.
    Output(io::Error),
    /// The command line asks for something that cannot be.
    Usage(String),
    /// Anything else.
    Other(String),
    /// Interrupted, with how to go on.
    Interrupted {
        what: String,
        cure: String,
    },
}

impl Error {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Error::Usage(_) => Exit::Usage,
            Error::Lab(error) if error.is_usage() => Exit::Usage,
            Error::Interrupted { .. } => Exit::Interrupted,
            Error::Lab(_) | Error::Output(_) | Error::Other(_) => Exit::Error,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Lab(error) => write!(f, "error: {error}"),
            Error::Output(error) => write!(f, "error: cannot write to standard output: {error}"),
            Error::Usage(text) | Error::Other(text) => write!(f, "error: {text}"),
            Error::Interrupted { what, cure } => write!(f, "{what}\n{cure}"),
        }
    }
}

impl From<LabError> for Error {
    fn from(error: LabError) -> Error {
        Error::Lab(error)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Error {
        Error::Lab(error.into())
    }
}
