//! Fromage.

use super::trust_ratio::{NORMS, norms, squares};
use super::{At, Measure, Rule, Step};
use crate::Chain;
use crate::catalogue::Recipe;
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Fromage: every parameter moves by the same fraction of its norm, and is shortened by what that lengthens it.
    ///
    /// ```text
    /// x ← (x − η ‖x‖/‖g‖ · g) / √(1 + η²)
    /// u = x − (x − η ‖x‖/‖g‖ · g) / √(1 + η²)
    /// ```
    /// The division keeps the norm in balance, as a step at right angles to x lengthens it by √(1 + η²). Where ‖x‖ or ‖g‖
    /// is zero, ‖x‖/‖g‖ counts as 1. η is the only setting, and one η does for many networks: 0.01. No state.
    ///
    /// Source: Bernstein, Vahdat, Yue & Liu, "On the distance between two neural networks and the stability of
    /// learning", NeurIPS 2020, algorithm 1.
    Fromage {
        /// learning rate η: how far a parameter moves, as a fraction of its norm
        lr: 1e-2, Range::NON_NEGATIVE;
    }
}

impl Rule for Fromage {
    const NAME: &'static str = "fromage";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["1 − 1/√(1 + η²)", "η/√(1 + η²) · ‖x‖/‖g‖"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = NORMS;
    type State<T> = [T; 0];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let ((x, g), lr) = (norms(step), step.value(&self.lr));
        let ratio = if x == 0.0 || g == 0.0 { 1.0 } else { x / g };
        let root = (1.0 + lr * lr).sqrt();
        // 1 − 1/√(1 + η²), without the digits that the subtraction would lose.
        [lr * lr / (root * (1.0 + root)), lr / root * ratio]
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 2], at: At<T>, []: &[T; 0]) -> [T; super::TERMS] {
        squares(at)
    }

    #[inline(always)]
    fn apply<T: Real>([shorten, scale]: &[T; 2], At { x, g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *shorten * x + *scale * g
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "fromage",
    family: "layer-wise",
    summary: "every layer moves by the same fraction of its norm",
    source: "Bernstein, Vahdat, Yue & Liu, \"On the distance between two neural networks and the stability of learning\", NeurIPS 2020",
    usual_learning_rate: 1e-2,
    choices: &[],
    build: |_| Chain::from(Fromage::new()),
}];
