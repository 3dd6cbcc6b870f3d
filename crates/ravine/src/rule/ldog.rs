//! Distance over gradients, for each parameter by itself.

use super::dog::distance_over_gradients;
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

distance_over_gradients!(LDoG, "ldog", ParameterSums);

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "ldog",
    family: "learning-rate-free",
    summary: "DoG with a step size for each parameter tensor",
    source: "Ivgi, Hinder & Carmon, \"DoG is SGD's Best Friend\", ICML 2023",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| coupled(LDoG::new(), 1.0),
}];
