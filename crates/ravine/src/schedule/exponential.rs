//! A factor every so many steps, smoothly.

use super::shape::{Shape, shape};

shape! {
    exponential: Exponential,
    summary: "A factor every so many steps, smoothly and for ever",
    formula: "from · factor^(step / every)",
    notes: "PyTorch's `ExponentialLR` with `every = 1`; Optax's `exponential_decay`. Its staircase \
        form is `step`; between two given values: `geometric`.",
    source: "folklore",
    example: "exponential(from=0.1, factor=0.99, every=1)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// what the value is multiplied by, every `every` steps
        factor: f64 where Positive,
        /// how many steps the factor is for
        every: u64 where Positive = 1,
    }
}

impl Shape for Exponential {
    fn at(&self, step: u64) -> f64 {
        times_power(self.from, self.factor, step as f64 / self.every as f64)
    }
}

/// `from · factor^exponent`, which stays 0 from 0 when the power overflows.
pub(super) fn times_power(from: f64, factor: f64, exponent: f64) -> f64 {
    if from == 0.0 {
        from
    } else {
        from * libm::pow(factor, exponent)
    }
}
