//! How far a long run has come, on standard error: a line that changes on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};
use ravine::minimize::Progress;

use super::answer::number;
use crate::format::{counted, significant};
use crate::output;
use crate::progress::EVERY;

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// On a terminal, as often as this.
const OFTEN: Duration = Duration::from_millis(200);

pub(super) struct Shown {
    line: Option<ProgressBar>,
    next: Instant,
}

impl Shown {
    pub fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Self {
            line: is_terminal.then(|| {
                let line = ProgressBar::new_spinner();
                line.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                line
            }),
            next: Instant::now() + if is_terminal { PATIENCE } else { EVERY },
        }
    }

    pub fn see(&mut self, progress: &Progress<'_, f64>) {
        let now = Instant::now();
        if now < self.next {
            return;
        }
        let iterations = usize::try_from(progress.iteration).unwrap_or(usize::MAX);
        let gradient = progress.gradient_norm.map(significant);
        let gradient = gradient.map_or_else(String::new, |norm| format!(", gradient {norm}"));
        let text = format!(
            "{}: value {}{gradient}",
            counted(iterations, "iteration"),
            number(progress.value)
        );
        if let Some(line) = &self.line {
            self.next = now + OFTEN;
            line.set_message(text);
            line.tick();
        } else {
            self.next = now + EVERY;
            output::message(&text);
        }
    }

    /// Clears the line, so that what follows stands alone.
    pub fn end(self) {
        if let Some(line) = self.line {
            line.finish_and_clear();
        }
    }
}
