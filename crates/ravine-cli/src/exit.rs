use std::process::ExitCode;

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: an error of the data, the machine or Ravine itself.
    Error,
    /// 2: the command line or the configuration is wrong.
    Usage,
    /// 3: every run diverged.
    Diverged,
    /// 4: no optimizer reached the target (only with `--require-target`).
    TargetMissed,
    /// 130: interrupted; what was finished is saved.
    Interrupted,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }

    pub(crate) fn number(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Usage => 2,
            Exit::Diverged => 3,
            Exit::TargetMissed => 4,
            Exit::Interrupted => 130,
        }
    }
}
