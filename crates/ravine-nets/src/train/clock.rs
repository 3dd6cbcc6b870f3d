//! A stop watch.

use std::time::{Duration, Instant};

/// The time that ran between starts and stops.
#[derive(Debug, Default)]
pub struct Clock {
    done: Duration,
    since: Option<Instant>,
}

impl Clock {
    pub fn start(&mut self) {
        self.since = Some(Instant::now());
    }

    pub fn stop(&mut self) {
        if let Some(since) = self.since.take() {
            self.done += since.elapsed();
        }
    }

    pub fn seconds(&self) -> f64 {
        self.done.as_secs_f64()
    }
}
