//! The way to the minimum, written as it happens: one JSON object a line.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ravine::minimize::Progress;
use serde_json::json;

use super::answer::counts;
use crate::error::Error;

/// Points with more coordinates than this are left out.
const SHOWN: usize = 100;

pub(super) struct Trace {
    path: PathBuf,
    file: File,
    failed: Option<io::Error>,
}

impl Trace {
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path);
        let file = file.map_err(|error| cannot_write(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            failed: None,
        })
    }

    /// Writes an iteration; whether that went well.
    pub fn write(&mut self, progress: &Progress<'_, f64>) -> bool {
        let mut line = json!({
            "iteration": progress.iteration,
            "value": progress.value,
            "gradient_norm": progress.gradient_norm,
            "step_size": progress.step_size,
            "evaluations": counts(&progress.evaluations),
        });
        if progress.x.len() <= SHOWN {
            line["x"] = json!(progress.x);
        }
        if let Err(error) = writeln!(self.file, "{line}") {
            self.failed.get_or_insert(error);
        }
        self.failed.is_none()
    }

    pub fn end(self) -> Result<(), Error> {
        match self.failed {
            Some(error) => Err(cannot_write(&self.path, &error)),
            None => Ok(()),
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::Other(format!(
        "cannot write the trace {}: {error}",
        path.display()
    ))
}
