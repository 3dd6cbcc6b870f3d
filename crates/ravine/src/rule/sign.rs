//! The sign.

use super::{At, Momentum, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper};

hyper! {
    /// The sign of every coordinate: all move by the learning rate.
    ///
    /// ```text
    /// u = sign(g)      −1, 0 or 1
    /// ```
    /// Of the gradient it is signSGD. Behind [`Momentum`](super::Momentum) it is Signum: the sign of v ← βv + g is that of the
    /// average m ← βm + (1 − β)g of the paper, for v = m/(1 − β).
    ///
    /// Source: Bernstein, Wang, Azizzadenesheli & Anandkumar, "signSGD: Compressed Optimisation for Non-Convex Problems",
    /// ICML 2018, algorithm 1.
    Sign {}
}

impl Rule for Sign {
    const NAME: &'static str = "sign";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &[];
    type State<T> = [T; 0];
    type Constants<T> = [T; 0];

    fn constants(&self, _step: &Step) -> [f64; 0] {
        []
    }

    #[inline(always)]
    fn apply<T: Real>([]: &[T; 0], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        g.sign()
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "sign-sgd",
        family: "sign",
        summary: "the sign of the gradient; no state, steps of equal size",
        source: "Bernstein et al., \"signSGD: Compressed Optimisation for Non-Convex Problems\", ICML 2018",
        usual_learning_rate: HALF_DECADE * 1e-4,
        choices: &[],
        build: |_| decoupled(Sign::new(), 0.0, 1e-3),
    },
    Recipe {
        name: "signum",
        family: "sign",
        summary: "the sign of the momentum",
        source: "Bernstein et al., \"signSGD: Compressed Optimisation for Non-Convex Problems\", ICML 2018, algorithm 2",
        usual_learning_rate: HALF_DECADE * 1e-4,
        choices: &[],
        build: |_| decoupled((Momentum::new(), Sign::new()), 0.0, 1e-3),
    },
    // Its learning rates for each kind of layer are a matter of groups.
    Recipe {
        name: "tiger",
        family: "sign",
        summary: "the sign of a longer momentum, with weight decay: Lion with one decay rate",
        source: "Su, \"Tiger: A Tight-fisted Optimizer\", 2023",
        usual_learning_rate: HALF_DECADE * 1e-4,
        choices: &[],
        build: |_| decoupled((Momentum::new().momentum(0.965), Sign::new()), 0.01, 1e-3),
    },
];
