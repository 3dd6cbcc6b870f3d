//! Clipping by a percentile of past norms.

use super::Step;
use super::scaled_by_norm::{scaled_by_norm, shortening};
use crate::{hyper, hyper::Range};

/// How many norms are remembered.
const WINDOW: usize = 100;

hyper! {
    /// Clips each parameter by what its norm was in the last 100 updates.
    ///
    /// ```text
    /// u = g · min(1, c/‖g‖)      c: of the last 100 norms, this one included, the one above p of them
    /// ```
    /// A bound that nobody has to find, and that follows the gradients as they shrink; p = 5 is usual. The first norm fills
    /// the memory, so at first the bound moves slowly. The default p = 100 clips nothing.
    ///
    /// Source: bitsandbytes, `percentile_clipping` (Dettmers et al., 2022). The idea is AutoClip's (Seetharaman et al., 2020),
    /// which takes the norm of all parameters together, and remembers all of the past.
    ClipPercentile {
        /// percentile p of the norms that is the bound
        clip_percentile: 100.0, Range::new(0.0, false, 100.0, false);
    }
}

impl ClipPercentile {
    fn scale(&self, step: &Step) -> f64 {
        let mut norms = step.memory.to_vec();
        norms.sort_by(f64::total_cmp);
        let rank = (step.value(&self.clip_percentile) as usize).min(WINDOW - 1);
        // Nothing is remembered yet where the constants are only recorded.
        norms.get(rank).map_or(1.0, |&bound| shortening(step.norm, bound))
    }
}

scaled_by_norm! {
    ClipPercentile: "clip_percentile", ParameterNorm, "min(1, c/‖g‖)";

    const MEMORY: &'static [&'static str] = &["past_norm"; WINDOW];

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        if memory.contains(&f64::INFINITY) {
            memory.fill(step.norm);
        }
        let place = step.updates % WINDOW as u64;
        memory[place as usize] = step.norm;
    }

    fn initial_memory(&self, _number: usize) -> f64 {
        f64::INFINITY
    }

    fn is_identity(&self) -> bool {
        self.clip_percentile.is(100.0)
    }

    fn clips(&self, step: &Step) -> bool {
        self.scale(step) < 1.0
    }
}
