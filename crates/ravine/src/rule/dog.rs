//! Distance over gradients.

use super::{At, Initial, Measure, Rule, Step, TERMS};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// DoG: SGD whose step size is the distance travelled over the root of the summed squared gradients.
    ///
    /// ```text
    /// r̄ ← max(r̄, ‖x − x₀‖)          r̄ = r_ε(1 + ‖x₀‖) before the first step
    /// G ← G + ‖g‖²
    /// u = r̄ / √(G + ε) · g
    /// ```
    /// Norms are over all parameters; [`LDoG`](super::LDoG) has them for each. r̄ and G are remembered as `max_distance` and
    /// `gradient_sum`. r_ε has only to be small; the authors take 1e-4 for networks with batch normalisation. In f32 the
    /// first steps, a millionth of the parameters' size, are near rounding.
    ///
    /// When one would use it: for fine-tuning and convex problems, without a search. The iterates are to be averaged (by
    /// polynomial decay), the guarantees are for the average.
    ///
    /// Source: Ivgi, Hinder & Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", ICML 2023,
    /// equation (DoG).
    DoG {
        /// r_ε, the first distance by 1 + ‖x₀‖
        reps_rel: 1e-6, Range::POSITIVE;
        /// ε, added to the sum of squares
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

/// The rule, with sums over all parameters or over each.
macro_rules! distance_over_gradients {
    ($rule:ident, $name:literal, $sums:ident) => {
        impl Rule for $rule {
            const NAME: &'static str = $name;
            const STATE: &'static [&'static str] = &["x0"];
            const CONSTANTS: &'static [&'static str] = &["r̄/√(G + ε)"];
            const MEASURE: Measure = Measure::$sums;
            const SUMS: &'static [&'static str] = &["‖x − x₀‖²", "‖g‖²", "‖x‖²"];
            const MEMORY: &'static [&'static str] = &["max_distance", "gradient_sum"];
            type State<T> = [T; 1];
            type Constants<T> = [T; 1];

            fn constants(&self, step: &Step) -> [f64; 1] {
                let [distance, sum] = [step.memory[0], step.memory[1] + step.value(&self.eps)];
                [if sum > 0.0 { distance / sum.sqrt() } else { 0.0 }]
            }

            #[inline(always)]
            fn apply<T: Real>([size]: &[T; 1], At { g, .. }: At<T>, _x0: &mut [T; 1]) -> T {
                *size * g
            }

            #[inline(always)]
            fn terms<T: Real>(_: &[T; 1], At { x, g, .. }: At<T>, [x0]: &[T; 1]) -> [T; TERMS] {
                let way = x - *x0;
                [way * way, g * g, x * x, g.like(0.0)]
            }

            fn remember(&self, step: &Step, memory: &mut [f64]) {
                let [way, gradient, x, ..] = step.sums;
                let [distance, sum] = [step.memory[0], step.memory[1]];
                memory[0] = if distance == 0.0 {
                    step.value(&self.reps_rel) * (1.0 + x.sqrt())
                } else {
                    distance.max(way.sqrt())
                };
                memory[1] = sum + gradient;
            }

            fn initial(&self, _state: usize) -> Initial {
                Initial::Parameter
            }
        }
    };
}
pub(super) use distance_over_gradients;

distance_over_gradients!(DoG, "dog", GlobalSums);

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "dog",
    family: "learning-rate-free",
    summary: "SGD with the distance travelled over the root of the summed squared gradients as step size",
    source: "Ivgi, Hinder & Carmon, \"DoG is SGD's Best Friend\", ICML 2023",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| coupled(DoG::new(), 1.0),
}];
