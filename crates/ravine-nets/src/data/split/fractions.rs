//! How large the parts of a split are.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::DataError;

/// Which fraction of the rows trains, validates and tests. The default is 0.6, 0.2 and 0.2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fractions {
    /// Fraction of the training part.
    pub train: f64,
    /// Fraction of the validation part.
    pub validation: f64,
    /// Fraction of the test part.
    pub test: f64,
}

impl Default for Fractions {
    fn default() -> Self {
        Fractions {
            train: 0.6,
            validation: 0.2,
            test: 0.2,
        }
    }
}

impl fmt::Display for Fractions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.train, self.validation, self.test)
    }
}

impl Fractions {
    /// The fractions, without what rounding has left of their sum.
    pub(super) fn normalized(self) -> Result<[f64; 3], DataError> {
        let fractions = [self.train, self.validation, self.test];
        let sum: f64 = fractions.iter().sum();
        if fractions.iter().all(|fraction| *fraction > 0.0) && (sum - 1.0).abs() < 1e-6 {
            Ok(fractions.map(|fraction| fraction / sum))
        } else {
            Err(DataError::Fractions { fractions: self })
        }
    }
}
