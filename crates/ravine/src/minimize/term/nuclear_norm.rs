//! The nuclear norm.

use super::{Term, check_weight, shrink};
use crate::Scalar;
use crate::matrix::algebra::{Matrix, Svd, thin_svd};
use crate::minimize::Error;

/// `g(X) = λ Σ σᵢ(X)`, λ times the sum of the singular values of x read as a matrix, row by row: it makes matrices of low rank.
///
/// Its proximal map is soft thresholding of the singular values by tλ. Where they cannot be computed, because a number is not
/// finite, the result is NaN.
///
/// Source: J.-F. Cai, E. Candès, Z. Shen, "A singular value thresholding algorithm for matrix completion", 2010, theorem 2.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NuclearNorm {
    /// λ, not negative.
    pub weight: f64,
    /// Rows of the matrix.
    pub rows: usize,
    /// Columns of the matrix.
    pub columns: usize,
}

impl NuclearNorm {
    /// The term of weight λ, of matrices of this shape.
    #[must_use]
    pub fn new(weight: f64, rows: usize, columns: usize) -> Self {
        Self {
            weight,
            rows,
            columns,
        }
    }

    /// `None` where it cannot be computed, or there is no matrix of this shape.
    fn svd<T: Scalar>(&self, x: &[T]) -> Option<Svd<f64>> {
        if x.is_empty() {
            return None;
        }
        let x: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
        let matrix = Matrix::new(&x, self.rows, self.columns).ok()?;
        thin_svd(matrix, self.rows.min(self.columns)).ok()
    }
}

impl<T: Scalar> Term<T> for NuclearNorm {
    fn name(&self) -> &'static str {
        "nuclear-norm"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        check_weight("the weight", self.weight)?;
        if self.rows.checked_mul(self.columns) == Some(n) {
            return Ok(());
        }
        Err(Error::Set(format!(
            "a matrix of {} × {} does not have {n} numbers, as the start has",
            self.rows, self.columns
        )))
    }

    fn value(&self, x: &[T]) -> f64 {
        let svd = self.svd(x);
        svd.map_or(f64::NAN, |svd| self.weight * svd.values.iter().sum::<f64>())
    }

    fn prox(&self, step: f64, x: &mut [T]) {
        let Some(svd) = self.svd(x) else {
            x.fill(T::from_f64(f64::NAN));
            return;
        };
        let threshold = step * self.weight;
        let values = svd.values.iter().map(|&s| shrink(s, threshold));
        // They fall, so that what is left of them stands before what is not.
        let values: Vec<f64> = values.take_while(|s| *s != 0.0).collect();
        let mut sums = vec![0.0; self.columns];
        let rows = x.chunks_exact_mut(self.columns);
        for (row, left) in rows.zip(svd.left.chunks_exact(svd.values.len())) {
            sums.fill(0.0);
            let right = svd.right.chunks_exact(self.columns);
            for ((u, s), right) in left.iter().zip(&values).zip(right) {
                for (sum, v) in sums.iter_mut().zip(right) {
                    *sum += u * s * v;
                }
            }
            for (x, sum) in row.iter_mut().zip(&sums) {
                *x = T::from_f64(*sum);
            }
        }
    }
}
