//! Threads that make runs, one each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::LabError;

/// Worker threads that take tasks in order and hand back results as they come.
///
/// Dropping the crew lets its threads end when they finish what they have; nobody waits for them.
pub(super) struct Crew<Task, Output> {
    tasks: Sender<Task>,
    outputs: Receiver<Result<Output, LabError>>,
}

impl<Task: Send + 'static, Output: Send + 'static> Crew<Task, Output> {
    pub(super) fn new<F>(workers: usize, work: Arc<F>) -> Crew<Task, Output>
    where
        F: Fn(&Task) -> Result<Output, LabError> + Send + Sync + 'static,
    {
        let (tasks, todo) = channel::<Task>();
        let (done, outputs) = channel();
        let todo = Arc::new(Mutex::new(todo));
        for _ in 0..workers.max(1) {
            let (work, todo, done) = (work.clone(), todo.clone(), done.clone());
            std::thread::spawn(move || {
                while let Some(task) = next(&todo) {
                    if done.send(guarded(&*work, &task)).is_err() {
                        break;
                    }
                }
            });
        }
        Crew { tasks, outputs }
    }

    pub(super) fn give(&self, task: Task) {
        // Fails only when all workers are gone, which `wait` reports.
        let _ = self.tasks.send(task);
    }

    /// The next result, or `None` if there is none within `patience`.
    pub(super) fn wait(&self, patience: Duration) -> Result<Option<Output>, LabError> {
        match self.outputs.recv_timeout(patience) {
            Ok(output) => output.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(LabError::Internal("all workers ended".to_string()))
            }
        }
    }
}

fn next<Task>(todo: &Mutex<Receiver<Task>>) -> Option<Task> {
    todo.lock().ok()?.recv().ok()
}

fn guarded<Task, Output>(
    work: &impl Fn(&Task) -> Result<Output, LabError>,
    task: &Task,
) -> Result<Output, LabError> {
    catch_unwind(AssertUnwindSafe(|| work(task))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(LabError::Internal(
            text.unwrap_or_else(|| "a run panicked".to_string()),
        ))
    })
}
