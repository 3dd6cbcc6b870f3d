use std::path::Path;

use serde::{Deserialize, Serialize};

use super::difference::differences;
use crate::LabError;
use crate::machine::Machine;

/// meta.json: who made the run, of what, when, and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The format: `ravine.meta/1`.
    pub schema: String,
    /// Ravine's version.
    pub version: String,
    /// The command line, as it can be typed again.
    pub command: String,
    /// The machine.
    pub machine: Machine,
    /// Runs at a time.
    pub jobs: usize,
    /// The data, as it was read.
    pub data: DataRecord,
    /// The seeds.
    pub seeds: Seeds,
    /// When the first process began, UTC.
    pub start: String,
    /// When the last process ended, UTC; null while one works, or when it was killed.
    pub end: Option<String>,
    /// How the last process ended: `done`, `interrupted`, or an error; null like `end`.
    pub exit: Option<String>,
}

/// The data a run was made on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataRecord {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Columns without the label.
    pub features: usize,
    /// A hash of its content, in hexadecimal: a file that changed is another data set.
    pub fingerprint: String,
}

/// The seeds of the runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seeds {
    /// Those that chose the learning rates.
    pub tuning: Vec<u64>,
    /// Those of the reported numbers.
    pub reporting: Vec<u64>,
}

impl Meta {
    pub(super) fn read(dir: &Path) -> Result<Meta, LabError> {
        let path = dir.join("meta.json");
        let text = std::fs::read(&path).map_err(LabError::io("read", &path))?;
        serde_json::from_slice(&text).map_err(|error| LabError::Damaged {
            path,
            reason: format!(
                "{error}; the directory cannot be continued: choose another with --out"
            ),
        })
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).unwrap_or_default();
        text.push(b'\n');
        text
    }

    /// The record of a process that goes on with what `before` began, if their numbers would be the same.
    pub(super) fn continuing(
        self,
        before: Meta,
        dir: &Path,
        config_before: &str,
        config: &str,
    ) -> Result<Meta, LabError> {
        let mut differences = differences(config_before, config);
        let mut compare = |what: &str, before: &str, now: &str| {
            if before != now {
                differences.push(format!("  {what}: {before} there, {now} now"));
            }
        };
        compare("ravine's version", &before.version, &self.version);
        compare(
            "content of the data (hash)",
            &before.data.fingerprint,
            &self.data.fingerprint,
        );
        if !differences.is_empty() {
            return Err(LabError::DifferentConfig {
                path: dir.to_path_buf(),
                differences,
            });
        }
        Ok(Meta {
            command: before.command,
            start: before.start,
            ..self
        })
    }
}
