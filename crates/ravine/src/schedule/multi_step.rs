//! A factor at given steps.

use super::exponential::times_power;
use super::piecewise::check_increasing;
use super::shape::{Shape, shape};

shape! {
    multi_step: MultiStep,
    summary: "A factor at each of the given steps, constant between them",
    formula: "from · factor^(number of milestones ≤ step)",
    notes: "PyTorch's `MultiStepLR` (`gamma`); Optax's `piecewise_constant_schedule` with one scale. \
        By values: `piecewise`.",
    source: "He et al. 2016, arXiv:1512.03385 (ResNet's divisions by 10)",
    example: "multi_step(from=0.1, factor=0.1, milestones=[300, 800])",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// what the value is multiplied by at each milestone
        factor: f64 where Positive = 0.1,
        /// the first step of each new value, in increasing order
        milestones: Vec<u64> where Positive,
    }
}

impl Shape for MultiStep {
    fn at(&self, step: u64) -> f64 {
        let passed = self
            .milestones
            .partition_point(|&milestone| milestone <= step);
        times_power(self.from, self.factor, passed as f64)
    }

    fn turns(&self) -> Vec<u64> {
        self.milestones.clone()
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        check_increasing("milestones", &self.milestones)
    }
}
