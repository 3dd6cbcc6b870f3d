//! How far a comparison has come, on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ravine_lab::compare::Event;

use crate::format::duration;
use crate::output;

/// Off a terminal, one line in this time.
pub(crate) const EVERY: Duration = Duration::from_secs(10);

/// Shows the events of a race.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    silent: bool,
    begin: Instant,
    last_line: Instant,
    reused: usize,
    failed: usize,
}

impl Progress {
    pub(crate) fn new(silent: bool) -> Progress {
        let bar = (!silent && std::io::stderr().is_terminal()).then(bar);
        Progress {
            bar,
            silent,
            begin: Instant::now(),
            last_line: Instant::now(),
            reused: 0,
            failed: 0,
        }
    }

    pub(crate) fn see(&mut self, event: Event<'_>) {
        match event {
            Event::Started { total, jobs } => {
                self.begin = Instant::now();
                if let Some(bar) = &self.bar {
                    bar.set_length(total as u64);
                    bar.enable_steady_tick(Duration::from_millis(200));
                } else if !self.silent {
                    output::message(&format!("{total} runs, {jobs} at a time"));
                }
            }
            Event::Finished {
                trial,
                reused,
                done,
                total,
            } => {
                self.reused += usize::from(reused);
                self.failed += usize::from(trial.failure.is_some());
                self.finished(&trial.optimizer, done, total);
            }
        }
    }

    fn finished(&mut self, optimizer: &str, done: usize, total: usize) {
        let left = self.left(done, total);
        let mut notes = String::new();
        if self.reused > 0 {
            notes += &format!(", {} from before", self.reused);
        }
        if self.failed > 0 {
            notes += &format!(", {} diverged", self.failed);
        }
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            let left = left.map_or_else(String::new, |left| format!(", {left} left"));
            let so_far = duration(self.begin.elapsed().as_secs_f64().round());
            bar.set_message(format!("{so_far}{left}{notes} · {optimizer}"));
        } else if !self.silent && self.last_line.elapsed() >= EVERY {
            self.last_line = Instant::now();
            let left = left.map_or_else(String::new, |left| format!(", about {left} left"));
            output::message(&format!("{done} of {total} runs{left}{notes}"));
        }
    }

    /// The time left, from the time that the runs of this process took.
    fn left(&self, done: usize, total: usize) -> Option<String> {
        let made = done - self.reused;
        let each = self.begin.elapsed().as_secs_f64() / made as f64;
        (made > 0).then(|| duration((each * total.saturating_sub(done) as f64).round()))
    }

    /// Clears the line, so that what follows stands alone.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs · {wide_msg}");
    match style {
        Ok(style) => bar.with_style(style.progress_chars("━╸ ")),
        Err(_) => bar,
    }
}
