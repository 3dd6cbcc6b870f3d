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

/// [`orthogonal_iteration`] whose columns are first put in the order of their [`rayleigh_quotients`], descending; also that
/// order: column j of the result follows column `order[j]` of `Q`.
///
/// # Errors
/// As [`orthogonal_iteration`].
pub fn ordered_iteration<T: Scalar>(
    p: Matrix<'_, T>,
    q: Matrix<'_, T>,
) -> Result<(Vec<T>, Vec<usize>), AlgebraError> {
    let (n, k) = q.shape();
    let image = image(p, q)?;
    let quotients = quotients(q, &image);
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&a, &b| quotients[b].total_cmp(&quotients[a]));
    let rows = image.chunks_exact(k.max(1));
    let ordered: Vec<T> = rows.flat_map(|row| order.iter().map(|&j| row[j])).collect();
    Ok((qr(Matrix::new(&ordered, n, k)?)?.q, order))
}

/// The diagonal of `QᵀPQ`: what the eigenvalues of `P` are if the columns of `Q` are its eigenvectors.
///
/// # Errors
/// The shapes do not fit.
pub fn rayleigh_quotients<T: Scalar>(
    p: Matrix<'_, T>,
    q: Matrix<'_, T>,
) -> Result<Vec<T>, AlgebraError> {
    let image = image(p, q)?;
    let quotients = quotients(q, &image);
    Ok(quotients.into_iter().map(T::from_f64).collect())
}

/// The products of the columns of `Q` with those of its image.
fn quotients<T: Scalar>(q: Matrix<'_, T>, image: &[T]) -> Vec<f64> {
    let (n, k) = q.shape();
    let q = q.faer();
    let quotient = |j: usize| {
        let products = (0..n).map(|i| q[(i, j)].to_f64() * image[i * k + j].to_f64());
        products.sum()
    };
    (0..k).map(quotient).collect()
}

fn image<T: Scalar>(p: Matrix<'_, T>, q: Matrix<'_, T>) -> Result<Vec<T>, AlgebraError> {
    let (n, k) = q.shape();
    let mut image = vec![T::from_f64(0.0); n * k];
    let (one, zero) = (T::from_f64(1.0), T::from_f64(0.0));
    multiply(MatrixMut::new(&mut image, n, k)?, one, p, q, zero)?;
    Ok(image)
}
