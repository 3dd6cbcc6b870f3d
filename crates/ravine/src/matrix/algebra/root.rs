//! The inverse root of a positive semidefinite matrix.

use faer::traits::RealField;

use super::eigen::eigen_f64;
use super::product::multiply_symmetric;
use super::{AlgebraError, Matrix, MatrixMut};
use crate::Scalar;

const OF: &str = "inverse root";

/// `(A + εI)^(−1/p)` of a symmetric positive semidefinite n × n matrix, by its eigendecomposition in f64.
///
/// Shampoo's power of a preconditioner (Gupta, Koren and Singer, 2018): p = 4 for matrices, 2k for tensors of order k.
/// Eigenvalues that rounding made negative count as zero. The lower triangle of `A` is read; the result is row-major.
///
/// # Errors
/// The matrix is not square, not finite, clearly indefinite (its smallest eigenvalue lies below −√(machine ε) times its
/// largest), or singular with ε = 0; `p` is not positive or ε negative; or the iteration does not converge.
pub fn inverse_root<T: Scalar>(
    a: Matrix<'_, T>,
    p: f64,
    epsilon: f64,
) -> Result<Vec<T>, AlgebraError> {
    ridged_root(a, p, epsilon, |_| epsilon)
}

/// [`inverse_root`] with an ε relative to the largest eigenvalue: `(A + ε·λ·I)^(−1/p)`, λ = max(λ₁, 10⁻¹⁶).
///
/// The form of Anil et al., 2020: what counts as small does not depend on the scale of the gradients.
///
/// # Errors
/// As [`inverse_root`].
pub fn inverse_root_relative<T: Scalar>(
    a: Matrix<'_, T>,
    p: f64,
    epsilon: f64,
) -> Result<Vec<T>, AlgebraError> {
    ridged_root(a, p, epsilon, |largest| epsilon * largest.max(1e-16))
}

/// The root of `A + ridge(λ₁)·I`.
fn ridged_root<T: Scalar>(
    a: Matrix<'_, T>,
    p: f64,
    epsilon: f64,
    ridge: impl Fn(f64) -> f64,
) -> Result<Vec<T>, AlgebraError> {
    let argument = |name, value, range| AlgebraError::Argument { name, value, range };
    if !(p > 0.0 && p.is_finite()) {
        return Err(argument("p", p, "positive"));
    }
    if !(epsilon >= 0.0 && epsilon.is_finite()) {
        return Err(argument("epsilon", epsilon, "at least 0"));
    }
    let (values, vectors) = eigen_f64(a)?;
    let n = values.len();
    let (Some(&smallest), Some(&largest)) = (values.first(), values.last()) else {
        return Ok(Vec::new());
    };
    if smallest < -T::Itself::epsilon_impl().to_f64().sqrt() * largest.max(-smallest) {
        return Err(AlgebraError::Indefinite {
            eigenvalue: smallest,
        });
    }
    let ridge = ridge(largest);
    if smallest.max(0.0) + ridge == 0.0 {
        return Err(AlgebraError::Singular { of: OF });
    }

    // V diag(d) Vᵀ with d = (λ + ridge)^(−1/p).
    let powers = values
        .iter()
        .map(|value| libm::pow(value.max(0.0) + ridge, -1.0 / p));
    let powers: Vec<f64> = powers.collect();
    let v: Vec<f64> = (0..n * n).map(|k| vectors[(k / n, k % n)]).collect();
    let scaled: Vec<f64> = (0..n * n).map(|k| v[k] * powers[k % n]).collect();
    let mut root = vec![0.0; n * n];
    multiply_symmetric(
        MatrixMut::new(&mut root, n, n)?,
        1.0,
        Matrix::new(&scaled, n, n)?,
        Matrix::new(&v, n, n)?.transposed(),
        0.0,
    )?;
    let root: Vec<T> = root.into_iter().map(T::from_f64).collect();
    if root.iter().all(|x| Scalar::is_finite(*x)) {
        Ok(root)
    } else {
        Err(AlgebraError::NotFinite { of: OF })
    }
}
