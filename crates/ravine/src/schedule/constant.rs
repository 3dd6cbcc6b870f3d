//! One value for ever.

use super::shape::{Shape, shape};

shape! {
    constant: Constant,
    summary: "One value for ever",
    formula: "value",
    notes: "Where a schedule is expected, the number alone means the same.",
    source: "folklore",
    example: "constant(0.1)",
    arguments: {
        /// the value
        value: f64 where Finite,
    }
}

impl Shape for Constant {
    fn at(&self, _: u64) -> f64 {
        self.value
    }
}
