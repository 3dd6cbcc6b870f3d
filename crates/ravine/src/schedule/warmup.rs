//! A straight line up to where another schedule begins.

use super::Schedule;
use super::curve::{Progress, mix};
use super::shape::{Shape, shape};

shape! {
    warmup: Warmup,
    summary: "A straight line up to where another schedule begins, before that schedule",
    formula: "from + (then(0) − from) · (step + 1) / steps   while step < steps\n\
        then(step − steps)   afterwards",
    notes: "Of n warm-up steps the first has 1/n of the way behind it and the last has \
        all of it, so that no update is wasted at a rate of 0. \
        Optax's `linear_schedule` and PyTorch's `LinearLR` begin at `from` itself; for that form, \
        `sequence(linear(from=0, to=0.1, steps=100) for 100, then=…)`.\n\n\
        The schedule after the warm-up counts its own steps from 0, so give it the length that is left.",
    source: "Goyal et al. 2017, arXiv:1706.02677",
    example: "warmup(steps=100, from=0, then=cosine(from=0.1, to=0, steps=900))",
    arguments: {
        /// how many steps the warm-up has; 0 for none
        steps: u64 where NonNegative,
        /// the value that the warm-up comes from
        from: f64 where Finite = 0.0,
        /// the schedule after the warm-up
        then: Schedule,
    }
}

impl Shape for Warmup {
    fn at(&self, step: u64) -> f64 {
        match step.checked_sub(self.steps) {
            None => warm(self.from, self.then.at(0), step, self.steps),
            Some(step) => self.then.at(step),
        }
    }

    fn turns(&self) -> Vec<u64> {
        let after = self.then.turns();
        let after = after
            .into_iter()
            .filter_map(|turn| self.steps.checked_add(turn));
        [self.steps.saturating_sub(1), self.steps]
            .into_iter()
            .chain(after)
            .collect()
    }
}

/// The value at one of `steps` warm-up steps.
pub(super) fn warm(from: f64, to: f64, step: u64, steps: u64) -> f64 {
    let Progress { done, left } = Progress::new(step + 1, steps);
    mix(from, left, to, done)
}
