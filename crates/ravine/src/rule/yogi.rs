//! Yogi.

use super::{At, Initial, Rule, Step, adam::moments};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Yogi: Adam whose second moment moves by at most (1 − β₂)g² an update, so it cannot collapse when gradients become
    /// small.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← v − (1 − β₂)·sign(v − g²)·g²
    /// u = m̂ / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// m begins at 0. (Optax and pytorch_optimizer let it, too, begin at v's initial value.) The paper leaves the bias
    /// correction out, for simplicity as it says; the libraries have it.
    ///
    /// Source: Zaheer et al., "Adaptive Methods for Nonconvex Optimization", NeurIPS 2018, algorithm 2.
    Yogi {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// 1 − β₂ is how fast v follows g²
        beta2: 0.999, Range::DECAY_RATE;
        /// what v begins with
        initial_accumulator_value: 1e-6, Range::NON_NEGATIVE;
        /// ε, added to √v̂
        eps: 1e-3, Range::NON_NEGATIVE;
    }
}

impl Rule for Yogi {
    const NAME: &'static str = "yogi";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "1 − β₂",
        "1/(1 − β₁ⁿ)",
        "1/√(1 − β₂ⁿ)",
        "ε",
    ];
    type State<T> = [T; 2];
    type Constants<T> = [T; 6];

    fn constants(&self, step: &Step) -> [f64; 6] {
        let [b1, c1, _, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        [b1, c1, c2, debias1, debias2, eps]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, c2, debias1, debias2, eps]: &[T; 6],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        let square = g * g;
        *v = *v - *c2 * (*v - square).sign() * square;
        (*debias1 * *m) / (*debias2 * v.sqrt() + *eps)
    }

    fn initial(&self, state: usize) -> Initial {
        Initial::Constant(if state == 1 {
            self.initial_accumulator_value.at(0)
        } else {
            0.0
        })
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "yogi",
    family: "adaptive",
    summary: "Adam whose second moment changes slowly, whatever the gradient",
    source: "Zaheer et al., \"Adaptive Methods for Nonconvex Optimization\", NeurIPS 2018",
    usual_learning_rate: 1e-2,
    choices: &[],
    build: |_| coupled(Yogi::new(), 1e-2),
}];
