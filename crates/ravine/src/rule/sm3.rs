//! SM3.

use rayon::prelude::*;

use super::rows::{rows_in_piece, wide};
use super::{Array, Step, Tensor, Whole};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Scalar, hyper, hyper::Range};

hyper! {
    /// SM3: Adagrad whose sums are kept for rows and columns instead of coordinates.
    ///
    /// ```text
    /// ν = min over the covers r of the coordinate of μ(r), + g²
    /// μ(r) ← max of ν over the coordinates that r covers
    /// m ← βm + (1 − β)g/√(ν + ε)
    /// u = m
    /// ```
    /// The covers of a tensor are its slices: one for each index of each dimension (the rows and columns of a matrix), so a
    /// matrix of 1000 × 1000 has 2000 numbers. A vector has one for each coordinate, and SM3 is Adagrad. ν is never
    /// below Adagrad's sum, so steps are never longer. Without momentum, m is not kept.
    ///
    /// The state `accumulators` holds μ, of the first dimension's slices first. ε is the authors' code's; the paper has
    /// 0/0 = 0 instead.
    ///
    /// Source: Anil, Gupta, Koren & Singer, "Memory-Efficient Adaptive Optimization", NeurIPS 2019, algorithm SM3-II.
    Sm3 {
        /// decay rate β of the average of the update
        momentum: 0.9, Range::DECAY_RATE;
        /// ε, added to ν
        eps: 1e-30, Range::POSITIVE;
    }
}

crate::whole!(Sm3);

impl Whole for Sm3 {
    const NAME: &'static str = "sm3";
    const STATE: &'static [&'static str] = &["accumulators", "momentum_buffer"];
    const FORMULA: &'static str = "ν = min(accumulators of the coordinate's slices) + g²
accumulators ← max(ν over the slice)      one for each index of each dimension
momentum_buffer ← β·momentum_buffer + (1 − β)·g/√(ν + ε)
u ← momentum_buffer";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        match state {
            0 => Some(Array::zeros(&[shape.iter().sum::<usize>().max(1)])),
            _ => (!self.momentum.is(0.0)).then(|| Array::zeros(shape)),
        }
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let (outer, length) = match tensor.shape {
            [] => (&[][..], 1),
            [outer @ .., length] => (outer, *length),
        };
        let [accumulators, momentum] = tensor.states else {
            return Ok(());
        };
        let (slices, columns) = accumulators.split_at_mut(outer.iter().sum());
        let eps = T::from_f64(step.value(&self.eps));
        let count = rows_in_piece(length);
        let zero = T::from_f64(0.0);
        // Of each piece, the largest ν of each row and of each column.
        let pieces = tensor.u.par_chunks_mut((count * length).max(1)).enumerate();
        let largest: Vec<(Vec<T>, Vec<T>)> = pieces
            .map(|(piece, u)| {
                let mut of_columns = vec![zero; length];
                let rows = u.chunks_mut(length).enumerate();
                let of_rows = rows.map(|(row, u)| {
                    let bound = least(slices, outer, piece * count + row);
                    let columns = &*columns;
                    wide(|| scale(u, columns, &mut of_columns, bound, eps))
                });
                (of_rows.collect(), of_columns)
            })
            .collect();
        slices.fill(zero);
        columns.fill(zero);
        let mut row = 0;
        for (of_rows, of_columns) in &largest {
            for value in of_rows {
                raise(slices, outer, row, *value);
                row += 1;
            }
            for (column, value) in columns.iter_mut().zip(of_columns) {
                *column = column.max(*value);
            }
        }
        if !momentum.is_empty() {
            let b = step.value(&self.momentum);
            let (b, c) = (T::from_f64(b), T::from_f64(1.0 - b));
            let piece = (count * length).max(1);
            let pieces = tensor.u.par_chunks_mut(piece).zip(momentum.par_chunks_mut(piece));
            pieces.for_each(|(u, m)| {
                for (u, m) in u.iter_mut().zip(m) {
                    *m = b * *m + c * *u;
                    *u = *m;
                }
            });
        }
        Ok(())
    }
}

/// `u ← u/√(ν + ε)` along a row; returns the row's largest ν, and raises those of the columns.
#[inline(always)]
fn scale<T: Scalar>(u: &mut [T], columns: &[T], largest: &mut [T], bound: Option<T>, eps: T) -> T {
    let mut of_row = T::from_f64(0.0);
    for ((u, column), largest) in u.iter_mut().zip(columns).zip(largest) {
        let least = bound.map_or(*column, |bound| column.min(bound));
        let sum = least + *u * *u;
        *largest = largest.max(sum);
        of_row = of_row.max(sum);
        *u = *u / (sum + eps).sqrt();
    }
    of_row
}

/// The slices of all dimensions but the last that this row lies in, as places in their list.
fn places(outer: &[usize], row: usize) -> impl Iterator<Item = usize> {
    let mut behind: usize = outer.iter().product();
    let mut rest = row;
    let mut first = 0;
    outer.iter().map(move |&dimension| {
        behind /= dimension;
        let place = first + rest / behind;
        rest %= behind;
        first += dimension;
        place
    })
}

/// The least of the row's accumulators; `None` for a vector.
fn least<T: Scalar>(slices: &[T], outer: &[usize], row: usize) -> Option<T> {
    let own = places(outer, row).map(|place| slices[place]);
    own.reduce(|a, b| a.min(b))
}

fn raise<T: Scalar>(slices: &mut [T], outer: &[usize], row: usize, value: T) {
    for place in places(outer, row) {
        slices[place] = slices[place].max(value);
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "sm3",
    family: "small memory",
    summary: "Adagrad with sums for rows and columns instead of coordinates",
    source: "Anil, Gupta, Koren & Singer, \"Memory-Efficient Adaptive Optimization\", NeurIPS 2019",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| decoupled(Sm3::new(), 0.0, 0.1),
}];
