//! Mechanic.

use super::{Adam, At, Initial, Measure, Rule, Step, TERMS};
use crate::catalogue::{Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Mechanic: learns the scale S of all that the chain before it has done.
    ///
    /// ```text
    /// h = ⟨Δ, ∇f + λS‖∇f‖ x/‖x‖⟩      over all parameters, with Δ and S of the steps before
    /// Δ ← Δ + u
    /// for βᵢ = 1 − 10⁻ⁱ, i = 1 … 6:
    ///   mᵢ ← max(βᵢmᵢ, |h|)
    ///   vᵢ ← βᵢ²vᵢ + h²
    ///   rᵢ ← max(0, βᵢrᵢ + sᵢh)
    ///   sᵢ ← (s₀mᵢ/6 + rᵢ) / (√vᵢ + ε)
    /// S = Σ sᵢ
    /// x ← x_ref − SΔ
    /// ```
    /// The last link of a chain: u is the update that the chain would make, ∇f the gradient as it came. S is remembered as
    /// `scale`, and is what the chain's learning rate, best left at 1 with its schedule, is multiplied by. Nothing
    /// moves in the first step, in which Δ is not known.
    ///
    /// The paper's mᵢ is the largest h, which by its signs is never positive while all goes well; its analysis and all
    /// implementations mean |h|. Optax clips h by the last mᵢ, which the paper does not, and makes Δ again from x − x_ref
    /// divided by S; here it is a state, because in f32 x does not hold a displacement of S = 1e-8.
    ///
    /// When one would use it: to have any optimiser and schedule without a search for the learning rate.
    ///
    /// Source: Cutkosky, Defazio & Mehta, "Mechanic: A Learning Rate Tuner", NeurIPS 2023, algorithm 1.
    Mechanic {
        /// s₀, the first scale, to be far below the right one
        s_init: 1e-8, Range::POSITIVE;
        /// strength λ of the pull of S towards zero
        s_decay: 0.01, Range::NON_NEGATIVE;
        /// ε, added to √v
        tuner_eps: 1e-8, Range::POSITIVE;
    }
}

/// 1 − βᵢ.
const FORGET: [f64; TUNERS] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
const TUNERS: usize = 6;

impl Rule for Mechanic {
    const NAME: &'static str = "mechanic";
    const STATE: &'static [&'static str] = &["reference", "delta"];
    const CONSTANTS: &'static [&'static str] = &["S"];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["⟨Δ, ∇f⟩", "⟨Δ, x⟩", "‖∇f‖²", "‖x‖²"];
    const MEMORY: &'static [&'static str] = &[
        "scale", "m", "m", "m", "m", "m", "m", "v", "v", "v", "v", "v", "v", "r", "r", "r", "r",
        "r", "r", "s", "s", "s", "s", "s", "s",
    ];
    const READS_GRADIENT: bool = true;
    const READS_UPDATE: bool = true;
    type State<T> = [T; 2];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.memory[0]]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [scale]: &[T; 1],
        At { x, g: u, .. }: At<T>,
        [reference, delta]: &mut [T; 2],
    ) -> T {
        *delta = *delta + u;
        x - *reference + *scale * *delta
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 1], at: At<T>, [_, delta]: &[T; 2]) -> [T; TERMS] {
        let At { x, gradient, .. } = at;
        [*delta * gradient, *delta * x, gradient * gradient, x * x]
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let [along, inward, g_square, x_square] = step.sums;
        let pull = if x_square > 0.0 {
            step.value(&self.s_decay) * memory[0] * (g_square / x_square).sqrt() * inward
        } else {
            0.0
        };
        let h = along + pull;
        let first = step.value(&self.s_init) / TUNERS as f64;
        let eps = step.value(&self.tuner_eps);
        let (scale, tuners) = memory.split_at_mut(1);
        scale[0] = 0.0;
        for (i, forget) in FORGET.iter().enumerate() {
            let beta = 1.0 - forget;
            let [m, v, r, s] = [0, 1, 2, 3].map(|k| k * TUNERS + i);
            tuners[m] = (beta * tuners[m]).max(h.abs());
            tuners[v] = beta * beta * tuners[v] + h * h;
            tuners[r] = (beta * tuners[r] + tuners[s] * h).max(0.0);
            tuners[s] = (first * tuners[m] + tuners[r]) / (tuners[v].sqrt() + eps);
            scale[0] += tuners[s];
        }
    }

    fn initial(&self, state: usize) -> Initial {
        match state {
            0 => Initial::Parameter,
            _ => Initial::Constant(0.0),
        }
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "mechanic-adamw",
    family: "learning-rate-free",
    summary: "AdamW, with a tuner that learns the scale of its learning rate",
    source: "Cutkosky, Defazio & Mehta, \"Mechanic: A Learning Rate Tuner\", NeurIPS 2023",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| decoupled(Adam::new(), 0.0, 1.0).then(Mechanic::new()),
}];
