//! Distance over weighted gradients.

use super::{At, Initial, Measure, Rule, Step, TERMS};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// DoWG: as [`DoG`](super::DoG), with each squared gradient weighted by the squared distance at its time.
    ///
    /// ```text
    /// r̄² ← max(r̄², ‖x − x₀‖²)       r̄ = r_ε before the first step
    /// w ← w + r̄²‖g‖²
    /// u = r̄² / (√w + ε) · g
    /// ```
    /// Norms are over all parameters. r̄² and w are remembered as `squared_distance` and `weighted_gradient_sum`. The paper has
    /// no ε; the authors' code has, and takes 1e-4 for it and for the first r̄². In f32 a large r_ε keeps the first steps
    /// above rounding.
    ///
    /// When one would use it: where DoG is too slow at first. Its step size adapts to smooth problems as well, and is larger
    /// than DoG's, up to the edge of stability.
    ///
    /// Source: Khaled, Mishchenko & Jin, "DoWG Unleashed: An Efficient Universal Parameter-Free Gradient Descent Method",
    /// NeurIPS 2023, algorithm 1.
    DoWG {
        /// r_ε, the first distance
        r_eps: 1e-2, Range::POSITIVE;
        /// ε, added to √w
        eps: 1e-4, Range::NON_NEGATIVE;
    }
}

impl Rule for DoWG {
    const NAME: &'static str = "dowg";
    const STATE: &'static [&'static str] = &["x0"];
    const CONSTANTS: &'static [&'static str] = &["r̄²/(√w + ε)"];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["‖x − x₀‖²", "‖g‖²"];
    const MEMORY: &'static [&'static str] = &["squared_distance", "weighted_gradient_sum"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let divisor = step.memory[1].sqrt() + step.value(&self.eps);
        [if divisor > 0.0 {
            step.memory[0] / divisor
        } else {
            0.0
        }]
    }

    #[inline(always)]
    fn apply<T: Real>([size]: &[T; 1], At { g, .. }: At<T>, _x0: &mut [T; 1]) -> T {
        *size * g
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 1], At { x, g, .. }: At<T>, [x0]: &[T; 1]) -> [T; TERMS] {
        let (way, zero) = (x - *x0, g.like(0.0));
        [way * way, g * g, zero, zero]
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let [way, gradient, ..] = step.sums;
        memory[0] = step.memory[0].max(way);
        memory[1] = step.memory[1] + memory[0] * gradient;
    }

    fn initial_memory(&self, number: usize) -> f64 {
        let first = self.r_eps.at(0);
        [first * first, 0.0][number]
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "dowg",
    family: "learning-rate-free",
    summary: "DoG with the gradients weighted by the distance at their time",
    source: "Khaled, Mishchenko & Jin, \"DoWG Unleashed\", NeurIPS 2023",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| coupled(DoWG::new(), 1.0),
}];
