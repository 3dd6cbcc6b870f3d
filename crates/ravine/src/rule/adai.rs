//! Adai.

use super::{At, Initial, Measure, Rule, Step, TERMS};
use crate::catalogue::{Recipe, coupled, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Adai: momentum whose inertia adapts to each coordinate, at SGD's learning rates. It keeps Adam's way out of saddle points
    /// and prefers flat minima, as SGD does.
    ///
    /// ```text
    /// v ← β₂v + (1 − β₂)g²,   v̂ = v / (1 − β₂ⁿ)
    /// v̄ = the mean of v̂ over all coordinates of the step
    /// b = clip(1 − β₀·v̂/v̄, 0, 1 − ε)
    /// m ← bm + (1 − b)g
    /// p ← bp      (p begins at 1)
    /// u = m / (1 − p)
    /// ```
    /// Source: Xie et al., "Adaptive Inertia: Disentangling the Effects of Adaptive Learning Rate and Momentum", ICML 2022,
    /// algorithm 2.
    Adai {
        /// how strongly (β₀) a large second moment lessens the inertia
        beta0: 0.1, Range::NON_NEGATIVE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.99, Range::DECAY_RATE;
        /// ε: the inertia is at most 1 − ε
        eps: 1e-3, Range::new(0.0, true, 1.0, false);
    }
}

impl Rule for Adai {
    const NAME: &'static str = "adai";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "beta1_prod"];
    const CONSTANTS: &'static [&'static str] =
        &["β₂", "1 − β₂", "1/(1 − β₂ⁿ)", "β₀/(1 − β₂ⁿ)/v̄", "1 − ε"];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["Σv̂"];
    type State<T> = [T; 3];
    type Constants<T> = [T; 5];

    fn constants(&self, step: &Step) -> [f64; 5] {
        let b2 = step.value(&self.beta2);
        let debias = 1.0 / step.bias_correction(b2);
        let mean = step.sums[0] / step.elements as f64;
        // Where there never was a gradient, no coordinate stands out.
        let weight = if mean > 0.0 {
            step.value(&self.beta0) * debias / mean
        } else {
            0.0
        };
        [b2, 1.0 - b2, debias, weight, 1.0 - step.value(&self.eps)]
    }

    #[inline(always)]
    fn terms<T: Real>(
        [b2, c2, debias, ..]: &[T; 5],
        At { g, .. }: At<T>,
        [_, v, _]: &[T; 3],
    ) -> [T; TERMS] {
        let none = g.like(0.0);
        [*debias * (*b2 * *v + *c2 * (g * g)), none, none, none]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b2, c2, _, weight, most]: &[T; 5],
        At { g, .. }: At<T>,
        [m, v, product]: &mut [T; 3],
    ) -> T {
        let one = g.like(1.0);
        *v = *b2 * *v + *c2 * (g * g);
        let inertia = (one - *weight * *v).max(g.like(0.0)).min(*most);
        *m = inertia * *m + (one - inertia) * g;
        *product = inertia * *product;
        *m / (one - *product)
    }

    fn initial(&self, state: usize) -> Initial {
        Initial::Constant(if state == 2 { 1.0 } else { 0.0 })
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "adai",
        family: "adaptive",
        summary: "momentum with an inertia for each coordinate, at SGD's learning rates",
        source: "Xie et al., \"Adaptive Inertia: Disentangling the Effects of Adaptive Learning Rate and Momentum\", ICML 2022",
        usual_learning_rate: 0.1,
        choices: &[],
        build: |_| coupled(Adai::new(), 0.1),
    },
    Recipe {
        name: "adaiw",
        family: "adaptive",
        summary: "Adai with decoupled weight decay",
        source: "Xie et al., \"Adaptive Inertia: Disentangling the Effects of Adaptive Learning Rate and Momentum\", ICML 2022",
        usual_learning_rate: 0.1,
        choices: &[],
        build: |_| decoupled(Adai::new(), 0.0, 0.1),
    },
];
