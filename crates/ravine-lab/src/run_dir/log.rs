use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::LabError;
use crate::compare::{Curve, Trial};

/// One line of metrics.jsonl: a finished run, and its curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The run and its results.
    pub trial: Trial,
    /// What it passed through.
    pub curve: Curve,
    /// Seconds the whole comparison had taken when this run finished, all its processes together.
    pub elapsed: f64,
}

/// metrics.jsonl, open for appending.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Log {
    /// Opens or makes the log, and returns what it holds. A last line cut short by a kill is cut off.
    pub(super) fn open(path: &Path) -> Result<(Log, Vec<Line>), LabError> {
        let read = LabError::io("read", path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(LabError::io("write", path))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(read)?;
        let (lines, length) = parse(&bytes).map_err(|(line, error)| LabError::Damaged {
            path: path.to_path_buf(),
            reason: format!(
                "line {line} is not a finished run ({error}); remove that line to have the run made again"
            ),
        })?;
        file.set_len(length as u64)
            .map_err(LabError::io("write", path))?;
        file.seek(SeekFrom::Start(length as u64))
            .map_err(LabError::io("write", path))?;
        let log = Log {
            path: path.to_path_buf(),
            file,
            length: length as u64,
        };
        Ok((log, lines))
    }

    pub(super) fn append(&mut self, line: &Line) -> Result<(), LabError> {
        let mut text =
            serde_json::to_vec(line).map_err(|error| LabError::Internal(error.to_string()))?;
        text.push(b'\n');
        let written = self.file.write_all(&text);
        written.map_err(|error| {
            // Half a line of a failed write would otherwise run into the next one that succeeds.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            LabError::io("write", &self.path)(error)
        })?;
        self.length += text.len() as u64;
        Ok(())
    }
}

/// The whole lines in `bytes` and their length, or the number of the line that is not one.
fn parse(bytes: &[u8]) -> Result<(Vec<Line>, usize), (usize, serde_json::Error)> {
    let mut lines = Vec::new();
    let mut length = 0;
    for (number, text) in bytes.split_inclusive(|&b| b == b'\n').enumerate() {
        if text.last() != Some(&b'\n') {
            break;
        }
        let line = serde_json::from_slice(text).map_err(|error| (number + 1, error))?;
        lines.push(line);
        length += text.len();
    }
    Ok((lines, length))
}
