//! A power of the part that is left, then held.

use super::curve::{Progress, mix};
use super::shape::{Shape, shape};

shape! {
    polynomial: Polynomial,
    summary: "A power of the part that is left, from one value to another, then held",
    formula: "to + (from − to) · (1 − min(step / steps, 1))^power",
    notes: "PyTorch's `PolynomialLR` with `to = 0`; Optax's `polynomial_schedule`. Power 1 is \
        `linear`; 0.9 is usual in segmentation.",
    source: "Chen et al. 2017, DeepLab, arXiv:1606.00915 (the “poly” policy)",
    example: "polynomial(from=0.1, to=0, steps=1000, power=0.9)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// the value from step `steps` on
        to: f64 where Finite = 0.0,
        /// how long the way is, in steps
        steps: u64 where Positive,
        /// the power: above 1 fast at first, below 1 slow at first
        power: f64 where Positive,
    }
}

impl Shape for Polynomial {
    fn at(&self, step: u64) -> f64 {
        let of_from = libm::pow(Progress::new(step, self.steps).left, self.power);
        mix(self.from, of_from, self.to, 1.0 - of_from)
    }
}
