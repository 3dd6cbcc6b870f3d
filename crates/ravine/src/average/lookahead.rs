//! Lookahead.

use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::rule::{At, Initial, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Lookahead: every k updates the parameters go back part of the way to slow weights, which follow them.
    ///
    /// ```text
    /// s ← s + α(x′ − s),  x ← s     in every k-th update, with x′ = x − u;     s = x before the first
    /// ```
    /// In between x ← x′, and s rests. It stands behind any optimiser, at the end of the chain or before an average, and
    /// lowers the variance of its iterates. The slow weights are the state `slow`; evaluation may use them.
    ///
    /// Source: Zhang, Lucas, Hinton & Ba, "Lookahead Optimizer: k steps forward, 1 step back", NeurIPS 2019, algorithm 1.
    Lookahead {
        /// updates k between synchronisations
        lookahead_steps: 5.0, Range::new(1.0, false, f64::INFINITY, true);
        /// how far α the slow weights follow
        lookahead_alpha: 0.5, Range::new(0.0, true, 1.0, false);
    }
}

impl Rule for Lookahead {
    const NAME: &'static str = "lookahead";
    const STATE: &'static [&'static str] = &["slow"];
    const CONSTANTS: &'static [&'static str] = &["α", "sync"];
    const READS_UPDATE: bool = true;
    const AVERAGES: bool = true;
    type State<T> = [T; 1];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let k = (step.value(&self.lookahead_steps).floor() as u64).max(1);
        let sync = step.updates.is_multiple_of(k);
        [step.value(&self.lookahead_alpha), f64::from(u8::from(sync))]
    }

    #[inline(always)]
    fn apply<T: Real>([alpha, sync]: &[T; 2], At { x, g: u, .. }: At<T>, [s]: &mut [T; 1]) -> T {
        let zero = u.like(0.0);
        let slow = *s + *alpha * ((x - u) - *s);
        *s = zero.if_less(*sync, slow, *s);
        zero.if_less(*sync, x - slow, u)
    }

    #[inline(always)]
    fn evaluate<T: Real>(_constants: &[T; 2], _x: T, [s]: &[T; 1]) -> T {
        *s
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "lookahead-adamw",
    family: "averaging",
    summary: "AdamW that every few steps goes back half the way to slow weights",
    source: "Zhang, Lucas, Hinton & Ba, \"Lookahead Optimizer\", NeurIPS 2019",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| Chain::from(crate::adamw(1e-3)).then(Lookahead::new()),
}];
