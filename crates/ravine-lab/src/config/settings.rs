use std::fmt;
use std::path::PathBuf;

use super::ConfigError;

/// One value for one key, and where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The dotted key: `epochs`, `model.widths`, `adam.beta1`.
    pub key: String,
    /// The value's text.
    pub value: String,
    /// Where it was given.
    pub origin: Origin,
}

/// Where a setting was given, in the order of rising precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In a configuration file.
    File(PathBuf),
    /// In a variable of the environment, of this name.
    Environment(String),
    /// As `key=value` on the command line.
    Override,
    /// By a flag of its own, of this name.
    Flag(&'static str),
}

impl Origin {
    pub(super) fn precedence(&self) -> u8 {
        match self {
            Origin::File(_) => 0,
            Origin::Environment(_) => 1,
            Origin::Override => 2,
            Origin::Flag(_) => 3,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File(path) => write!(f, "in {}", path.display()),
            Origin::Environment(name) => write!(f, "environment variable {name}"),
            Origin::Override => f.write_str("command line"),
            Origin::Flag(flag) => write!(f, "given by {flag}"),
        }
    }
}

/// Reads `key=value`, as given on the command line.
pub fn parse_override(text: &str) -> Result<Setting, ConfigError> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok(Setting {
            key: key.trim().to_string(),
            value: value.to_string(),
            origin: Origin::Override,
        }),
        _ => Err(ConfigError::NotASetting(text.to_string())),
    }
}
