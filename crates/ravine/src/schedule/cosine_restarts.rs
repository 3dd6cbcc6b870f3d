//! Half a cosine, again and again.

use super::curve::{Curve, Progress};
use super::shape::{Shape, shape};

shape! {
    cosine_restarts: CosineRestarts,
    summary: "Half a cosine, again and again, each `multiplier` times as long as the one before",
    formula: "to + (from − to) · (1 + cos(π · t / n)) / 2\n\
        t: steps since the last restart; n: length of this period, steps · multiplier^(number of restarts)",
    notes: "Each period starts at `from`. PyTorch's `CosineAnnealingWarmRestarts` (`T_0`, `T_mult`, \
        `eta_min`).",
    source: "Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983",
    example: "cosine_restarts(from=0.1, to=0, steps=100, multiplier=2)",
    arguments: {
        /// the value at the start of each period
        from: f64 where Finite,
        /// the value that each period goes to
        to: f64 where Finite = 0.0,
        /// how long the first period is, in steps
        steps: u64 where Positive,
        /// how many times as long each next period is
        multiplier: u64 where Positive = 1,
    }
}

impl Shape for CosineRestarts {
    fn at(&self, step: u64) -> f64 {
        let (mut rest, mut period) = (step, self.steps);
        if self.multiplier == 1 {
            rest %= period;
        }
        // At most 64 turns, and exact at the restarts, where a logarithm rounds.
        while rest >= period {
            rest -= period;
            period = period.saturating_mul(self.multiplier);
        }
        Curve::Cosine.between(self.from, self.to, Progress::new(rest, period))
    }

    fn turns(&self) -> Vec<u64> {
        let (mut turns, mut period, mut start) = (Vec::new(), self.steps, 0u64);
        while let Some(restart) = start.checked_add(period) {
            turns.extend([restart - 1, restart]);
            if self.multiplier == 1 {
                // All periods are alike.
                break;
            }
            start = restart;
            period = period.saturating_mul(self.multiplier);
        }
        turns
    }
}
