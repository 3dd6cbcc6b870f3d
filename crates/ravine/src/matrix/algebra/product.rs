//! Products of matrices, cut into tiles that are the same on any number of threads.

use faer::linalg::matmul::matmul;
use faer::prelude::{Reborrow, ReborrowMut};
use faer::traits::RealField;
use faer::{Accum, MatMut, MatRef, Par};

use super::error::expect_shape;
use super::parallel::both;
use super::{AlgebraError, Matrix, MatrixMut};
use crate::Scalar;

/// The side of a tile: small enough that its packed factors stay in the second cache, large enough for full speed.
const TILE: usize = 256;

/// `C ← αAB + βC`.
///
/// `C` is m × n, `A` m × k, `B` k × n; any of them may be a transpose. With β = 0, what `C` held is not read.
///
/// # Errors
/// [`AlgebraError::Shape`] if the shapes do not fit.
pub fn multiply<T: Scalar>(
    mut c: MatrixMut<'_, T>,
    alpha: T,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    beta: T,
) -> Result<(), AlgebraError> {
    let ((rows, inner), (_, cols)) = (a.shape(), b.shape());
    expect_shape("the right factor", b.shape(), (inner, cols))?;
    expect_shape("the product", c.shape(), (rows, cols))?;
    let accumulate = scale(&mut c, beta);
    let turned = turned(a, cols);
    let a = match &turned {
        Some(numbers) => Matrix::new(numbers, rows, inner)?,
        None => a,
    };
    tiles(c.faer(), accumulate, alpha.element(), a.faer(), b.faer());
    Ok(())
}

/// The numbers of a transpose row by row, where the product is long enough to make up for it: the kernel takes twice as long
/// for a left factor whose rows are not contiguous.
fn turned<T: Scalar>(a: Matrix<'_, T>, cols: usize) -> Option<Vec<T>> {
    let (rows, inner) = a.shape();
    let a = a.faer();
    let wanted = a.row_stride() == 1 && a.col_stride() != 1 && rows.min(inner).min(cols) >= TILE;
    wanted.then(|| {
        let mut numbers = vec![T::from_f64(0.0); rows * inner];
        // Block by block, which the nearest cache holds on both sides.
        const SIDE: usize = 32;
        for i in (0..rows).step_by(SIDE) {
            for k in (0..inner).step_by(SIDE) {
                for row in i..rows.min(i + SIDE) {
                    for col in k..inner.min(k + SIDE) {
                        numbers[row * inner + col] = T::from_f64(a[(row, col)].to_f64());
                    }
                }
            }
        }
        numbers
    })
}

/// `C ← αAAᵀ + βC`, half the work of [`multiply`]: `C`, which must be symmetric, is computed below its diagonal and
/// mirrored.
///
/// `C` is m × m, `A` m × k.
///
/// # Errors
/// [`AlgebraError::Shape`] if the shapes do not fit.
pub fn gram<T: Scalar>(
    c: MatrixMut<'_, T>,
    alpha: T,
    a: Matrix<'_, T>,
    beta: T,
) -> Result<(), AlgebraError> {
    multiply_symmetric(c, alpha, a, a.transposed(), beta)
}

/// [`multiply`] where the product is known to be symmetric, for half the work.
pub(super) fn multiply_symmetric<T: Scalar>(
    mut c: MatrixMut<'_, T>,
    alpha: T,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    beta: T,
) -> Result<(), AlgebraError> {
    let (rows, inner) = a.shape();
    expect_shape("the right factor", b.shape(), (inner, rows))?;
    expect_shape("the product", c.shape(), (rows, rows))?;
    let accumulate = scale(&mut c, beta);
    symmetric_tiles(c.faer(), accumulate, alpha.element(), a.faer(), b.faer());
    Ok(())
}

/// Multiplies `C` by β, unless that can be left to the product.
fn scale<T: Scalar>(c: &mut MatrixMut<'_, T>, beta: T) -> Accum {
    if beta == T::from_f64(0.0) {
        return Accum::Replace;
    }
    if beta != T::from_f64(1.0) {
        c.scale(beta);
    }
    Accum::Add
}

fn tiles<T: Scalar + RealField>(
    mut c: MatMut<'_, T>,
    accumulate: Accum,
    alpha: T,
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
) {
    let (rows, cols, inner) = (c.nrows(), c.ncols(), a.ncols());
    let work = rows * cols * inner;
    if rows.max(cols) <= TILE {
        matmul(c.rb_mut(), accumulate, a, b, alpha, Par::Seq);
    } else if rows >= cols {
        let half = first_half(rows);
        let (a1, a2) = a.split_at_row(half);
        let (c1, c2) = c.split_at_row_mut(half);
        both(
            work,
            || tiles(c1, accumulate, alpha, a1, b),
            || tiles(c2, accumulate, alpha, a2, b),
        );
    } else {
        let half = first_half(cols);
        let (b1, b2) = b.split_at_col(half);
        let (c1, c2) = c.split_at_col_mut(half);
        both(
            work,
            || tiles(c1, accumulate, alpha, a, b1),
            || tiles(c2, accumulate, alpha, a, b2),
        );
    }
}

fn symmetric_tiles<T: Scalar + RealField>(
    c: MatMut<'_, T>,
    accumulate: Accum,
    alpha: T,
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
) {
    let (order, inner) = (c.nrows(), a.ncols());
    // The tiles on the diagonal are computed whole: smaller ones waste less.
    if order <= TILE / 2 {
        let mut c = c;
        matmul(c.rb_mut(), accumulate, a, b, alpha, Par::Seq);
        for i in 0..order {
            for j in i + 1..order {
                c[(i, j)] = c[(j, i)];
            }
        }
        return;
    }
    let half = first_half(order);
    let (a1, a2) = a.split_at_row(half);
    let (b1, b2) = b.split_at_col(half);
    let (c11, mut c12, mut c21, c22) = c.split_at_mut(half, half);
    let work = order * order * inner / 2;
    both(
        work,
        || {
            tiles(c21.rb_mut(), accumulate, alpha, a2, b1);
            c12.copy_from(c21.rb().transpose());
        },
        || {
            both(
                work / 2,
                || symmetric_tiles(c11, accumulate, alpha, a1, b1),
                || symmetric_tiles(c22, accumulate, alpha, a2, b2),
            );
        },
    );
}

/// Half of `len`, rounded to whole half-tiles where there are any, so that most tiles are full.
fn first_half(len: usize) -> usize {
    let unit = TILE / 2;
    if len <= unit {
        len / 2
    } else {
        (len / 2).next_multiple_of(unit)
    }
}
