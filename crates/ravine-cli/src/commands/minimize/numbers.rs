//! Numbers on the command line.

use crate::error::Error;

/// `1,-2.5,3`.
pub(super) fn list(text: &str, flag: &str) -> Result<Vec<f64>, Error> {
    text.split(',').map(|part| number(part, flag)).collect()
}

/// A number at least 0.
pub(super) fn not_negative(text: &str, flag: &str) -> Result<f64, Error> {
    match number(text, flag)? {
        value if value >= 0.0 => Ok(value),
        value => Err(Error::Usage(format!(
            "{flag} is {value}, but must be at least 0"
        ))),
    }
}

/// A number; infinite ones read `inf` and `-inf`.
pub(super) fn number(text: &str, flag: &str) -> Result<f64, Error> {
    let value = text
        .trim()
        .parse()
        .ok()
        .filter(|value: &f64| !value.is_nan());
    value.ok_or_else(|| {
        Error::Usage(format!(
            "{flag}: '{}' is not a number; it is to read like 1.5 or 1e-3, several with commas between them",
            text.trim()
        ))
    })
}
