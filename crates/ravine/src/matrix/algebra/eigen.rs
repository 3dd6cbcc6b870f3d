//! The eigendecomposition of a symmetric matrix.

use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par, Spec};

use super::scaled::scaled;
use super::sign::points_down;
use super::{AlgebraError, Matrix};
use crate::Scalar;

const OF: &str = "eigendecomposition";

/// `A = V diag(λ) Vᵀ`.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen<T> {
    /// The eigenvalues, ascending.
    pub values: Vec<T>,
    /// The eigenvectors as columns of an n × n matrix, row-major; the largest number of each is positive.
    pub vectors: Vec<T>,
}

/// The eigendecomposition of a symmetric n × n matrix, of which the lower triangle is read. Computed in f64.
///
/// # Errors
/// The matrix is not square or not finite, or the iteration does not converge.
pub fn symmetric_eigen<T: Scalar>(a: Matrix<'_, T>) -> Result<Eigen<T>, AlgebraError> {
    let (values, vectors) = eigen_f64(a)?;
    let n = values.len();
    let rounded: Vec<T> = values.iter().map(|&value| T::from_f64(value)).collect();
    if !rounded.iter().all(|x| Scalar::is_finite(*x)) {
        return Err(AlgebraError::NotFinite { of: OF });
    }
    let down: Vec<bool> = (0..n).map(|j| points_down(vectors.as_ref(), j)).collect();
    let mut turned = Vec::with_capacity(n * n);
    for i in 0..n {
        for (j, &down) in down.iter().enumerate() {
            let x = vectors[(i, j)];
            turned.push(T::from_f64(if down { -x } else { x }));
        }
    }
    Ok(Eigen {
        values: rounded,
        vectors: turned,
    })
}

/// The eigenvalues, ascending, and the eigenvectors as columns.
pub(super) fn eigen_f64<T: Scalar>(a: Matrix<'_, T>) -> Result<(Vec<f64>, Mat<f64>), AlgebraError> {
    let n = a.order()?;
    let (a, scale) = scaled::<T, f64>(a, OF)?;
    let mut values = vec![0.0; n];
    let mut vectors = Mat::zeros(n, n);
    if n == 0 {
        return Ok((values, vectors));
    }
    let scratch =
        self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Spec::default());
    self_adjoint_evd(
        a.as_ref(),
        DiagMut::from_slice_mut(&mut values),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| AlgebraError::NoConvergence { of: OF })?;
    for value in &mut values {
        *value *= scale;
    }
    Ok((values, vectors))
}
