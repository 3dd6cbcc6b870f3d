//! A multiple of another schedule.

use super::Schedule;
use super::shape::{Shape, shape};

shape! {
    scaled: Scaled,
    summary: "A multiple of another schedule",
    formula: "factor · of(step)",
    notes: "For a schedule written as a part of its peak, and for groups that share a schedule at \
        different rates.",
    source: "folklore",
    example: "scaled(factor=0.1, of=cosine(from=1, to=0, steps=1000))",
    arguments: {
        /// what every value is multiplied by
        factor: f64 where Finite,
        /// the schedule that is multiplied
        of: Schedule,
    }
}

impl Shape for Scaled {
    fn at(&self, step: u64) -> f64 {
        // A schedule that grows without bound must not make 0 · ∞.
        if self.factor == 0.0 {
            0.0
        } else {
            self.factor * self.of.at(step)
        }
    }

    fn turns(&self) -> Vec<u64> {
        self.of.turns()
    }
}
