//! The directory a run leaves behind: what it was asked, what it did, what came out.
//!
//! ```text
//! config.toml     everything resolved; `--config` reads it
//! meta.json       version, machine, data, seeds, command, start, end, exit
//! metrics.jsonl   one finished run a line, appended as it happens
//! compare.json    the result
//! report.html     the page
//! lock            held while a process works here; released by the system when it ends, however it ends
//! ```
//!
//! Files other than metrics.jsonl are written beside their place and renamed into it, so that they are whole or absent.
//! metrics.jsonl only grows; a kill can cut short its last line, which is dropped when the directory is opened again.

mod difference;
mod log;
mod meta;
mod replace;

pub use log::Line;
pub use meta::{DataRecord, Meta, Seeds};
pub use replace::write as replace;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use self::log::Log;
use crate::LabError;
use crate::config::Config;

/// A run directory, held by this process until dropped.
pub struct RunDir {
    path: PathBuf,
    log: Log,
    finished: Vec<Line>,
    meta: Meta,
    _lock: File,
}

impl RunDir {
    /// Opens the run directory at `path` for `config`, making it where there is none.
    ///
    /// A directory that holds the same configuration is continued: [`RunDir::finished`] has what was done before, and its
    /// record keeps the command and the start of the first process. An error where it holds another configuration, other
    /// data, another version, something else altogether, or another process.
    pub fn open(path: &Path, config: &Config, meta: Meta) -> Result<RunDir, LabError> {
        fs::create_dir_all(path).map_err(LabError::io("create", path))?;
        let config_path = path.join("config.toml");
        if !config_path.exists() && holds_something_else(path)? {
            return Err(LabError::NotARunDirectory {
                path: path.to_path_buf(),
            });
        }
        let lock = lock(path)?;
        let text = config.to_toml();
        let meta = match fs::read_to_string(&config_path) {
            Ok(before) => meta.continuing(Meta::read(path)?, path, &before, &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // In this order: whoever finds config.toml finds meta.json.
                replace::write(&path.join("meta.json"), &meta.to_json())?;
                replace::write(&config_path, text.as_bytes())?;
                meta
            }
            Err(error) => return Err(LabError::io("read", &config_path)(error)),
        };
        replace::write(&path.join("meta.json"), &meta.to_json())?;
        let (log, finished) = Log::open(&path.join("metrics.jsonl"))?;
        Ok(RunDir {
            path: path.to_path_buf(),
            log,
            finished,
            meta,
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The record of the run: of its first process, where it was continued.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// What was finished before the directory was opened, in the order in which it was.
    pub fn finished(&self) -> &[Line] {
        &self.finished
    }

    /// Appends a finished run.
    pub fn append(&mut self, line: &Line) -> Result<(), LabError> {
        self.log.append(line)
    }

    /// Puts a file of this name and content in place.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), LabError> {
        replace::write(&self.path.join(name), content)
    }

    /// Records how the run ended.
    pub fn end(&mut self, exit: &str) -> Result<(), LabError> {
        self.meta.end = Some(crate::clock::Moment::now().rfc3339());
        self.meta.exit = Some(exit.to_string());
        self.write("meta.json", &self.meta.to_json())
    }
}

/// Whether the directory holds a file no beginning run would leave.
fn holds_something_else(path: &Path) -> Result<bool, LabError> {
    let entries = fs::read_dir(path).map_err(LabError::io("read", path))?;
    for entry in entries {
        let name = entry.map_err(LabError::io("read", path))?.file_name();
        let ours =
            ["lock", "meta.json"].iter().any(|&ours| name == ours) || replace::is_leftover(&name);
        if !ours {
            return Ok(true);
        }
    }
    Ok(false)
}

fn lock(path: &Path) -> Result<File, LabError> {
    let lock_path = path.join("lock");
    let file = File::create(&lock_path).map_err(LabError::io("write", &lock_path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LabError::InUse {
            path: path.to_path_buf(),
        }),
        // Some network file systems have no locks; there the user is trusted not to start twice.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {
            Ok(file)
        }
        Err(TryLockError::Error(error)) => Err(LabError::io("lock", &lock_path)(error)),
    }
}
