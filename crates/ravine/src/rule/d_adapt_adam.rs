//! Adam with D-Adaptation.

use super::distance::{D, D_NOW, GROWTH_RATE, adam_correction, grown, present};
use super::prodigy::BIAS_CORRECTION;
use super::{At, Measure, Rule, Step, TERMS};
use crate::catalogue::Recipe;
use crate::{Chain, Real, hyper, hyper::Range};

hyper! {
    /// Adam with D-Adaptation: the step size is a lower bound d of the distance to the solution, which only grows.
    ///
    /// ```text
    /// r ← √β₂ r + (1 − √β₂) ηd ⟨g, s / (√v + ε)⟩          over all parameters
    /// m ← β₁m + (1 − β₁)ηd g
    /// v ← β₂v + (1 − β₂)g²
    /// s ← √β₂ s + (1 − √β₂)ηd g
    /// d′ = max(d, r / ((1 − √β₂)‖s‖₁))                    over all parameters
    /// u = m / (√v + ε) + ηdλx
    /// ```
    /// s and v in the scalar product are those before the step. d is one number for all parameters, remembered as `d`. η is
    /// the schedule, around 1. `use_bias_correction` gives η Adam's factor √(1 − β₂ᵗ)/(1 − β₁ᵗ), which Optax always does and
    /// the paper does not. The decay is decoupled.
    ///
    /// When one would use it: as [`Prodigy`](super::Prodigy), which finds d sooner; this one is the more cautious. On small
    /// networks and inputs with rare large values d may come out too large within the first steps; `growth_rate = 1.02` makes a warm-up of
    /// its growth.
    ///
    /// Source: Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023, algorithm 5; the options are
    /// those of the authors' code.
    DAdaptAdam {
        /// η, a multiplier of the step size, or a schedule of it
        lr: 1.0, Range::NON_NEGATIVE;
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v
        eps: 1e-8, Range::POSITIVE;
        /// strength λ of the decoupled decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
        /// the first d, to be far below the distance
        d0: 1e-6, Range::POSITIVE;
        /// by which factor d may grow in a step
        growth_rate: f64::INFINITY, GROWTH_RATE;
        with
        /// Adam's bias corrections
        use_bias_correction: bool = false;
    }
}

const NUMERATOR: usize = 2;

impl Rule for DAdaptAdam {
    const NAME: &'static str = "d_adapt_adam";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "s"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "(1 − β₁)ηd",
        "β₂",
        "1 − β₂",
        "√β₂",
        "(1 − √β₂)ηd",
        "ε",
        "ηdλ",
    ];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["r's growth", "‖s‖₁"];
    const MEMORY: &'static [&'static str] = &["d", "d_now", "d_numerator"];
    type State<T> = [T; 3];
    type Constants<T> = [T; 8];

    fn constants(&self, step: &Step) -> [f64; 8] {
        let (b1, b2) = (step.value(&self.beta1), step.value(&self.beta2));
        let correction = if self.use_bias_correction {
            adam_correction(step, b1, b2)
        } else {
            1.0
        };
        let dlr = present(step) * step.value(&self.lr) * correction;
        let root = b2.sqrt();
        [
            b1,
            (1.0 - b1) * dlr,
            b2,
            1.0 - b2,
            root,
            (1.0 - root) * dlr,
            step.value(&self.eps),
            dlr * step.value(&self.weight_decay),
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, b3, c3, eps, decay]: &[T; 8],
        At { x, g, .. }: At<T>,
        [m, v, s]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *s = *b3 * *s + *c3 * g;
        *m / (v.sqrt() + *eps) + *decay * x
    }

    #[inline(always)]
    fn terms<T: Real>(
        [_, _, _, _, b3, c3, eps, _]: &[T; 8],
        At { g, .. }: At<T>,
        [_, v, s]: &[T; 3],
    ) -> [T; TERMS] {
        let zero = g.like(0.0);
        let growth = *c3 * (g * (*s / (v.sqrt() + *eps)));
        [growth, (*b3 * *s + *c3 * g).abs(), zero, zero]
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let [growth, s_norm, ..] = step.sums;
        let (d, root) = (step.memory[D], step.value(&self.beta2).sqrt());
        memory[D_NOW] = d;
        memory[NUMERATOR] = root * step.memory[NUMERATOR] + growth;
        if s_norm > 0.0 {
            let estimate = memory[NUMERATOR] / ((1.0 - root) * s_norm);
            memory[D] = grown(d, estimate, step.value(&self.growth_rate));
        }
    }

    fn initial_memory(&self, number: usize) -> f64 {
        if number == NUMERATOR {
            0.0
        } else {
            self.d0.at(0)
        }
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "dadapt-adam",
    family: "learning-rate-free",
    summary: "AdamW whose step size is a growing lower bound of the distance to the solution",
    source: "Defazio & Mishchenko, \"Learning-Rate-Free Learning by D-Adaptation\", ICML 2023",
    usual_learning_rate: 1.0,
    choices: &[BIAS_CORRECTION],
    build: |choices| {
        let corrected = choices.is("use_bias_correction", "true");
        Chain::from(DAdaptAdam::new().use_bias_correction(corrected))
    },
}];
