//! A constant ratio between two values, then held.

use super::curve::Progress;
use super::shape::{Shape, shape};

shape! {
    geometric: Geometric,
    summary: "A constant ratio from step to step, from one value to another, then held",
    formula: "from · (to / from)^min(step / steps, 1)",
    notes: "A straight line on a logarithmic axis: upwards it is the learning-rate range test. By the \
        ratio itself: `exponential`.",
    source: "Smith 2017, arXiv:1506.01186 (range test)",
    example: "geometric(from=1e-6, to=1, steps=200)",
    arguments: {
        /// the value at step 0
        from: f64 where Positive,
        /// the value from step `steps` on
        to: f64 where Positive,
        /// how long the way is, in steps
        steps: u64 where Positive,
    }
}

impl Shape for Geometric {
    fn at(&self, step: u64) -> f64 {
        let Self { from, to, steps } = *self;
        let Progress { done, left } = Progress::new(step, steps);
        // A product of two powers, since the ratio of the ends may be beyond f64.
        (libm::pow(from, left) * libm::pow(to, done)).clamp(from.min(to), from.max(to))
    }
}
