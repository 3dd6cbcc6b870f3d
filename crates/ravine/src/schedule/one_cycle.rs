//! Up to a peak and far down again.

use super::curve::{Curve, Progress};
use super::shape::{Shape, shape};

shape! {
    one_cycle: pub OneCycle,
    summary: "Up to a peak and far down again, over the whole run",
    formula: "start = peak / div_factor, floor = start / final_div_factor, \
        top = pct_start · steps − 1, end = steps − 1\n\
        start → peak   while step ≤ top\n\
        peak → floor   while step ≤ end\n\
        (in three phases: peak → start while step ≤ 2 · top, then start → floor)\n\
        floor   afterwards",
    notes: "PyTorch's `OneCycleLR`, step for step: the peak is at `pct_start · steps − 1` \
        (between two steps if that is no whole number), and the floor is reached by the last of the \
        `steps` updates. Optax's `cosine_onecycle_schedule` has both one step later.\n\n\
        The cycle of the momentum that goes with it, from 0.95 down to 0.85 and back: \
        `one_cycle(peak=0.85, steps=1000, div_factor=0.8947368421052632, final_div_factor=1)`.",
    source: "Smith & Topin 2018, Super-Convergence, arXiv:1708.07120",
    example: "one_cycle(peak=0.1, steps=1000, pct_start=0.3, div_factor=25, final_div_factor=10000, \
        curve=cosine, three_phase=false)",
    arguments: {
        /// the largest value
        peak: f64 where Finite,
        /// how many steps the whole cycle has
        steps: u64 where Positive,
        /// which part of the steps goes up
        pct_start: f64 where Fraction = USUAL.pct_start,
        /// how many times smaller than the peak the start is
        div_factor: f64 where Positive = USUAL.div_factor,
        /// how many times smaller than the start the floor is
        final_div_factor: f64 where Positive = USUAL.final_div_factor,
        /// the way up and down: `cosine`, `linear` or `sqrt`
        curve: Curve = USUAL.curve,
        /// whether the way down stops over at the start: as far down as up, then on to the floor
        three_phase: bool = USUAL.three_phase,
    }
}

const USUAL: OneCycle = OneCycle::new(1.0, 1);

impl OneCycle {
    /// The cycle with PyTorch's defaults: `pct_start` 0.3, `div_factor` 25, `final_div_factor` 10,000, cosine, two phases.
    pub const fn new(peak: f64, steps: u64) -> Self {
        Self {
            peak,
            steps,
            pct_start: 0.3,
            div_factor: 25.0,
            final_div_factor: 1e4,
            curve: Curve::Cosine,
            three_phase: false,
        }
    }

    fn start(&self) -> f64 {
        self.peak / self.div_factor
    }

    fn floor(&self) -> f64 {
        self.start() / self.final_div_factor
    }

    /// The phases: where each ends, in steps, and at which value.
    fn phases(&self) -> ([(f64, f64); 3], usize) {
        let rise = self.pct_start * self.steps as f64;
        let (top, end) = (
            (rise - 1.0, self.peak),
            (self.steps as f64 - 1.0, self.floor()),
        );
        if self.three_phase {
            ([top, (2.0 * rise - 2.0, self.start()), end], 3)
        } else {
            ([top, end, end], 2)
        }
    }
}

impl Shape for OneCycle {
    fn at(&self, step: u64) -> f64 {
        let step = step as f64;
        let (mut begin, mut from) = (0.0, self.start());
        let (phases, count) = self.phases();
        for &(end, to) in &phases[..count] {
            if step <= end {
                let length = end - begin;
                let progress = if length > 0.0 {
                    Progress {
                        done: (step - begin) / length,
                        left: (end - step) / length,
                    }
                } else {
                    Progress {
                        done: 1.0,
                        left: 0.0,
                    }
                };
                return self.curve.between(from, to, progress);
            }
            (begin, from) = (end, to);
        }
        self.floor()
    }

    fn turns(&self) -> Vec<u64> {
        let (phases, _) = self.phases();
        // Casts saturate, and a phase that ends before step 0 has no turn.
        phases
            .iter()
            .flat_map(|&(end, _)| [end.floor() as u64, end.ceil() as u64])
            .collect()
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        if !self.start().is_finite() {
            return Err(("div_factor", "large enough for a finite start".to_owned()));
        }
        if !self.floor().is_finite() {
            return Err((
                "final_div_factor",
                "large enough for a finite floor".to_owned(),
            ));
        }
        if self.three_phase && self.pct_start > 0.5 {
            return Err((
                "pct_start",
                "at most 0.5 in three phases, of which two are this long".to_owned(),
            ));
        }
        Ok(())
    }
}
