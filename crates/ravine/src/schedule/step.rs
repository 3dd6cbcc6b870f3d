//! A factor every so many steps, at once.

use super::exponential::times_power;
use super::shape::{Shape, shape};

shape! {
    step: Step,
    summary: "A factor every so many steps, at once and for ever: the staircase form of `exponential`",
    formula: "from · factor^⌊step / every⌋",
    notes: "PyTorch's `StepLR` (`gamma`, `step_size`); Optax's `exponential_decay(staircase=True)`.",
    source: "folklore",
    example: "step(from=0.1, factor=0.1, every=300)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// what the value is multiplied by, every `every` steps
        factor: f64 where Positive = 0.1,
        /// how many steps a stair is long
        every: u64 where Positive,
    }
}

impl Shape for Step {
    fn at(&self, step: u64) -> f64 {
        times_power(self.from, self.factor, (step / self.every) as f64)
    }
}
