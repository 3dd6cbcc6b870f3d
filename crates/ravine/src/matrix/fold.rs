//! Tensors as matrices, and what all methods do with them.

use super::algebra::{AlgebraError, Matrix, MatrixMut, multiply};
use crate::catalogue::{Choice, Choices};
use crate::hyper::Range;
use crate::rule::Layout;
use crate::{Chain, Scalar, Selection};

/// A tensor read as a matrix: the outputs are its rows, or its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    pub rows: usize,
    pub cols: usize,
    pub fan_out: usize,
    pub fan_in: usize,
}

impl Fold {
    /// `[out, in, …]` has a row for each output, `[…, in, out]` a column. A vector is one column, or one row.
    pub fn of(layout: Layout, shape: &[usize]) -> Self {
        let rest = |dimensions: &[usize]| dimensions.iter().product();
        match (layout, shape) {
            (_, []) => Self::new(1, 1, layout),
            (Layout::OutIn, [out, others @ ..]) => Self::new(*out, rest(others), layout),
            (Layout::InOut, [others @ .., out]) => Self::new(rest(others), *out, layout),
        }
    }

    fn new(rows: usize, cols: usize, layout: Layout) -> Self {
        let (fan_out, fan_in) = match layout {
            Layout::OutIn => (rows, cols),
            Layout::InOut => (cols, rows),
        };
        Self {
            rows,
            cols,
            fan_out,
            fan_in,
        }
    }

    pub fn read<T: Scalar>(self, values: &[T]) -> Result<Matrix<'_, T>, AlgebraError> {
        Matrix::new(values, self.rows, self.cols)
    }

    pub fn write<T: Scalar>(self, values: &mut [T]) -> Result<MatrixMut<'_, T>, AlgebraError> {
        MatrixMut::new(values, self.rows, self.cols)
    }
}

/// A whole number, at least 1.
pub(super) const COUNT: Range = Range::new(1.0, false, f64::INFINITY, true);

/// The product of two matrices, row-major.
pub(super) fn product<T: Scalar>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
) -> Result<Vec<T>, AlgebraError> {
    let (rows, cols) = (a.shape().0, b.shape().1);
    let (zero, one) = (T::from_f64(0.0), T::from_f64(1.0));
    let mut c = vec![zero; rows * cols];
    multiply(MatrixMut::new(&mut c, rows, cols)?, one, a, b, zero)?;
    Ok(c)
}

/// `X ← LXR`, without the factors that are not there.
pub(super) fn between<T: Scalar>(
    x: &mut Vec<T>,
    fold: Fold,
    left: Option<Matrix<'_, T>>,
    right: Option<Matrix<'_, T>>,
) -> Result<(), AlgebraError> {
    if let Some(left) = left {
        *x = product(left, fold.read(x)?)?;
    }
    if let Some(right) = right {
        *x = product(fold.read(x)?, right)?;
    }
    Ok(())
}

/// The identity of this order.
pub(super) fn identity<T: Scalar>(order: usize) -> Vec<T> {
    let mut identity = vec![T::from_f64(0.0); order * order];
    for one in identity.iter_mut().step_by(order + 1) {
        *one = T::from_f64(1.0);
    }
    identity
}

/// One chain for what has two dimensions or more, another for the rest.
pub(super) fn by_rank(matrices: impl Into<Chain>, others: impl Into<Chain>) -> Chain {
    let vectors = Selection::rank_below(2);
    let matrices = matrices.into().only(vectors.clone().inverted());
    matrices.join(others.into().only(vectors))
}

/// Where a weight has its outputs.
pub(super) const LAYOUT: Choice = Choice {
    name: "layout",
    words: &["out-in", "in-out"],
    doc: "weights are stored as [out, in, …] (PyTorch), or as […, in, out] (JAX, Burn)",
};

/// The layout that was picked.
pub(super) fn layout(choices: &Choices<'_>) -> Layout {
    if choices.is("layout", "in-out") {
        Layout::InOut
    } else {
        Layout::OutIn
    }
}
