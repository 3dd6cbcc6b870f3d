//! The affine subspace.

use super::{Set, check_dimension};
use crate::Scalar;
use crate::matrix::algebra::{Matrix, thin_svd};
use crate::minimize::Error;
use crate::minimize::vector::{dot, largest, norm};

/// The affine subspace `{x: Ax = b}`, with an m × n matrix A.
///
/// A is decomposed once, `A = UΣVᵀ` without the singular values that are 0 up to rounding, so that rows may depend on one another;
/// the projection is then `x − V(Vᵀx − Σ⁻¹Uᵀb)`, in O(mn).
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    n: usize,
    /// The rows of Vᵀ, and the numbers of Σ⁻¹Uᵀb that belong to them.
    rows: Vec<f64>,
    offsets: Vec<f64>,
}

impl Affine {
    /// The subspace of a matrix A, row by row, and a vector b with a number for each row.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit, a number is infinite or NaN, or no point satisfies the equations.
    pub fn new(a: &[f64], b: &[f64]) -> Result<Self, Error> {
        let m = b.len();
        if m == 0 || a.is_empty() || !a.len().is_multiple_of(m) {
            return Err(Error::Set(format!(
                "{} coefficients do not make {m} equations, with as many in each",
                a.len()
            )));
        }
        let n = a.len() / m;
        let impossible = |e: &dyn std::fmt::Display| Error::Set(format!("affine subspace: {e}"));
        let matrix = Matrix::new(a, m, n).map_err(|e| impossible(&e))?;
        let svd = thin_svd(matrix, m.min(n)).map_err(|e| impossible(&e))?;
        let largest_value = largest(&svd.values);
        let negligible = largest_value * f64::EPSILON * m.max(n) as f64;
        let rank = svd.values.iter().filter(|&&s| s > negligible).count();
        let size = svd.values.len();
        let offset = |j: usize| {
            let column = svd.left.iter().skip(j).step_by(size);
            column.zip(b).map(|(u, b)| u * b).sum::<f64>()
        };
        let values = svd.values.iter().take(rank).enumerate();
        let set = Self {
            n,
            offsets: values.map(|(j, s)| offset(j) / s).collect(),
            rows: svd.right.iter().take(rank * n).copied().collect(),
        };
        let mut point = vec![0.0; n];
        set.project(&mut point);
        let scale = largest_value * norm(&point) + norm(b);
        let off = a
            .chunks_exact(n)
            .zip(b)
            .map(|(row, b)| (dot(row, &point) - b).abs());
        // Not `off > …`: a NaN satisfies no equation either.
        if off.fold(0.0, f64::max) <= 1e-10 * scale {
            Ok(set)
        } else {
            Err(Error::Set("no point satisfies all equations".into()))
        }
    }
}

impl<T: Scalar> Set<T> for Affine {
    fn name(&self) -> &'static str {
        "affine subspace"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        check_dimension("affine subspace", self.n, n)
    }

    fn project(&self, x: &mut [T]) {
        let mut moved: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
        for (row, offset) in self.rows.chunks_exact(self.n).zip(&self.offsets) {
            // The rows are orthonormal, so that each may look at what the others left.
            let off = dot(row, &moved) - offset;
            for (x, v) in moved.iter_mut().zip(row) {
                *x -= v * off;
            }
        }
        for (x, moved) in x.iter_mut().zip(moved) {
            *x = T::from_f64(moved);
        }
    }
}
