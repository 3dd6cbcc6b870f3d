//! One step of orthogonal iteration, which follows the eigenvectors of a matrix that changes slowly.

use super::{AlgebraError, Matrix, MatrixMut, multiply, qr};
use crate::Scalar;

/// The orthonormal factor of `PQ`: one step of orthogonal iteration from the basis `Q`.
///
/// SOAP's refresh of its eigenbasis (Vyas et al., 2024, algorithm 4). `P` is n × n symmetric, `Q` n × k; the columns of
/// the result, row-major, follow the order of those of `Q`, and only the first converge to the largest eigenvalues.
///
/// # Errors
/// The shapes do not fit, or the product is not finite.
pub fn orthogonal_iteration<T: Scalar>(
    p: Matrix<'_, T>,
    q: Matrix<'_, T>,
) -> Result<Vec<T>, AlgebraError> {
    let (n, k) = q.shape();
    let image = image(p, q)?;
    Ok(qr(Matrix::new(&image, n, k)?)?.q)
}

/// The diagonal of `QᵀPQ`: what the eigenvalues of `P` are if the columns of `Q` are its eigenvectors.
///
/// # Errors
/// The shapes do not fit.
pub fn rayleigh_quotients<T: Scalar>(
    p: Matrix<'_, T>,
    q: Matrix<'_, T>,
) -> Result<Vec<T>, AlgebraError> {
    let (n, k) = q.shape();
    let image = image(p, q)?;
    let q = q.faer();
    let quotient = |j: usize| {
        let products = (0..n).map(|i| q[(i, j)].to_f64() * image[i * k + j].to_f64());
        T::from_f64(products.sum())
    };
    Ok((0..k).map(quotient).collect())
}

fn image<T: Scalar>(p: Matrix<'_, T>, q: Matrix<'_, T>) -> Result<Vec<T>, AlgebraError> {
    let (n, k) = q.shape();
    let mut image = vec![T::from_f64(0.0); n * k];
    let (one, zero) = (T::from_f64(1.0), T::from_f64(0.0));
    multiply(MatrixMut::new(&mut image, n, k)?, one, p, q, zero)?;
    Ok(image)
}
