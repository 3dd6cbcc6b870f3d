//! Adafactor.

use std::borrow::Cow;

use rayon::prelude::*;

use super::factored::{Matrices, divide_each};
use super::rows::{dot, rows_in_piece};
use super::{Array, Step, Tensor, Whole};
use crate::Chain;
use crate::catalogue::{Choice, HALF_DECADE, Recipe};
use crate::{Scalar, hyper, hyper::Range};

/// Whose reading of Adafactor. They disagree about the learning rate, ε₁, which dimensions are factored, and the decay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// PyTorch's.
    #[default]
    PyTorch,
    /// Optax's.
    Optax,
}

hyper! {
    /// Adafactor: a second moment of which only the means over rows and columns are kept, and steps in proportion to the
    /// parameter.
    ///
    /// ```text
    /// r ← βr + (1 − β) mean of g² along rows,  c likewise along columns      with  β = 1 − n^−γ
    /// v = r c / mean(r)
    /// û = g/√v / max(1, RMS(g/√v)/d)
    /// u = α û + decay      with  α = max(ε₂, RMS(x)) · ρ
    /// ```
    /// A matrix of 1000 × 1000 has 2000 numbers of state, a vector as many as coordinates. There are two readings:
    ///
    /// | | [`Reading::PyTorch`] | [`Reading::Optax`] |
    /// |---|---|---|
    /// | ρ | min(η, 1/√n): η is a cap, as in the paper | η |
    /// | ε₁ | v is at least ε₁², mean(r) at least ε₁; 0 stands for the precision of the parameters' type | added to g²; 1e-30, as in the paper |
    /// | factored | the last two dimensions, if there are two | the two largest, if both are at least `min_dim_size_to_factor` |
    /// | decay | ηλx | λx, whatever the learning rate |
    ///
    /// The link must stand last, as it has its own learning rate. The paper's η is the 0.01 of PyTorch, and PyTorch's rule
    /// that d is at least 1 is not kept here. The paper's optional momentum is not in it.
    ///
    /// Source: Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018, algorithms 4
    /// to 6.
    Adafactor {
        /// learning rate η, or the cap of it
        lr: 1e-2, Range::NON_NEGATIVE;
        /// γ: the averages of the squared gradient have decay rate 1 − n^−γ in the n-th update
        decay_rate: 0.8, Range::NON_NEGATIVE;
        /// ε₁, which keeps the division finite; 0 is the precision of the parameters' type in PyTorch's reading
        eps1: 0.0, Range::NON_NEGATIVE;
        /// ε₂, the least root mean square of a parameter that counts
        eps2: 1e-3, Range::NON_NEGATIVE;
        /// d, the root mean square above which an update is shortened
        clip_threshold: 1.0, Range::BOUND;
        /// strength λ of the decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
        /// the size that two dimensions must have to be factored, in Optax's reading
        min_dim_size_to_factor: 128.0, Range::NON_NEGATIVE;
        with
        /// whose reading
        reading: Reading = Reading::PyTorch;
    }
}

crate::whole!(Adafactor);

impl Whole for Adafactor {
    const NAME: &'static str = "adafactor";
    const STATE: &'static [&'static str] = &["variance", "row_var", "col_var"];
    const FORMULA: &'static str = "row_var ← β·row_var + (1 − β)·mean(g²)      along rows, with β = 1 − n^−γ
col_var ← β·col_var + (1 − β)·mean(g²)      along columns
û ← g / √(row_var·col_var / mean(row_var))
û ← û / max(1, RMS(û)/d)
u ← max(ε₂, RMS(x))·min(η, 1/√n)·û + η·λ·x";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let order = self.order(shape);
        let ordered = || order.as_ref().map(|order| order.iter().map(|&k| shape[k]).collect());
        let part = |of: fn(&[usize]) -> Vec<usize>| {
            ordered().map(|shape: Vec<usize>| Array::zeros(&of(&shape)))
        };
        match state {
            0 => order.is_none().then(|| Array::zeros(shape)),
            1 => part(Matrices::row_shape),
            _ => part(Matrices::column_shape),
        }
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let Tensor { shape, x, u, states, .. } = tensor;
        let [variance, row, column] = states else {
            return Ok(());
        };
        let n = step.updates as f64;
        let beta = 1.0 - libm::pow(n, -step.value(&self.decay_rate));
        let (lr, weight_decay) = (step.value(&self.lr), step.value(&self.weight_decay));
        let eps1 = step.value(&self.eps1);
        let (eps, floor, rate, decay) = match self.reading {
            Reading::PyTorch => {
                let floor = if eps1 == 0.0 { precision::<T>() } else { eps1 };
                (0.0, floor, lr.min(1.0 / n.sqrt()), lr * weight_decay)
            }
            Reading::Optax => (eps1, 0.0, lr, weight_decay),
        };
        let limit = 1.0 / floor;
        let squares = if let Some((order, matrices)) = self.matrices(shape) {
            let mut matrix = reordered(u, shape, &order);
            matrices.average(&matrix, [beta, eps], row, column);
            match &mut matrix {
                Cow::Borrowed(_) => matrices.divide(u, row, column, [limit, floor]),
                Cow::Owned(matrix) => {
                    let squares = matrices.divide(matrix, row, column, [limit, floor]);
                    let shape: Vec<usize> = order.iter().map(|&k| shape[k]).collect();
                    u.copy_from_slice(&reordered(matrix, &shape, &inverse(&order)));
                    squares
                }
            }
        } else {
            divide_each(u, variance, [beta, eps, limit])
        };
        let count = u.len() as f64;
        let clip = 1.0 / ((squares / count).sqrt() / step.value(&self.clip_threshold)).max(1.0);
        let length = (dot(x, x) / count).sqrt().max(step.value(&self.eps2));
        let (scale, decay) = (T::from_f64(length * rate * clip), T::from_f64(decay));
        let piece = rows_in_piece(64) * 64;
        let pieces = u.par_chunks_mut(piece).zip(x.par_chunks(piece));
        pieces.for_each(|(u, x)| {
            for (u, x) in u.iter_mut().zip(x) {
                *u = scale * *u + decay * *x;
            }
        });
        Ok(())
    }
}

impl Adafactor {
    /// The tensor as matrices, with its dimensions in this order.
    fn matrices(&self, shape: &[usize]) -> Option<(Vec<usize>, Matrices)> {
        let order = self.order(shape)?;
        let shape: Vec<usize> = order.iter().map(|&k| shape[k]).collect();
        Some((order, Matrices::of(&shape)?))
    }

    /// The dimensions in the order in which the last two are those to factor; `None` if there are none.
    fn order(&self, shape: &[usize]) -> Option<Vec<usize>> {
        if shape.len() < 2 {
            return None;
        }
        let mut order: Vec<usize> = (0..shape.len()).collect();
        if self.reading == Reading::Optax {
            let mut by_size = order.clone();
            by_size.sort_by_key(|&k| shape[k]);
            let mut largest = by_size.split_off(shape.len() - 2);
            if (shape[largest[0]] as f64) < self.min_dim_size_to_factor.at(0) {
                return None;
            }
            largest.sort_unstable();
            order.retain(|k| !largest.contains(k));
            order.extend(largest);
        }
        Some(order)
    }
}

/// The difference between 1 and the next number.
fn precision<T: Scalar>() -> f64 {
    match T::DTYPE {
        safetensors::Dtype::F32 => f64::from(f32::EPSILON),
        _ => f64::EPSILON,
    }
}

fn inverse(order: &[usize]) -> Vec<usize> {
    let mut places = vec![0; order.len()];
    for (place, &k) in order.iter().enumerate() {
        places[k] = place;
    }
    places
}

/// A tensor with its dimensions in another order.
fn reordered<'a, T: Scalar>(values: &'a [T], shape: &[usize], order: &[usize]) -> Cow<'a, [T]> {
    if order.is_sorted() {
        return Cow::Borrowed(values);
    }
    let stride = |k: usize| shape[k + 1..].iter().product::<usize>();
    let axes: Vec<(usize, usize)> = order.iter().map(|&k| (shape[k], stride(k))).collect();
    let mut index = vec![0; axes.len()];
    let mut from = 0;
    let next = |_| {
        let value = values[from];
        for (i, (size, stride)) in index.iter_mut().zip(&axes).rev() {
            *i += 1;
            from += stride;
            if *i < *size {
                break;
            }
            from -= size * stride;
            *i = 0;
        }
        value
    };
    Cow::Owned((0..values.len()).map(next).collect())
}

const READING: Choice = Choice {
    name: "form",
    words: &["pytorch", "optax"],
    doc: "the learning rate as a cap and the last two dimensions factored, or a plain factor and the two largest",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adafactor",
    family: "small memory",
    summary: "second moments from the means of rows and columns, steps in proportion to the parameter",
    source: "Shazeer & Stern, \"Adafactor: Adaptive Learning Rates with Sublinear Memory Cost\", ICML 2018",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[READING],
    build: |choices| {
        Chain::from(if choices.is(READING.name, "optax") {
            Adafactor::new().reading(Reading::Optax).eps1(1e-30)
        } else {
            Adafactor::new()
        })
    },
}];
