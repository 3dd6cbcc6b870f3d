//! Distance over gradients, for each parameter by itself.

use super::dog::{MEMORY, SUMS, squares, step_size, travelled};
use super::{At, Initial, Measure, Rule, Step, TERMS};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// LDoG: [`DoG`](super::DoG) with a step size for each parameter tensor.
    ///
    /// ```text
    /// r̄ ← max(r̄, ‖x − x₀‖)          r̄ = r_ε(1 + ‖x₀‖) before the first step
    /// G ← G + ‖g‖²
    /// u = r̄ / √(G + ε) · g
    /// ```
    /// Norms are over the one parameter. Defaults as DoG's.
    ///
    /// When one would use it: for networks whose layers want different step sizes, transformers among them; it converges
    /// sooner than DoG there, without its theory.
    ///
    /// Source: Ivgi, Hinder & Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", ICML 2023,
    /// section 4 (L-DoG).
    LDoG {
        /// r_ε, the first distance by 1 + ‖x₀‖
        reps_rel: 1e-6, Range::POSITIVE;
        /// ε, added to the sum of squares
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for LDoG {
    const NAME: &'static str = "ldog";
    const STATE: &'static [&'static str] = &["x0"];
    const CONSTANTS: &'static [&'static str] = &["r̄/√(G + ε)"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = SUMS;
    const MEMORY: &'static [&'static str] = MEMORY;
    type State<T> = [T; 1];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step_size(step, &self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>([size]: &[T; 1], At { g, .. }: At<T>, _x0: &mut [T; 1]) -> T {
        *size * g
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 1], at: At<T>, [x0]: &[T; 1]) -> [T; TERMS] {
        squares(at, *x0)
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        travelled(step, &self.reps_rel, memory);
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "ldog",
    family: "learning-rate-free",
    summary: "DoG with a step size for each parameter tensor",
    source: "Ivgi, Hinder & Carmon, \"DoG is SGD's Best Friend\", ICML 2023",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| coupled(LDoG::new(), 1.0),
}];
