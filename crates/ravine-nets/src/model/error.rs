//! What can be wrong with the description of a network.

/// A network was described in words that are not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A name that is not one of those known.
    #[error("unknown {what} '{name}'; {}", hint(.suggestion, .known))]
    Unknown {
        /// What was to be named: "model", "activation", …
        what: &'static str,
        /// The name.
        name: String,
        /// The known name that it may have been meant for.
        suggestion: Option<&'static str>,
        /// All known names.
        known: Vec<&'static str>,
    },
    /// A setting whose value cannot be used.
    #[error("{key}={value}: {reason}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Its value.
        value: String,
        /// Why it cannot be used, and what can.
        reason: &'static str,
    },
    /// Words that do not describe a network.
    #[error("'{text}': {reason}")]
    Text {
        /// The words.
        text: String,
        /// What is wrong with them.
        reason: &'static str,
    },
}

fn hint(suggestion: &Option<&str>, known: &[&str]) -> String {
    match suggestion {
        Some(name) => format!("did you mean '{name}'?"),
        None => format!("known: {}", known.join(", ")),
    }
}

impl ModelError {
    /// An unknown name, with the nearest known one if it is near enough to be a slip.
    pub(crate) fn unknown(what: &'static str, name: &str, known: Vec<&'static str>) -> Self {
        let suggestion = ravine::suggest::nearest(name, known.iter().copied());
        Self::Unknown {
            what,
            name: name.to_owned(),
            suggestion,
            known,
        }
    }
}
