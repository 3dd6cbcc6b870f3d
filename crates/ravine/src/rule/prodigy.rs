//! Prodigy.

use super::distance::{D, D_NOW, GROWTH_RATE, adam_correction, grown, present};
use super::{At, Initial, Measure, Rule, Step, TERMS};
use crate::catalogue::{Choice, Recipe, TRUE_FALSE};
use crate::{Chain, Real, hyper, hyper::Range};

hyper! {
    /// Prodigy: Adam whose step size is a running estimate d of the distance to the solution.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)d g
    /// v ← β₂v + (1 − β₂)d²g²
    /// s ← β₃s + (d/d₀)ηd g
    /// r ← β₃r + (d/d₀)ηd ⟨g, x₀ − x⟩                     over all parameters
    /// d′ = max(d, c r/‖s‖₁)                              over all parameters
    /// u = ηd (m / (√v + d′ε) + λx)
    /// ```
    /// d is one number for all parameters, remembered as `d`, and begins at d₀; dividing by d₀ only keeps r and s from being
    /// tiny. η is the schedule, around 1: anneal it (cosine is what the authors use), and leave its height alone; c is what
    /// to tune. With `safeguard_warmup` s takes d instead of ηd, so that a long warm-up does not
    /// make d too large; `use_bias_correction` gives η Adam's factor √(1 − β₂ᵗ)/(1 − β₁ᵗ).
    ///
    /// Of the libraries, pytorch_optimizer and the authors' own code leave the bias correction off, as does the paper's
    /// algorithm; Optax always has it on, so its trajectories are others. ε is multiplied by the new d′, as in all three
    /// implementations; the paper writes the old d.
    ///
    /// When one would use it: to train with Adam where there is no time to search a learning rate.
    ///
    /// Source: Mishchenko & Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", ICML 2024, algorithm 4; the
    /// options are those of the authors' code.
    Prodigy {
        /// η, a multiplier of the step size, or a schedule of it
        lr: 1.0, Range::NON_NEGATIVE;
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// decay rate β₃ of the sums that d is estimated from; the paper's is √β₂
        beta3: 0.999_499_874_937_461, Range::DECAY_RATE;
        /// ε, which times d is added to √v
        eps: 1e-8, Range::POSITIVE;
        /// strength λ of the decoupled decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
        /// the first estimate d₀, to be far below the distance
        d0: 1e-6, Range::POSITIVE;
        /// c, a multiplier of each estimate
        d_coef: 1.0, Range::POSITIVE;
        /// by which factor d may grow in a step, but for the first time
        growth_rate: f64::INFINITY, GROWTH_RATE;
        with
        /// keep η out of s
        safeguard_warmup: bool = false;
        /// Adam's bias corrections
        use_bias_correction: bool = false;
    }
}

// The rest of what is remembered.
const D_MAX: usize = 2;
const NUMERATOR: usize = 3;

impl Rule for Prodigy {
    const NAME: &'static str = "prodigy";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "s", "p0"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "(1 − β₁)d",
        "β₂",
        "(1 − β₂)d²",
        "β₃",
        "(d/d₀)ηd",
        "(d/d₀)·(ηd or d)",
        "ηd",
        "d′ε",
        "λ",
    ];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["r's growth", "‖s‖₁"];
    const MEMORY: &'static [&'static str] = &["d", "d_now", "d_max", "d_numerator"];
    type State<T> = [T; 4];
    type Constants<T> = [T; 10];

    fn constants(&self, step: &Step) -> [f64; 10] {
        let (b1, b2) = (step.value(&self.beta1), step.value(&self.beta2));
        let d = present(step);
        let correction = if self.use_bias_correction {
            adam_correction(step, b1, b2)
        } else {
            1.0
        };
        let dlr = d * step.value(&self.lr) * correction;
        let scale = d / self.d0.at(0);
        let in_s = if self.safeguard_warmup { d } else { dlr };
        [
            b1,
            (1.0 - b1) * d,
            b2,
            (1.0 - b2) * d * d,
            step.value(&self.beta3),
            scale * dlr,
            scale * in_s,
            dlr,
            step.memory[D] * step.value(&self.eps),
            step.value(&self.weight_decay),
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, b3, _, in_s, dlr, eps, decay]: &[T; 10],
        At { x, g, .. }: At<T>,
        [m, v, s, _]: &mut [T; 4],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *s = *b3 * *s + *in_s * g;
        *dlr * (*m / (v.sqrt() + *eps) + *decay * x)
    }

    #[inline(always)]
    fn terms<T: Real>(
        [_, _, _, _, b3, in_r, in_s, ..]: &[T; 10],
        At { x, g, .. }: At<T>,
        [_, _, s, x0]: &[T; 4],
    ) -> [T; TERMS] {
        let zero = g.like(0.0);
        let growth = *in_r * (g * (*x0 - x));
        [growth, (*b3 * *s + *in_s * g).abs(), zero, zero]
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let [growth, s_norm, ..] = step.sums;
        let d = step.memory[D];
        memory[D_NOW] = d;
        memory[NUMERATOR] = step.value(&self.beta3) * step.memory[NUMERATOR] + growth;
        if s_norm > 0.0 {
            let estimate = step.value(&self.d_coef) * memory[NUMERATOR] / s_norm;
            memory[D_MAX] = step.memory[D_MAX].max(estimate);
            let first = d == self.d0.at(0) && estimate > d;
            let d = if first { estimate } else { d };
            memory[D] = grown(d, memory[D_MAX], step.value(&self.growth_rate));
        }
    }

    fn initial_memory(&self, number: usize) -> f64 {
        if number == NUMERATOR {
            0.0
        } else {
            self.d0.at(0)
        }
    }

    fn initial(&self, state: usize) -> Initial {
        match state {
            3 => Initial::Parameter,
            _ => Initial::Constant(0.0),
        }
    }
}

/// Adam's bias corrections, with or without.
pub(super) const BIAS_CORRECTION: Choice = Choice {
    name: "use_bias_correction",
    words: TRUE_FALSE,
    doc: "multiply the step size by Adam's bias corrections",
};

const SAFEGUARD: Choice = Choice {
    name: "safeguard_warmup",
    words: TRUE_FALSE,
    doc: "keep lr out of the estimate's denominator, for long warm-ups",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "prodigy",
    family: "learning-rate-free",
    summary: "AdamW that estimates the distance to the solution, and with it its step size",
    source: "Mishchenko & Defazio, \"Prodigy: An Expeditiously Adaptive Parameter-Free Learner\", ICML 2024",
    usual_learning_rate: 1.0,
    choices: &[SAFEGUARD, BIAS_CORRECTION],
    build: |choices| {
        Chain::from(
            Prodigy::new()
                .safeguard_warmup(choices.is("safeguard_warmup", "true"))
                .use_bias_correction(choices.is("use_bias_correction", "true")),
        )
    },
}];
