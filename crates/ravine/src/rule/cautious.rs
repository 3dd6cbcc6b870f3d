//! Cautious updates.

use super::{Adam, At, Measure, Rule, Step, TERMS};
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper};

hyper! {
    /// Cautious updates: only the coordinates whose update agrees with the gradient move, and they move further in return.
    ///
    /// ```text
    /// u = g · [g·∇f > 0] · d / (k + 1)      g: the update of the rule before, d coordinates of which k agree
    /// ```
    /// Behind any rule with momentum, before decoupled weight decay. The factor is the paper's; the authors' code divides by
    /// max(k/d, 0.001) instead.
    ///
    /// Source: Liang, Chen, Liu & Liu, "Cautious Optimizers: Improving Training with One Line of Code", 2024, algorithm 1.
    Cautious {}
}

impl Rule for Cautious {
    const NAME: &'static str = "cautious";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["d/(k + 1)"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = &["k"];
    const READS_GRADIENT: bool = true;
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.elements as f64 / (step.sums[0] + 1.0)]
    }

    #[inline(always)]
    fn apply<T: Real>([scale]: &[T; 1], at: At<T>, []: &mut [T; 0]) -> T {
        *scale * agrees(at) * at.g
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 1], at: At<T>, []: &[T; 0]) -> [T; TERMS] {
        let none = at.g.like(0.0);
        [agrees(at), none, none, none]
    }
}

/// 1 where the update has the gradient's sign, else 0. Of the signs, for the product of small numbers may vanish.
#[inline(always)]
fn agrees<T: Real>(at: At<T>) -> T {
    (at.g.sign() * at.gradient.sign()).max(at.g.like(0.0))
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "cautious-adamw",
    family: "adaptive",
    summary: "AdamW that moves only where its update agrees with the gradient",
    source: "Liang, Chen, Liu & Liu, \"Cautious Optimizers: Improving Training with One Line of Code\", 2024",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| decoupled(Chain::from(Adam::new()).then(Cautious::new()), 0.01, 1e-3),
}];
