//! Adam-mini.

use rayon::prelude::*;

use super::adam::moments;
use super::rows::{dot, rows, rows_in_piece, wide};
use super::{Array, Step, Tensor, Whole};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Scalar, hyper, hyper::Range};

hyper! {
    /// Adam-mini: Adam with one second moment for each block of a parameter instead of one for each coordinate.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂) mean(g²)      (one v, and one mean, for each block)
    /// u = m̂ / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// A block is a row: one index of the first dimension, the weights of one output neuron or of one token in PyTorch's
    /// layout [out, in, …]. A vector (a bias, a normalisation) is one block. That halves Adam's memory, at its learning
    /// rates. The paper cuts by what a parameter is: query and key by head, which are several rows, all else that is a matrix by
    /// row. What is a query is not seen by the shape, so here they are cut by row too, more finely than there.
    ///
    /// Source: Zhang et al., "Adam-mini: Use Fewer Learning Rates To Gain More", ICLR 2025, algorithms 1 and 2.
    AdamMini {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

crate::whole!(AdamMini);

impl Whole for AdamMini {
    const NAME: &'static str = "adam_mini";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const FORMULA: &'static str = "exp_avg ← β₁·exp_avg + (1 − β₁)·g
exp_avg_sq ← β₂·exp_avg_sq + (1 − β₂)·mean(g²)      one for each row
u ← exp_avg/(1 − β₁ⁿ) / (√(exp_avg_sq/(1 − β₂ⁿ)) + ε)";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        Some(match state {
            0 => Array::zeros(shape),
            _ => Array::zeros(&[rows(shape).0]),
        })
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let (_, length) = rows(tensor.shape);
        let [m, v] = tensor.states else { return Ok(()) };
        let count = rows_in_piece(length);
        let piece = (count * length).max(1);
        let pieces = tensor.u.par_chunks_mut(piece).zip(m.par_chunks_mut(piece));
        pieces.zip(v.par_chunks_mut(count)).for_each(|((u, m), v)| {
            let rows = u.chunks_mut(length).zip(m.chunks_mut(length));
            for ((u, m), v) in rows.zip(v) {
                let mean = dot(u, u) / length as f64;
                let average = b2 * v.to_f64() + c2 * mean;
                *v = T::from_f64(average);
                let scale = debias1 / (debias2 * average.sqrt() + eps);
                wide(|| row(u, m, [b1, c1, scale].map(T::from_f64)));
            }
        });
        Ok(())
    }
}

#[inline(always)]
fn row<T: Scalar>(u: &mut [T], m: &mut [T], [b1, c1, scale]: [T; 3]) {
    for (u, m) in u.iter_mut().zip(m) {
        *m = b1 * *m + c1 * *u;
        *u = scale * *m;
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adam-mini",
    family: "small memory",
    summary: "Adam with one second moment for each output neuron",
    source: "Zhang et al., \"Adam-mini: Use Fewer Learning Rates To Gain More\", ICLR 2025",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| decoupled(AdamMini::new(), 0.01, 1e-3),
}];
