//! Quasi-hyperbolic momentum.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Quasi-hyperbolic momentum: a weighted mean of the plain gradient and of its running average.
    ///
    /// ```text
    /// m ← βm + (1 − β)g
    /// u = (1 − ν)g + νm
    /// ```
    /// ν = 0 is SGD, ν = 1 momentum (its step is 1 − β of heavy-ball's), ν = β Nesterov's. A long memory (β near 1) with ν
    /// near 0.7 takes out noise without the delay of momentum.
    ///
    /// Source: Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, equations 3 and 4; the
    /// defaults are the rule of thumb of its section 3.
    Qhm {
        /// decay rate β of the average
        momentum: 0.999, Range::DECAY_RATE;
        /// weight ν of the average in the update
        nu: 0.7, Range::FRACTION;
    }
}

impl Rule for Qhm {
    const NAME: &'static str = "qhm";
    const STATE: &'static [&'static str] = &["momentum_buffer"];
    const CONSTANTS: &'static [&'static str] = &["β", "1 − β", "ν", "1 − ν"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let (beta, nu) = (step.value(&self.momentum), step.value(&self.nu));
        [beta, 1.0 - beta, nu, 1.0 - nu]
    }

    #[inline(always)]
    fn apply<T: Real>([b, c, nu, plain]: &[T; 4], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
        *m = *b * *m + *c * g;
        *plain * g + *nu * *m
    }

    fn is_identity(&self) -> bool {
        self.nu.is(0.0)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "qhm",
    family: "first order",
    summary: "a weighted mean of the gradient and of its running average",
    source: "Ma & Yarats, \"Quasi-hyperbolic momentum and Adam for deep learning\", ICLR 2019",
    usual_learning_rate: HALF_DECADE * 0.1,
    choices: &[],
    build: |_| coupled(Qhm::new(), 1e-2),
}];
