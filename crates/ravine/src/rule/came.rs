//! CAME.

use rayon::prelude::*;

use super::factored::{Matrices, divide_each};
use super::rows::{rows_in_piece, wide};
use super::{Array, Step, Tensor, Whole};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Scalar, hyper, hyper::Range};

hyper! {
    /// CAME: Adafactor with momentum, in which directions that have been steady count for more.
    ///
    /// ```text
    /// r ← β₂r + (1 − β₂) mean of g² + ε₁ along rows,  c likewise along columns,  v = r c / mean(r)
    /// û = g/√v / max(1, RMS(g/√v)/d)
    /// m ← β₁m + (1 − β₁)û
    /// R ← β₃R + (1 − β₃) mean of (û − m)² + ε₂ along rows,  C likewise along columns,  S = R C / mean(R)
    /// u = m/√S
    /// ```
    /// A tensor of more than two dimensions is a batch of matrices, of its last two. A vector keeps v whole, and u = m. It keeps
    /// m and four vectors, so half of Adam. None of the averages is bias-corrected. Learning rates are half to nine
    /// tenths of AdamW's. Keep β₃ above β₂: 0.9995 to 0.99995 with 0.999.
    ///
    /// Source: Luo et al., "CAME: Confidence-guided Adaptive Memory Efficient Optimization", ACL 2023, algorithm 2.
    Came {
        /// decay rate β₁ of the average of the update
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the averages of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// decay rate β₃ of the averages of the squared deviation
        beta3: 0.9999, Range::DECAY_RATE;
        /// ε₁, added to the squared gradient
        eps1: 1e-30, Range::POSITIVE;
        /// ε₂, added to the squared deviation
        eps2: 1e-16, Range::POSITIVE;
        /// d, the root mean square above which an update is shortened
        clip_threshold: 1.0, Range::BOUND;
    }
}

crate::whole!(Came);

impl Whole for Came {
    const NAME: &'static str = "came";
    const STATE: &'static [&'static str] = &[
        "exp_avg",
        "exp_avg_sq",
        "exp_avg_sq_row",
        "exp_avg_sq_col",
        "exp_avg_res_row",
        "exp_avg_res_col",
    ];
    const FORMULA: &'static str = "exp_avg_sq_row ← β₂·exp_avg_sq_row + (1 − β₂)·(mean(g²) + ε₁)      along rows
exp_avg_sq_col ← β₂·exp_avg_sq_col + (1 − β₂)·(mean(g²) + ε₁)      along columns
û ← g / √(exp_avg_sq_row·exp_avg_sq_col / mean(exp_avg_sq_row))
û ← û / max(1, RMS(û)/d)
exp_avg ← β₁·exp_avg + (1 − β₁)·û
exp_avg_res_row ← β₃·exp_avg_res_row + (1 − β₃)·(mean((û − exp_avg)²) + ε₂)      along rows
exp_avg_res_col ← β₃·exp_avg_res_col + (1 − β₃)·(mean((û − exp_avg)²) + ε₂)      along columns
u ← exp_avg / √(exp_avg_res_row·exp_avg_res_col / mean(exp_avg_res_row))";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let factored = shape.len() > 1;
        match state {
            0 => Some(Array::zeros(shape)),
            1 => (!factored).then(|| Array::zeros(shape)),
            2 | 4 => factored.then(|| Array::zeros(&Matrices::row_shape(shape))),
            _ => factored.then(|| Array::zeros(&Matrices::column_shape(shape))),
        }
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let [b1, b2, b3] = [&self.beta1, &self.beta2, &self.beta3].map(|beta| step.value(beta));
        let [eps1, eps2] = [&self.eps1, &self.eps2].map(|eps| step.value(eps));
        let Tensor { shape, u, states, .. } = tensor;
        let [m, v, row, column, res_row, res_column] = states else {
            return Ok(());
        };
        let squares = match Matrices::of(shape) {
            None => divide_each(u, v, [b2, eps1, f64::INFINITY]),
            Some(matrices) => {
                matrices.average(u, [b2, eps1], row, column);
                matrices.divide(u, row, column, [f64::INFINITY, 0.0])
            }
        };
        let rms = (squares / u.len() as f64).sqrt();
        let clip = 1.0 / (rms / step.value(&self.clip_threshold)).max(1.0);
        let constants = [b1, 1.0 - b1, clip].map(T::from_f64);
        let piece = rows_in_piece(64) * 64;
        let pieces = u.par_chunks_mut(piece).zip(m.par_chunks_mut(piece));
        pieces.for_each(|(u, m)| wide(|| deviate(u, m, constants)));
        if let Some(matrices) = Matrices::of(shape) {
            matrices.average(u, [b3, eps2], res_row, res_column);
            u.copy_from_slice(m);
            matrices.divide(u, res_row, res_column, [f64::INFINITY, 0.0]);
        } else {
            u.copy_from_slice(m);
        }
        Ok(())
    }
}

/// Brings m up to date with the clipped update, from which it leaves the deviation.
#[inline(always)]
fn deviate<T: Scalar>(u: &mut [T], m: &mut [T], [b, c, clip]: [T; 3]) {
    for (u, m) in u.iter_mut().zip(m) {
        let clipped = clip * *u;
        *m = b * *m + c * clipped;
        *u = clipped - *m;
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "came",
    family: "small memory",
    summary: "Adafactor with momentum, in which steady directions count for more",
    source: "Luo et al., \"CAME: Confidence-guided Adaptive Memory Efficient Optimization\", ACL 2023",
    usual_learning_rate: HALF_DECADE * 1e-4,
    choices: &[],
    build: |_| decoupled(Came::new(), 0.01, 2e-4),
}];
