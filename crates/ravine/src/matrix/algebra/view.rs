//! Slices with a shape.

use faer::{MatMut, MatRef};

use super::AlgebraError;
use super::error::expect_shape;
use crate::Scalar;

/// A row-major slice read as a matrix, or as its transpose.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    data: &'a [T],
    rows: usize,
    cols: usize,
    transposed: bool,
}

impl<'a, T: Scalar> Matrix<'a, T> {
    /// `data` as `rows` × `cols`, one row behind the other.
    ///
    /// # Errors
    /// [`AlgebraError::Shape`] if `data` is not as long as that.
    pub fn new(data: &'a [T], rows: usize, cols: usize) -> Result<Self, AlgebraError> {
        expect_len(data.len(), rows, cols)?;
        Ok(Self {
            data,
            rows,
            cols,
            transposed: false,
        })
    }

    /// The transpose, of the same numbers.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            transposed: !self.transposed,
            ..self
        }
    }

    /// Rows and columns.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        if self.transposed {
            (self.cols, self.rows)
        } else {
            (self.rows, self.cols)
        }
    }

    /// The numbers, in the order in which they are stored.
    pub(super) fn data(&self) -> &'a [T] {
        self.data
    }

    /// Rows, if there are as many columns.
    pub(super) fn order(&self) -> Result<usize, AlgebraError> {
        expect_shape("the matrix", self.shape(), (self.rows, self.rows))?;
        Ok(self.rows)
    }

    /// For each row the sum of the squares of its numbers, in f64.
    #[must_use]
    pub fn row_squares(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.shape().0];
        let rows = self.data.chunks_exact(self.cols.max(1));
        for (i, row) in rows.enumerate() {
            for (j, x) in row.iter().enumerate() {
                sums[if self.transposed { j } else { i }] += x.to_f64() * x.to_f64();
            }
        }
        sums
    }

    pub(super) fn all_finite(&self) -> bool {
        self.data.iter().all(|x| Scalar::is_finite(*x))
    }

    pub(super) fn faer(self) -> MatRef<'a, T::Itself> {
        let stored = MatRef::from_row_major_slice(T::elements(self.data), self.rows, self.cols);
        if self.transposed {
            stored.transpose()
        } else {
            stored.as_dyn_stride()
        }
    }
}

/// A row-major slice written as a matrix, or as its transpose.
#[derive(Debug)]
pub struct MatrixMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    cols: usize,
    transposed: bool,
}

impl<'a, T: Scalar> MatrixMut<'a, T> {
    /// `data` as `rows` × `cols`, one row behind the other.
    ///
    /// # Errors
    /// [`AlgebraError::Shape`] if `data` is not as long as that.
    pub fn new(data: &'a mut [T], rows: usize, cols: usize) -> Result<Self, AlgebraError> {
        expect_len(data.len(), rows, cols)?;
        Ok(Self {
            data,
            rows,
            cols,
            transposed: false,
        })
    }

    /// The transpose, of the same numbers.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            transposed: !self.transposed,
            ..self
        }
    }

    /// Rows and columns.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        self.as_const().shape()
    }

    /// The same matrix, to read.
    #[must_use]
    pub fn as_const(&self) -> Matrix<'_, T> {
        Matrix {
            data: self.data,
            rows: self.rows,
            cols: self.cols,
            transposed: self.transposed,
        }
    }

    /// The same matrix, lent for a while.
    #[must_use]
    pub fn reborrow(&mut self) -> MatrixMut<'_, T> {
        MatrixMut {
            data: self.data,
            rows: self.rows,
            cols: self.cols,
            transposed: self.transposed,
        }
    }

    /// Multiplies every number by `factor`.
    pub fn scale(&mut self, factor: T) {
        for x in self.data.iter_mut() {
            *x = *x * factor;
        }
    }

    /// Multiplies every column by its factor.
    ///
    /// # Errors
    /// [`AlgebraError::Shape`] if there are not as many factors as columns.
    pub fn scale_columns(&mut self, factors: &[T]) -> Result<(), AlgebraError> {
        expect_len(factors.len(), 1, self.shape().1)?;
        let rows = self.data.chunks_exact_mut(self.cols.max(1));
        for (i, row) in rows.enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                *x = *x * factors[if self.transposed { i } else { j }];
            }
        }
        Ok(())
    }

    /// Other numbers stored in the same order, read as a matrix of this shape.
    pub(super) fn over<'b>(&self, data: &'b [T]) -> Matrix<'b, T> {
        Matrix {
            data,
            rows: self.rows,
            cols: self.cols,
            transposed: self.transposed,
        }
    }

    /// The numbers, in the order in which they are stored.
    pub(super) fn data(&mut self) -> &mut [T] {
        self.data
    }

    pub(super) fn faer(&mut self) -> MatMut<'_, T::Itself> {
        let stored =
            MatMut::from_row_major_slice_mut(T::elements_mut(self.data), self.rows, self.cols);
        if self.transposed {
            stored.transpose_mut()
        } else {
            stored.as_dyn_stride_mut()
        }
    }
}

fn expect_len(len: usize, rows: usize, cols: usize) -> Result<(), AlgebraError> {
    if rows.checked_mul(cols) == Some(len) {
        return Ok(());
    }
    Err(AlgebraError::Shape {
        what: "the slice",
        found: format!("of {len} numbers"),
        expected: format!("of {rows} × {cols}"),
    })
}
