//! SGD with D-Adaptation.

use super::distance::{D, D_NOW, GROWTH_RATE, grown, present};
use super::{At, Initial, Measure, Rule, Step, TERMS, WeightDecay};
use crate::catalogue::Recipe;
use crate::{Chain, Real, hyper, hyper::Range};

hyper! {
    /// SGD with D-Adaptation: the step size is a lower bound d of the distance to the solution, which only grows.
    ///
    /// ```text
    /// γ = ηd / ‖g₀‖
    /// r ← r + γ⟨g, s⟩                                    over all parameters
    /// s ← s + γg
    /// d′ = max(d, 2r / ‖s‖)                              over all parameters
    /// x ← βx + (1 − β)(x₀ − s)        so  u = (1 − β)(x − x₀ + s)
    /// ```
    /// ‖g₀‖ is the norm of the first gradient that is not zero. d is one number for all parameters, remembered as `d`. η is the
    /// schedule, around 1. The momentum β is an average of the iterates, not a velocity.
    ///
    /// When one would use it: to train with SGD where there is no time to search a learning rate.
    ///
    /// Source: Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023, algorithm 4.
    DAdaptSgd {
        /// η, a multiplier of the step size, or a schedule of it
        lr: 1.0, Range::NON_NEGATIVE;
        /// weight β of the last iterate
        momentum: 0.0, Range::DECAY_RATE;
        /// the first d, to be far below the distance
        d0: 1e-6, Range::POSITIVE;
        /// by which factor d may grow in a step
        growth_rate: f64::INFINITY, GROWTH_RATE;
    }
}

const NUMERATOR: usize = 2;
const FIRST_NORM: usize = 3;

/// d/‖g₀‖; nothing moves before there is a gradient.
fn step_size(d: f64, first_norm: f64) -> f64 {
    if first_norm > 0.0 { d / first_norm } else { 0.0 }
}

impl Rule for DAdaptSgd {
    const NAME: &'static str = "d_adapt_sgd";
    const STATE: &'static [&'static str] = &["s", "x0"];
    const CONSTANTS: &'static [&'static str] = &["η", "γ", "1 − β"];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["η⟨g, s⟩", "‖s‖²", "‖ηg‖²", "‖g‖²"];
    const MEMORY: &'static [&'static str] = &["d", "d_now", "d_numerator", "g0_norm"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 3];

    fn constants(&self, step: &Step) -> [f64; 3] {
        let lr = step.value(&self.lr);
        let size = step_size(present(step), step.memory[FIRST_NORM]);
        [lr, lr * size, 1.0 - step.value(&self.momentum)]
    }

    #[inline(always)]
    fn apply<T: Real>([_, size, new]: &[T; 3], At { x, g, .. }: At<T>, [s, x0]: &mut [T; 2]) -> T {
        *s = *s + *size * g;
        *new * (x - *x0 + *s)
    }

    #[inline(always)]
    fn terms<T: Real>([lr, ..]: &[T; 3], At { g, .. }: At<T>, [s, _]: &[T; 2]) -> [T; TERMS] {
        let step = *lr * g;
        [step * *s, *s * *s, step * step, g * g]
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let [along, s_square, step_square, g_square] = step.sums;
        let d = step.memory[D];
        if step.memory[FIRST_NORM] == 0.0 {
            memory[FIRST_NORM] = g_square.sqrt();
        }
        let size = step_size(d, memory[FIRST_NORM]);
        memory[D_NOW] = d;
        memory[NUMERATOR] = step.memory[NUMERATOR] + size * along;
        // ‖s + γg‖², from what is known before the step.
        let s_square = s_square + 2.0 * size * along + size * size * step_square;
        if s_square > 0.0 {
            let estimate = 2.0 * memory[NUMERATOR] / s_square.sqrt();
            memory[D] = grown(d, estimate, step.value(&self.growth_rate));
        }
    }

    fn initial_memory(&self, number: usize) -> f64 {
        match number {
            D | D_NOW => self.d0.at(0),
            _ => 0.0,
        }
    }

    fn initial(&self, state: usize) -> Initial {
        match state {
            1 => Initial::Parameter,
            _ => Initial::Constant(0.0),
        }
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "dadapt-sgd",
    family: "learning-rate-free",
    summary: "SGD whose step size is a growing lower bound of the distance to the solution",
    source: "Defazio & Mishchenko, \"Learning-Rate-Free Learning by D-Adaptation\", ICML 2023",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| Chain::from(WeightDecay::new()).then(DAdaptSgd::new()),
}];
