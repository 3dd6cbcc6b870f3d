//! Which column is the label.

use std::{convert::Infallible, fmt, str::FromStr};

use ravine::suggest::nearest;
use serde::{Deserialize, Serialize};

use super::super::DataError;
use super::rows::Row;

/// Which column of a file is the label. The default is the last.
///
/// As text (in a configuration file or on a command line), an integer is a position and anything else a name; a column whose
/// name is an integer is chosen by its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// By position: 1 is the first column, −1 the last.
    Position(i64),
    /// By its name in the header, exactly.
    Name(String),
}

impl Default for Label {
    fn default() -> Self {
        Label::Position(-1)
    }
}

impl FromStr for Label {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text
            .parse()
            .map_or_else(|_| Label::Name(text.to_owned()), Label::Position))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Position(position) => position.fmt(f),
            Label::Name(name) => name.fmt(f),
        }
    }
}

impl Label {
    /// The index of the label's column, from 0.
    pub(super) fn find(
        &self,
        file: &str,
        first: &Row,
        header: Option<bool>,
    ) -> Result<usize, DataError> {
        let file = file.to_owned();
        match self {
            Label::Position(position) => {
                let columns = first.cells.len();
                let index = match position {
                    1.. => usize::try_from(position - 1).ok(),
                    ..=0 => usize::try_from(position.unsigned_abs())
                        .ok()
                        .filter(|n| *n > 0)
                        .and_then(|n| columns.checked_sub(n)),
                };
                index
                    .filter(|index| *index < columns)
                    .ok_or(DataError::LabelOutside {
                        file,
                        position: *position,
                        columns,
                    })
            }
            Label::Name(name) if header == Some(false) => Err(DataError::LabelWithoutHeader {
                file,
                name: name.clone(),
            }),
            Label::Name(name) => {
                let columns: Vec<String> = first
                    .cells
                    .iter()
                    .map(|cell| cell.trim().to_owned())
                    .collect();
                let mut found = (0..columns.len()).filter(|i| columns[*i] == name.trim());
                match (found.next(), found.count()) {
                    (Some(index), 0) => Ok(index),
                    (Some(_), others) => Err(DataError::LabelAmbiguous {
                        file,
                        name: name.clone(),
                        count: others + 1,
                    }),
                    (None, _) => {
                        let suggestion =
                            nearest(name, columns.iter().map(String::as_str)).map(String::from);
                        Err(DataError::LabelUnknown {
                            file,
                            name: name.clone(),
                            suggestion,
                            columns,
                        })
                    }
                }
            }
        }
    }
}
