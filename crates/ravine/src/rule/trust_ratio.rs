//! The trust ratio, and LAMB.

use super::{Adam, At, Measure, Rule, Step, WeightDecay};
use super::LearningRate;
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// The trust ratio: every parameter's update gets the length of the parameter itself, times a coefficient.
    ///
    /// ```text
    /// u = κ φ(‖x‖) / (‖g‖ + ε) · g      with  φ(z) = min(max(z, γₗ), γᵤ)
    /// ```
    /// Norms are Euclidean, over the parameter. Where φ(‖x‖) or ‖g‖ is zero, u = g, as in Optax: otherwise a parameter that
    /// begins at zero would stay there. φ is the identity unless its bounds are set.
    ///
    /// Behind Adam and weight decay it makes LAMB: with it, batches of tens of thousands train like small ones.
    ///
    /// Source: You et al., "Large Batch Optimization for Deep Learning", ICLR 2020, algorithm 2.
    TrustRatio {
        /// coefficient κ of the trust ratio
        trust_coefficient: 1.0, Range::POSITIVE;
        /// ε, added to the norm of the update in the trust ratio
        trust_eps: 0.0, Range::NON_NEGATIVE;
        /// least norm γₗ of a parameter that counts in the trust ratio
        trust_low: 0.0, Range::NON_NEGATIVE;
        /// largest norm γᵤ of a parameter that counts in the trust ratio
        trust_high: f64::INFINITY, Range::BOUND;
    }
}

impl Rule for TrustRatio {
    const NAME: &'static str = "trust_ratio";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["κφ(‖x‖)/(‖g‖ + ε)"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = NORMS;
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let (x, g) = norms(step);
        let phi = x
            .max(step.value(&self.trust_low))
            .min(step.value(&self.trust_high));
        [if phi == 0.0 || g == 0.0 {
            1.0
        } else {
            step.value(&self.trust_coefficient) * phi / (g + step.value(&self.trust_eps))
        }]
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 1], at: At<T>, []: &[T; 0]) -> [T; super::TERMS] {
        squares(at)
    }

    #[inline(always)]
    fn apply<T: Real>([ratio]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *ratio * g
    }
}

/// The sums of rules that compare a parameter with its gradient.
pub(super) const NORMS: &[&str] = &["‖x‖²", "‖g‖²"];

/// What a coordinate adds to [`NORMS`].
#[inline(always)]
pub(super) fn squares<T: Real>(At { x, g, .. }: At<T>) -> [T; super::TERMS] {
    [x * x, g * g, x.like(0.0), x.like(0.0)]
}

/// ‖x‖ and ‖g‖.
pub(super) fn norms(step: &Step) -> (f64, f64) {
    (step.sums[0].sqrt(), step.sums[1].sqrt())
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "lamb",
    family: "layer-wise",
    summary: "Adam whose update has the length of the parameter: for very large batches",
    source: "You et al., \"Large Batch Optimization for Deep Learning\", ICLR 2020",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| {
        Chain::from(Adam::new().eps(1e-6))
            .then(WeightDecay::new().weight_decay(0.01))
            .then((TrustRatio::new(), LearningRate::new().lr(1e-3)))
    },
}];
