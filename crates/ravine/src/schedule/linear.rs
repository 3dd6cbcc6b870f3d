//! A straight line, then held.

use super::curve::{Curve, Progress};
use super::shape::{Shape, shape};

shape! {
    linear: Linear,
    summary: "A straight line from one value to another, then held",
    formula: "from + (to − from) · min(step / steps, 1)",
    notes: "PyTorch's `LinearLR` with `from = start_factor · lr` and `to = end_factor · lr`; Optax's \
        `linear_schedule`.",
    source: "folklore",
    example: "linear(from=0.1, to=0, steps=1000)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// the value from step `steps` on
        to: f64 where Finite,
        /// how long the way is, in steps
        steps: u64 where Positive,
    }
}

impl Shape for Linear {
    fn at(&self, step: u64) -> f64 {
        Curve::Linear.between(self.from, self.to, Progress::new(step, self.steps))
    }
}
