//! Warm-up, a plateau, and a decay at the end.

use super::curve::{Curve, Progress};
use super::shape::{Shape, shape};
use super::warmup::warm;

shape! {
    wsd: pub Wsd,
    summary: "Warm-up, stable, decay: up to a peak, held there, and down at the end",
    formula: "from + (peak − from) · (step + 1) / warmup   for the first `warmup` steps\n\
        peak   for `stable` steps\n\
        peak → to along the curve   for `decay` steps\n\
        to   afterwards",
    notes: "The plateau needs no end planned in advance: a run can be decayed from any of its \
        checkpoints. Warm-up counts as in `warmup`.",
    source: "Hu et al. 2024, MiniCPM, arXiv:2404.06395; the sqrt curve: Hägele et al. 2024, \
        arXiv:2405.18392",
    example: "wsd(peak=0.001, warmup=100, stable=700, decay=200, from=0, to=0, curve=linear)",
    arguments: {
        /// the value of the plateau
        peak: f64 where Finite,
        /// how many steps the way up has
        warmup: u64 where NonNegative,
        /// how many steps the plateau has
        stable: u64 where NonNegative,
        /// how many steps the way down has
        decay: u64 where NonNegative,
        /// the value that the way up comes from
        from: f64 where Finite = USUAL.from,
        /// the value that the way down goes to
        to: f64 where Finite = USUAL.to,
        /// the way down: `linear`, `cosine` or `sqrt`
        curve: Curve = USUAL.curve,
    }
}

const USUAL: Wsd = Wsd::new(1.0, 0, 0, 0);

impl Wsd {
    /// Up from 0 and linearly down to 0.
    pub const fn new(peak: f64, warmup: u64, stable: u64, decay: u64) -> Self {
        Self {
            peak,
            warmup,
            stable,
            decay,
            from: 0.0,
            to: 0.0,
            curve: Curve::Linear,
        }
    }
}

impl Shape for Wsd {
    fn at(&self, step: u64) -> f64 {
        if step < self.warmup {
            return warm(self.from, self.peak, step, self.warmup);
        }
        match (step - self.warmup).checked_sub(self.stable) {
            None => self.peak,
            Some(step) => self
                .curve
                .between(self.peak, self.to, Progress::new(step, self.decay)),
        }
    }

    fn turns(&self) -> Vec<u64> {
        let plateau = self.warmup.saturating_add(self.stable);
        // One before each, since a stretch of no steps makes a jump.
        let turns = [self.warmup, plateau, plateau.saturating_add(self.decay)];
        turns
            .iter()
            .flat_map(|&turn| [turn.saturating_sub(1), turn])
            .collect()
    }
}
