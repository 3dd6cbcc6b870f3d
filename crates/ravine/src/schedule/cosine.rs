//! Half a cosine, then held.

use super::curve::{Curve, Progress};
use super::shape::{Shape, shape};

shape! {
    cosine: Cosine,
    summary: "Half a cosine from one value to another, then held",
    formula: "to + (from − to) · (1 + cos(π · min(step / steps, 1))) / 2",
    notes: "After `steps` the value stays at `to`, as in Optax's `cosine_decay_schedule`. PyTorch's \
        `CosineAnnealingLR` climbs back up there, periodically.",
    source: "Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983",
    example: "cosine(from=0.1, to=0, steps=1000)",
    arguments: {
        /// the value at step 0
        from: f64 where Finite,
        /// the value from step `steps` on
        to: f64 where Finite = 0.0,
        /// how long the way is, in steps
        steps: u64 where Positive,
    }
}

impl Shape for Cosine {
    fn at(&self, step: u64) -> f64 {
        Curve::Cosine.between(self.from, self.to, Progress::new(step, self.steps))
    }
}
