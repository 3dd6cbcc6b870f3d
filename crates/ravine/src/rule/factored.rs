//! Second moments that are kept as the means of rows and columns.

use rayon::prelude::*;

use super::rows::{dot, rows_in_piece, wide};
use crate::Scalar;

/// A tensor as matrices: its last two dimensions, for every index of the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrices {
    rows: usize,
    columns: usize,
}

/// The largest matrix that is not cut into pieces of its own.
const SMALL: usize = 1 << 14;

impl Matrices {
    /// `None` for a vector.
    pub fn of(shape: &[usize]) -> Option<Self> {
        match shape {
            [.., rows, columns] => Some(Self {
                rows: *rows,
                columns: *columns,
            }),
            _ => None,
        }
    }

    /// The shape of the means over the last dimension.
    pub fn row_shape(shape: &[usize]) -> Vec<usize> {
        shape[..shape.len() - 1].to_vec()
    }

    /// The shape of the means over the last but one.
    pub fn column_shape(shape: &[usize]) -> Vec<usize> {
        let (last, before) = (shape.len() - 1, shape.len() - 2);
        [&shape[..before], &shape[last..]].concat()
    }

    /// `row ← β·row + (1 − β)(mean of the squares along the row + ε)`, and likewise for the columns.
    pub fn average<T: Scalar>(
        self,
        values: &[T],
        [beta, eps]: [f64; 2],
        row: &mut [T],
        column: &mut [T],
    ) {
        let Self { rows, columns } = self;
        let size = rows * columns;
        if size == 0 {
            return;
        }
        let blend = |old: &mut T, sum: f64, count: usize| {
            let mean = sum / count as f64 + eps;
            *old = T::from_f64(beta * old.to_f64() + (1.0 - beta) * mean);
        };
        if size > SMALL {
            let matrices = values.chunks(size).zip(row.chunks_mut(rows));
            for ((matrix, row), column) in matrices.zip(column.chunks_mut(columns)) {
                let count = rows_in_piece(columns);
                let pieces = matrix
                    .par_chunks(count * columns)
                    .zip(row.par_chunks_mut(count));
                let parts: Vec<Vec<T>> = pieces
                    .map(|(piece, row)| {
                        let mut sums = vec![T::from_f64(0.0); columns];
                        for (values, row) in piece.chunks(columns).zip(row) {
                            blend(row, dot(values, values), columns);
                            wide(|| add_squares(values, &mut sums));
                        }
                        sums
                    })
                    .collect();
                for (j, column) in column.iter_mut().enumerate() {
                    blend(
                        column,
                        parts.iter().map(|sums| sums[j].to_f64()).sum(),
                        rows,
                    );
                }
            }
        } else {
            let count = (SMALL / size).max(1);
            let pieces = values
                .par_chunks(count * size)
                .zip(row.par_chunks_mut(count * rows));
            pieces.zip(column.par_chunks_mut(count * columns)).for_each(
                |((values, row), column)| {
                    let mut sums = vec![T::from_f64(0.0); columns];
                    let matrices = values.chunks(size).zip(row.chunks_mut(rows));
                    for ((matrix, row), column) in matrices.zip(column.chunks_mut(columns)) {
                        sums.fill(T::from_f64(0.0));
                        for (values, row) in matrix.chunks(columns).zip(row) {
                            blend(row, dot(values, values), columns);
                            add_squares(values, &mut sums);
                        }
                        for (column, sum) in column.iter_mut().zip(&sums) {
                            blend(column, sum.to_f64(), rows);
                        }
                    }
                },
            );
        }
    }

    /// `u ← u/√v` with `v = row · column / mean(row)`, where 1/√v is at most `limit` and mean(row) at least `floor`. Returns
    /// the sum of the squares of the result.
    pub fn divide<T: Scalar>(
        self,
        u: &mut [T],
        row: &[T],
        column: &[T],
        [limit, floor]: [f64; 2],
    ) -> f64 {
        let Self { rows, columns } = self;
        if rows * columns == 0 {
            return 0.0;
        }
        // Where v is zero, so is the numerator, and 0 · ∞ would not be.
        let limit = T::from_f64(limit.min(f64::from(f32::MAX)));
        let floor = floor.max(f64::MIN_POSITIVE);
        let mut scales = vec![0.0; row.len()];
        for (scales, row) in scales.chunks_mut(rows).zip(row.chunks(rows)) {
            let mean = row.iter().map(|v| v.to_f64()).sum::<f64>() / rows as f64;
            for (scale, row) in scales.iter_mut().zip(row) {
                *scale = 1.0 / (row.to_f64() / mean.max(floor)).sqrt();
            }
        }
        let root = |v: &T| T::from_f64(1.0 / v.to_f64().sqrt());
        let column: Vec<T> = column.iter().map(root).collect();
        let count = rows_in_piece(columns);
        let pieces = u.par_chunks_mut(count * columns).enumerate();
        let sums: Vec<f64> = pieces
            .map(|(piece, u)| {
                let mut sum = 0.0;
                for (i, u) in (piece * count..).zip(u.chunks_mut(columns)) {
                    let column = &column[i / rows * columns..][..columns];
                    let scale = T::from_f64(scales[i]);
                    wide(|| multiply(u, column, scale, limit));
                    sum += dot(u, u);
                }
                sum
            })
            .collect();
        sums.iter().sum()
    }
}

/// `v ← β·v + (1 − β)(g² + ε)` and `u ← g/√v` for each coordinate, where 1/√v is at most `limit`. Returns the sum of the
/// squares of `u`.
pub(super) fn divide_each<T: Scalar>(
    u: &mut [T],
    v: &mut [T],
    [beta, eps, limit]: [f64; 3],
) -> f64 {
    let limit = limit.min(f64::from(f32::MAX));
    let [b, c, eps, limit] = [beta, 1.0 - beta, eps, limit].map(T::from_f64);
    let one = T::from_f64(1.0);
    let pieces = u.par_chunks_mut(SMALL).zip(v.par_chunks_mut(SMALL));
    let sums: Vec<f64> = pieces
        .map(|(u, v)| {
            for (u, v) in u.iter_mut().zip(v) {
                *v = b * *v + c * (*u * *u + eps);
                *u = *u * (one / v.sqrt()).min(limit);
            }
            dot(u, u)
        })
        .collect();
    sums.iter().sum()
}

#[inline(always)]
fn add_squares<T: Scalar>(values: &[T], sums: &mut [T]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = *sum + *value * *value;
    }
}

#[inline(always)]
fn multiply<T: Scalar>(u: &mut [T], column: &[T], scale: T, limit: T) {
    for (u, column) in u.iter_mut().zip(column) {
        *u = *u * (scale * *column).min(limit);
    }
}
