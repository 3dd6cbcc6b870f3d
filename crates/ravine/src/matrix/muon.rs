//! Muon.

use super::fold::{LAYOUT, by_rank, layout};
use super::{Orthogonalise, ShapeFactor};
use crate::catalogue::{Choice, HALF_DECADE, Recipe};
use crate::rule::{Adam, At, LearningRate, Momentum, Nesterov, Rule, Step, WeightDecay};
use crate::{Chain, Real, Selection, hyper, hyper::Range};

hyper! {
    /// A factor on the learning rate of those parameters that a matrix method leaves to Adam.
    ///
    /// ```text
    /// u = ratio·g
    /// ```
    AdamLrRatio {
        /// learning rate of the parameters below rank 2, as a multiple of `lr`
        adam_lr_ratio: 1.0, Range::NON_NEGATIVE;
    }
}

impl Rule for AdamLrRatio {
    const NAME: &'static str = "adam_lr_ratio";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["ratio"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.adam_lr_ratio)]
    }

    #[inline(always)]
    fn apply<T: Real>([ratio]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *ratio * g
    }

    fn is_identity(&self) -> bool {
        self.adam_lr_ratio.is(1.0)
    }
}

const NESTEROV: Choice = Choice {
    name: "nesterov",
    words: &["true", "false"],
    doc: "orthogonalise the gradient plus the momentum instead of the momentum",
};

const SHAPE_FACTOR: Choice = Choice {
    name: "shape_factor",
    words: &["match-adamw", "original"],
    doc: "0.2·√max(out, in), for learning rates as AdamW's; or √max(1, out/in), for about 0.02",
};

/// Jordan's ratio: Adam at 3e-4 beside Muon at 0.02.
const ORIGINAL_RATIO: f64 = 0.015;

/// Momentum, orthogonalised, for matrices; Adam for the rest.
///
/// Momentum is v ← μv + g as Jordan has it; PyTorch's average is (1 − μ) times that, with the same direction. Weights decay
/// by the plain learning rate, as in PyTorch, whatever the factor of the shape. With the factor of Moonlight the updates
/// of matrices are as large as Adam's, so one learning rate serves both; with Jordan's, those of Adam are made smaller
/// by `adam_lr_ratio`, decay included.
pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "muon",
    family: "matrix",
    summary: "momentum, orthogonalised by Newton–Schulz iteration; Adam for vectors",
    source: "Jordan et al., \"Muon\", 2024; Liu et al., \"Muon is Scalable for LLM Training\", 2025",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[NESTEROV, SHAPE_FACTOR, LAYOUT],
    build: |choices| {
        let momentum = if choices.is("nesterov", "false") {
            Chain::from(Momentum::new().momentum(0.95))
        } else {
            Chain::from(Nesterov::new().momentum(0.95))
        };
        let (factor, ratio, lr) = if choices.is("shape_factor", "original") {
            (ShapeFactor::Original, ORIGINAL_RATIO, 0.02)
        } else {
            (ShapeFactor::MatchAdamW, 1.0, 1e-3)
        };
        let orthogonalise = Orthogonalise::new()
            .shape_factor(factor)
            .layout(layout(choices));
        let ratio = Chain::from(AdamLrRatio::new().adam_lr_ratio(ratio));
        by_rank(momentum.then(orthogonalise), Adam::new().beta2(0.95))
            .then(WeightDecay::new().weight_decay(0.1))
            .join(ratio.only(Selection::rank_below(2)))
            .then(LearningRate::new().lr(lr))
    },
}];
