use std::path::{Path, PathBuf};

use ravine_nets::data::DataError;

use crate::config::ConfigError;

/// Why an experiment did not start or did not end. Every message is one line or a list, names the culprit and the cure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// The configuration does not hold together.
    #[error(transparent)]
    Config(#[from] ConfigError),

    /// The data could not be read or cannot be used.
    #[error("{0}")]
    Data(DataError),

    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}{}", path.display(), cure(source, path))]
    Io {
        /// What was tried: "write", "read", "create".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },

    /// A file of a run directory holds what no run writes.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },

    /// The directory holds something other than a run.
    #[error(
        "{} is not empty and not a run directory (it has no config.toml): choose another with --out",
        path.display()
    )]
    NotARunDirectory {
        /// The directory.
        path: PathBuf,
    },

    /// Another process works in the directory.
    #[error("{} is in use by another process: wait for it, or choose another directory with --out", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },

    /// The directory holds a run of another configuration.
    #[error("{} holds a run of a different configuration; give that one, or another directory with --out:\n{}", path.display(), differences.join("\n"))]
    DifferentConfig {
        /// The directory.
        path: PathBuf,
        /// One line for each value that differs.
        differences: Vec<String>,
    },

    /// A run could not be made at all (as opposed to one that diverged, which is a result).
    #[error("run {trial}: {reason}")]
    Trial {
        /// The run's name.
        trial: String,
        /// Why.
        reason: String,
    },

    /// Asked to stop, and stopped; finished runs are saved.
    #[error("interrupted: {done} of {total} runs are saved in {}", path.display())]
    Interrupted {
        /// Finished runs.
        done: usize,
        /// Runs known to be needed so far.
        total: usize,
        /// The run directory.
        path: PathBuf,
    },

    /// A race asks for something that there is not, or that cannot be.
    #[error("{0}")]
    Race(String),

    /// An expression cannot be read.
    #[error(transparent)]
    Expression(#[from] ravine::expression::ParseError),

    /// A mistake in Ravine itself.
    #[error("internal error, please report it: {0}")]
    Internal(String),
}

impl LabError {
    /// Whether the cure is another command line or configuration, rather than other data or another machine.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            LabError::Config(_)
                | LabError::DifferentConfig { .. }
                | LabError::NotARunDirectory { .. }
                | LabError::Race(_)
                | LabError::Expression(_)
        )
    }

    pub(crate) fn io(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> LabError + use<> {
        let path = path.to_path_buf();
        move |source| LabError::Io {
            action,
            path,
            source,
        }
    }
}

fn cure(source: &std::io::Error, path: &Path) -> String {
    use std::io::ErrorKind::*;
    match source.kind() {
        // The directory by name, since a command without --out would begin in a new one.
        StorageFull | QuotaExceeded | FileTooLarge => format!(
            "; finished runs are kept: free some space and go on with --out {}",
            path.parent().unwrap_or(path).display()
        ),
        PermissionDenied | ReadOnlyFilesystem => {
            "; choose a writable directory with --out".to_string()
        }
        NotADirectory | AlreadyExists => "; choose another directory with --out".to_string(),
        _ => String::new(),
    }
}
