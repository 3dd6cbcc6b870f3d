//! One thing after the other, or both at once.

/// Results with fewer multiplications than this are not worth waking a thread for.
const WORTH_A_THREAD: usize = 64 * 64 * 64;

/// Runs both, at once where there is enough to do. Which of the two ways is taken changes no result.
pub(super) fn both(multiplications: usize, a: impl FnOnce() + Send, b: impl FnOnce() + Send) {
    if multiplications < WORTH_A_THREAD || rayon::current_num_threads() == 1 {
        a();
        b();
    } else {
        rayon::join(a, b);
    }
}
