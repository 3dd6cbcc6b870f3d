//! A thread of one's own.

use std::panic::resume_unwind;
use std::thread;

/// Runs `work` on a new thread, on which Rayon has no other thread to offer, and waits for it.
///
/// So a training run is never spread over threads, however large its network, and several of them side by side neither steal
/// each other's time nor wait for each other inside an operation.
pub fn alone<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let result = scope.spawn(|| {
            match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
                Ok(pool) => pool.install(work),
                // Without a pool the result is the same, only its timing is less certain.
                Err(_) => work(),
            }
        });
        result.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
