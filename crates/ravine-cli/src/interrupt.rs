//! Ctrl-C: once to save and stop, twice to quit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;
use crate::output;

/// A flag that becomes true at the first interrupt or termination signal. The second ends the process at once.
///
/// At the first it says `what` will happen.
pub(crate) fn flag(what: &'static str) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    let set = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.number()));
        }
        output::message(&format!("stopping: {what} (again to quit at once)"));
    });
    if let Err(error) = set {
        output::message(&format!("warning: Ctrl-C will quit at once: {error}"));
    }
    stop
}
