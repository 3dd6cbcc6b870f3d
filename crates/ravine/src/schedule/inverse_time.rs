//! Division by a power of the time.

use super::shape::{Shape, shape};

shape! {
    inverse_time: InverseTime,
    summary: "Division by a power of the time, for ever",
    formula: "from / (1 + rate · step)^power",
    notes: "Satisfies Robbins and Monro's conditions (the sum of the values diverges, that of their \
        squares converges) for `1/2 < power ≤ 1`.",
    source: "Robbins & Monro 1951, A Stochastic Approximation Method, Ann. Math. Statist. 22(3)",
    example: "inverse_time(from=0.1, rate=0.01, power=1)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// how fast time runs, per step: after `1 / rate` steps the divisor is `2^power`
        rate: f64 where NonNegative = 1.0,
        /// the power of the time
        power: f64 where Positive = 1.0,
    }
}

impl Shape for InverseTime {
    fn at(&self, step: u64) -> f64 {
        self.from / libm::pow(1.0 + self.rate * step as f64, self.power)
    }
}
