//! Accelerated SGD.

use super::{At, Initial, Rule, Step};
use super::{LearningRate, WeightDecay};
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Accelerated SGD: short steps from the parameters, long steps from a running average of them, and a mean of both.
    ///
    /// ```text
    /// w ← (1 − β)w + β(x − κ/c·g)       β = c²ξ/κ,  w = x before the first update
    /// u = x − (c(x − g) + βw) / (c + β)
    /// ```
    /// g is the gradient times the short step: the learning rate stands before this rule. κ says how much longer the long step
    /// is, and ξ ≤ √κ what acceleration can be had in spite of the noise. Unlike heavy-ball momentum it is faster than SGD
    /// also with mini-batches of one.
    ///
    /// Source: Kidambi, Netrapalli, Jain & Kakade, "On the insufficiency of existing momentum schemes for Stochastic
    /// Optimization", ICLR 2018, algorithm 3; Jain et al., "Accelerating Stochastic Gradient Descent for Least Squares
    /// Regression", COLT 2018.
    AccSgd {
        /// ratio κ of the long step to the short one
        kappa: 1000.0, Range::new(1.0, false, f64::INFINITY, true);
        /// advantage ξ from acceleration; one above √κ counts as √κ
        xi: 10.0, Range::POSITIVE;
        /// constant c below 1
        constant: 0.7, Range::new(0.0, true, 1.0, true);
    }
}

impl Rule for AccSgd {
    const NAME: &'static str = "accsgd";
    const STATE: &'static [&'static str] = &["momentum_buffer"];
    const CONSTANTS: &'static [&'static str] = &["β", "1 − β", "κ/c", "c/(c + β)", "β/(c + β)"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 5];

    fn constants(&self, step: &Step) -> [f64; 5] {
        let (kappa, c) = (step.value(&self.kappa), step.value(&self.constant));
        let beta = c * c * step.value(&self.xi).min(kappa.sqrt()) / kappa;
        [beta, 1.0 - beta, kappa / c, c / (c + beta), beta / (c + beta)]
    }

    #[inline(always)]
    fn apply<T: Real>([b, keep, long, short, mix]: &[T; 5], At { x, g, .. }: At<T>, [w]: &mut [T; 1]) -> T {
        *w = *keep * *w + *b * (x - *long * g);
        *short * g + *mix * (x - *w)
    }

    fn initial(&self, _state: usize) -> Initial {
        Initial::Parameter
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "accsgd",
    family: "first order",
    summary: "short steps mixed with long steps from a running average of the parameters",
    source: "Kidambi, Netrapalli, Jain & Kakade, \"On the insufficiency of existing momentum schemes\", ICLR 2018",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| {
        Chain::from(WeightDecay::new()).then((LearningRate::new().lr(1e-3), AccSgd::new()))
    },
}];
