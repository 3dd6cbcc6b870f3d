//! Stochastic weight averaging.

use super::toward::average;
use crate::rule::Step;
use crate::schedule::{Schedule, ScheduleError};
use crate::{hyper, hyper::Range};

hyper! {
    /// Stochastic weight averaging (SWA): the mean of the parameters at the end of every cycle, from `start` on.
    ///
    /// ```text
    /// e ← e + (x′ − e)/k    at the updates n = start + c·k, k = 1, 2, …,   x′ = x − u behind the n-th update
    /// ```
    /// Up to the first of them it is the parameter itself. The learning rate stays high or goes in cycles of c updates
    /// meanwhile: [`swa_schedule`]. Networks with batch normalisation estimate their statistics anew at the average, inside
    /// [`Optimizer::at_average`](crate::Optimizer::at_average). The last link of a chain. The average is the state `swa`.
    ///
    /// Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018, algorithm 1.
    Swa {
        /// updates before the first cycle
        start: 0.0, Range::NON_NEGATIVE;
        /// updates c of a cycle
        cycle: 1.0, Range::new(1.0, false, f64::INFINITY, true);
    }
}

impl Swa {
    fn weight(&self, step: &Step) -> f64 {
        let n = step.updates as f64;
        let (start, cycle) = (step.value(&self.start).floor(), step.value(&self.cycle).floor());
        let cycles = (n - start) / cycle;
        if cycles < 1.0 {
            1.0
        } else if cycles.fract() == 0.0 {
            1.0 / cycles
        } else {
            0.0
        }
    }
}

average!(Swa, "swa", "c: 1/k at the end of cycle k, else 0");

/// The learning rate for [`Swa`]: `from` until `start`, then by a cosine to `to` within `anneal` steps, then `to`.
///
/// # Errors
/// Values that are no learning rates; see [`Schedule::cosine`].
pub fn swa_schedule(from: f64, to: f64, start: u64, anneal: u64) -> Result<Schedule, ScheduleError> {
    let down = Schedule::cosine(from, to, anneal)?;
    Schedule::sequence(vec![(Schedule::constant(from)?, start)], down)
}
