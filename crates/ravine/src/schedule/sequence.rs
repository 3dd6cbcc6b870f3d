//! Schedules one after another.

use super::Schedule;
use super::shape::{Shape, shape};

shape! {
    sequence: Sequence,
    summary: "Schedules one after another, each for its number of steps, the last for ever",
    formula: "stage(step − first step of the stage)",
    notes: "Each stage sees its own step from 0. Optax's `join_schedules`, PyTorch's `SequentialLR` \
        without its recursion.",
    source: "folklore",
    example: "sequence(linear(from=0, to=1, steps=10) for 10, constant(1) for 80, then=cosine(from=1, \
        to=0, steps=10))",
    arguments: {
        /// the schedules but the last, each with its number of steps
        stages: Vec<(Schedule, u64)>,
        /// the last schedule
        then: Schedule,
    }
}

impl Shape for Sequence {
    fn at(&self, step: u64) -> f64 {
        let mut rest = step;
        for (stage, steps) in &self.stages {
            if rest < *steps {
                return stage.at(rest);
            }
            rest -= steps;
        }
        self.then.at(rest)
    }

    fn turns(&self) -> Vec<u64> {
        let (mut turns, mut start) = (Vec::new(), 0u64);
        for (stage, steps) in &self.stages {
            let inside = stage.turns().into_iter().filter(|turn| turn < steps);
            turns.extend(inside.map(|turn| start.saturating_add(turn)));
            start = start.saturating_add(*steps);
            turns.extend([start.saturating_sub(1), start]);
        }
        turns.extend(
            self.then
                .turns()
                .into_iter()
                .filter_map(|turn| start.checked_add(turn)),
        );
        turns
    }
}
