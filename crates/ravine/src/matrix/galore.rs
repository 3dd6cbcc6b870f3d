//! GaLore.

use super::algebra::{AlgebraError, Matrix, thin_svd};
use super::fold::{COUNT, Fold, LAYOUT, by_rank, layout, product};
use crate::Scalar;
use crate::catalogue::{Recipe, decoupled};
use crate::rule::{self, Adam, Array, Layout, Step, Tensor, Whole};
use crate::{hyper, hyper::Range};

hyper! {
    /// GaLore: Adam on the gradient's projection to its own first singular vectors, so that its states are small.
    ///
    /// ```text
    /// every T updates: P ← the first r left singular vectors of g     (right ones where g has as many rows as columns, or more)
    /// r' = Pᵀg      (gPᵀ)
    /// m ← β₁m + (1 − β₁)r'      v ← β₂v + (1 − β₂)r'²
    /// u = α·P(m̂/(√v̂ + ε))
    /// ```
    /// For m × n, with m ≤ n, it keeps m·r + 2n·r numbers instead of 2mn. When P changes, m and v stay what they were,
    /// as in the paper; singular vectors are turned so that the largest number of each left one is positive, so that they
    /// keep their meaning where they changed little. ε is added as in Adam, behind the bias correction. If the
    /// decomposition fails, the last P stays; if there is none, nothing moves.
    ///
    /// Source: Zhao et al., "GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection", ICML 2024, algorithm 2.
    GaLore {
        /// decay rate β₁ of the average of the projection
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of its square
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
        /// rank r of the projection
        rank: 128.0, COUNT;
        /// updates T from one projection to the next
        projection_gap: 200.0, COUNT;
        /// factor α of the updates
        scale: 0.25, Range::NON_NEGATIVE;
        with
        /// where a weight has its outputs
        layout: Layout = Layout::OutIn;
    }
}

impl Whole for GaLore {
    const NAME: &'static str = "galore";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "projector"];
    const FORMULA: &'static str = "every T updates: projector ← first r singular vectors of g
r ← projectorᵀ g
exp_avg ← β₁·exp_avg + (1 − β₁)·r
exp_avg_sq ← β₂·exp_avg_sq + (1 − β₂)·r²
u ← α·projector (exp_avg/(1 − β₁ⁿ) / (√(exp_avg_sq/(1 − β₂ⁿ)) + ε))";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let fold = Fold::of(self.layout, shape);
        let rank = rank(self.rank.at(0), fold);
        let shape = match (state, fold.rows >= fold.cols) {
            (2, true) => [rank, fold.cols],
            (2, false) => [fold.rows, rank],
            (_, true) => [fold.rows, rank],
            (_, false) => [rank, fold.cols],
        };
        Some(Array::zeros(&shape))
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let fold = Fold::of(self.layout, tensor.shape);
        let rank = rank(self.rank.at(0), fold);
        let (moments, projectors) = tensor.states.split_at_mut(2);
        let [projector] = projectors else {
            return Err("galore has lost its states".into());
        };
        let zero = T::from_f64(0.0);
        let right = fold.rows >= fold.cols;
        let gap = (step.value(&self.projection_gap) as u64).max(1);
        let missing = projector.iter().all(|x| *x == zero);
        let made = if (step.updates - 1).is_multiple_of(gap) || missing {
            thin_svd(fold.read(tensor.u)?, rank)
                .map(|svd| *projector = if right { svd.right } else { svd.left })
        } else {
            Ok(())
        };

        let (a, b) = if right { (rank, fold.cols) } else { (fold.rows, rank) };
        let mut low = {
            let (g, p) = (fold.read(tensor.u)?, Matrix::new(projector, a, b)?.transposed());
            if right { product(g, p)? } else { product(p, g)? }
        };
        let adam = Adam::new()
            .beta1(self.beta1.clone())
            .beta2(self.beta2.clone())
            .eps(self.eps.clone());
        rule::run(&adam, step, &mut low, moments)?;
        let p = Matrix::new(projector, a, b)?;
        let u = if right {
            product(Matrix::new(&low, fold.rows, rank)?, p)?
        } else {
            product(p, Matrix::new(&low, rank, fold.cols)?)?
        };
        tensor.u.copy_from_slice(&u);
        let scale = T::from_f64(step.value(&self.scale));
        fold.write(tensor.u)?.scale(scale);
        made.map_err(|error: AlgebraError| format!("{error}; the last projection stays"))
    }
}

/// The rank of a projection, which is not above that of the matrix.
fn rank(wanted: f64, fold: Fold) -> usize {
    (wanted as usize).clamp(1, fold.rows.min(fold.cols).max(1))
}

crate::whole!(GaLore);

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "galore",
    family: "matrix",
    summary: "Adam on the gradient's first singular vectors, with small states; Adam for vectors",
    source: "Zhao et al., \"GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection\", ICML 2024",
    usual_learning_rate: 1e-2,
    choices: &[LAYOUT],
    build: |choices| {
        let galore = GaLore::new().layout(layout(choices));
        decoupled(by_rank(galore, Adam::new()), 0.0, 1e-2)
    },
}];
