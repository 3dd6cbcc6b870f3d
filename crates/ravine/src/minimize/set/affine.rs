//! The affine subspace.

use super::{Set, check_dimension};
use crate::Scalar;
use crate::matrix::algebra::{Matrix, thin_svd};
use crate::minimize::Error;
use crate::minimize::vector::{dot, largest, norm};

/// The affine subspace `{x: Ax = b}`, with an m × n matrix A.
///
/// The rows of A, made as long as 1, are decomposed once, `A = UΣVᵀ` without the singular values that are 0 up to rounding: rows
/// may depend on one another, and rows of zeros say nothing. The projection is then `x − V(Vᵀx − Σ⁻¹Uᵀb)`, in O(n·rank).
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
        if let Some(number) = a.iter().chain(b).find(|number| !number.is_finite()) {
            return Err(Error::Set(format!(
                "a number of the equations is {number}; it must be finite"
            )));
        }
        let n = a.len() / m;
        let contradiction = || Error::Set("no point satisfies all equations".into());
        let (mut rows, mut right) = (Vec::with_capacity(a.len()), Vec::with_capacity(m));
        for (row, b) in a.chunks_exact(n).zip(b) {
            let length = norm(row);
            if length > 0.0 {
                rows.extend(row.iter().map(|a| a / length));
                right.push(b / length);
            } else if *b != 0.0 {
                return Err(contradiction());
            }
        }
        let m = right.len();
        if m == 0 {
            return Ok(Self {
                n,
                rows: Vec::new(),
                offsets: Vec::new(),
            });
        }
        let impossible = |e| Error::Set(format!("affine subspace: {e}"));
        let matrix = Matrix::new(&rows, m, n).map_err(impossible)?;
        let svd = thin_svd(matrix, m.min(n)).map_err(impossible)?;
        let negligible = largest(&svd.values) * f64::EPSILON * m.max(n) as f64;
        let rank = svd.values.iter().filter(|&&s| s > negligible).count();
        let size = svd.values.len();
        let offset = |j: usize| {
            let column = svd.left.iter().skip(j).step_by(size);
            column.zip(&right).map(|(u, b)| u * b).sum::<f64>()
        };
        let values = svd.values.iter().take(rank).enumerate();
        let set = Self {
            n,
            offsets: values.map(|(j, s)| offset(j) / s).collect(),
            rows: svd.right.iter().take(rank * n).copied().collect(),
        };
        let mut point = vec![0.0; n];
        set.project(&mut point);
        let size = norm(&point);
        let mut equations = rows.chunks_exact(n).zip(&right);
        // A NaN satisfies no equation.
        if equations.all(|(row, b)| (dot(row, &point) - b).abs() <= 1e-10 * (size + b.abs())) {
            Ok(set)
        } else {
            Err(contradiction())
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
