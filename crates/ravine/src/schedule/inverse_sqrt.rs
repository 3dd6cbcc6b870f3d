//! Division by the square root of the time.

use super::shape::{Shape, shape};

shape! {
    inverse_sqrt: InverseSqrt,
    summary: "Division by the square root of the time, for ever",
    formula: "from · √(shift / (shift + step))",
    notes: "With `shift = 1`, the `η / √t` of convex analysis, t from 1. After a warm-up of n steps, \
        `shift = n` continues in the Transformer's way.",
    source: "Nemirovski et al. 2009, SIAM J. Optim. 19(4); Vaswani et al. 2017, arXiv:1706.03762 \
        (after a warm-up)",
    example: "inverse_sqrt(from=0.1, shift=1)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// how long the value keeps its size, in steps: at step `3 · shift` it is half of `from`
        shift: f64 where Positive = 1.0,
    }
}

impl Shape for InverseSqrt {
    fn at(&self, step: u64) -> f64 {
        // Not shift / (shift + step), which overflows for a huge shift.
        self.from / (1.0 + step as f64 / self.shift).sqrt()
    }
}
