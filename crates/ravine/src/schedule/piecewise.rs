//! Given values between given steps.

use super::shape::{Shape, shape};

shape! {
    piecewise: Piecewise,
    summary: "Given values, each constant up to the next of the given steps",
    formula: "values[number of boundaries ≤ step]",
    notes: "One value more than boundaries. Optax's `piecewise_constant_schedule` with values in \
        place of scales.",
    source: "folklore",
    example: "piecewise(values=[0.1, 0.03, 0.001], boundaries=[300, 800])",
    arguments: {
        /// the values, in order
        values: Vec<f64> where Finite,
        /// the first step of each value but the first, in increasing order
        boundaries: Vec<u64> where Positive,
    }
}

impl Shape for Piecewise {
    fn at(&self, step: u64) -> f64 {
        self.values[self
            .boundaries
            .partition_point(|&boundary| boundary <= step)]
    }

    fn turns(&self) -> Vec<u64> {
        self.boundaries.clone()
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        let wanted = self.boundaries.len() + 1;
        if self.values.len() != wanted {
            let boundaries = self.boundaries.len();
            return Err((
                "values",
                format!("{wanted} numbers for {boundaries} boundaries, one more"),
            ));
        }
        check_increasing("boundaries", &self.boundaries)
    }
}

pub(super) fn check_increasing(
    name: &'static str,
    steps: &[u64],
) -> Result<(), (&'static str, String)> {
    if steps.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err((name, "in increasing order, without repeats".to_owned()))
    }
}
