//! The singular value decomposition.

use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, Par, Spec};

use super::scaled::scaled;
use super::sign::points_down;
use super::{AlgebraError, Matrix};
use crate::Scalar;

const OF: &str = "singular value decomposition";

/// The best approximation `U diag(σ) Vᵀ` of rank r of an m × n matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Svd<T> {
    /// The left singular vectors as columns of an m × r matrix, row-major; the largest number of each is positive.
    pub left: Vec<T>,
    /// The r largest singular values, descending.
    pub values: Vec<T>,
    /// The right singular vectors as rows of an r × n matrix (`Vᵀ`), row-major.
    pub right: Vec<T>,
}

/// The first `rank` singular values of a matrix with their vectors; all of them where there are fewer.
///
/// # Errors
/// The matrix is not finite, or the iteration does not converge.
pub fn thin_svd<T: Scalar>(a: Matrix<'_, T>, rank: usize) -> Result<Svd<T>, AlgebraError> {
    let (rows, cols) = a.shape();
    let size = rows.min(cols);
    let rank = rank.min(size);
    let (a, scale) = scaled::<T, T::Itself>(a, OF)?;
    let mut values = vec![T::Itself::from_f64(0.0); size];
    let (mut u, mut v) = (
        Mat::<T::Itself>::zeros(rows, size),
        Mat::<T::Itself>::zeros(cols, size),
    );
    if size > 0 {
        let thin = ComputeSvdVectors::Thin;
        let scratch = svd_scratch::<T::Itself>(rows, cols, thin, thin, Par::Seq, Spec::default());
        svd(
            a.as_ref(),
            DiagMut::from_slice_mut(&mut values),
            Some(u.as_mut()),
            Some(v.as_mut()),
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
            Spec::default(),
        )
        .map_err(|_| AlgebraError::NoConvergence { of: OF })?;
    }

    let flip: Vec<bool> = (0..rank).map(|j| points_down(u.as_ref(), j)).collect();
    let signed =
        |j: usize, x: T::Itself| T::from_f64(if flip[j] { -x.to_f64() } else { x.to_f64() });
    let values: Vec<T> = values[..rank]
        .iter()
        .map(|value| T::from_f64(value.to_f64() * scale))
        .collect();
    if !values.iter().all(|x| Scalar::is_finite(*x)) {
        return Err(AlgebraError::NotFinite { of: OF });
    }
    Ok(Svd {
        left: (0..rows * rank)
            .map(|k| signed(k % rank, u[(k / rank, k % rank)]))
            .collect(),
        values,
        right: (0..rank * cols)
            .map(|k| signed(k / cols, v[(k % cols, k / cols)]))
            .collect(),
    })
}
