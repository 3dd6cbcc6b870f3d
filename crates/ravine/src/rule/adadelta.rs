//! Adadelta.

use super::{At, Rule, Step};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Adadelta: the gradient scaled by the ratio of two running root mean squares, of past updates and of gradients. The
    /// update has the parameter's unit, so that a learning rate of 1 needs no tuning; it starts slowly, from ε.
    ///
    /// ```text
    /// v ← ρv + (1 − ρ)g²
    /// u = √(d + ε) / √(v + ε) · g
    /// d ← ρd + (1 − ρ)u²
    /// ```
    /// Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1.
    Adadelta {
        /// decay rate ρ of both averages
        rho: 0.9, Range::DECAY_RATE;
        /// ε, under both roots
        eps: 1e-6, Range::NON_NEGATIVE;
    }
}

impl Rule for Adadelta {
    const NAME: &'static str = "adadelta";
    const STATE: &'static [&'static str] = &["square_avg", "acc_delta"];
    const CONSTANTS: &'static [&'static str] = &["ρ", "1 − ρ", "ε"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 3];

    fn constants(&self, step: &Step) -> [f64; 3] {
        let rho = step.value(&self.rho);
        [rho, 1.0 - rho, step.value(&self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>([rho, c, eps]: &[T; 3], At { g, .. }: At<T>, [v, d]: &mut [T; 2]) -> T {
        *v = *rho * *v + *c * (g * g);
        let u = (*d + *eps).sqrt() / (*v + *eps).sqrt() * g;
        *d = *rho * *d + *c * (u * u);
        u
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adadelta",
    family: "adaptive",
    summary: "the gradient in units of past updates; no learning rate to tune",
    source: "Zeiler, \"ADADELTA: An Adaptive Learning Rate Method\", 2012",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| coupled(Adadelta::new(), 1.0),
}];
