//! Methods and step sizes by name, with options by name.

mod methods;
mod sensible;
mod setting;
mod step_sizes;

pub use methods::{FAMILIES, Named, methods, named};
pub use sensible::sensible;
pub use setting::Setting;
pub use step_sizes::{NamedStepSize, named_step_size, step_sizes};

use super::Error;
use crate::suggest::nearest;

fn unknown(kind: &str, name: &str, known: impl Iterator<Item = &'static str> + Clone) -> Error {
    let hint = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("there are: {}", known.collect::<Vec<_>>().join(", ")),
    };
    Error::Unknown(format!("unknown {kind} '{name}'; {hint}"))
}
