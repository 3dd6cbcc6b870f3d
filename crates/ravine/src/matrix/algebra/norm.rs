//! Norms of a matrix.

use rayon::prelude::*;

use super::{AlgebraError, Matrix, MatrixMut, multiply};
use crate::Scalar;

/// So many numbers are added up by one thread.
const CHUNK: usize = 16_384;

/// So many partial sums, of every so manieth number each.
const LANES: usize = 16;

/// `‖A‖_F = √Σ aᵢⱼ²`, in f64, added in an order that depends on the length alone.
///
/// Not finite if the matrix is not, or if a square overflows f64 (beyond 10¹⁵⁴).
#[must_use]
pub fn frobenius_norm<T: Scalar>(a: &[T]) -> f64 {
    let sums: Vec<f64> = a.par_chunks(CHUNK).map(square_sum).collect();
    sums.into_iter().sum::<f64>().sqrt()
}

fn square_sum<T: Scalar>(chunk: &[T]) -> f64 {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            let (rows, rest) = chunk.as_chunks::<LANES>();
            let mut sums = [0.0; LANES];
            for row in rows {
                for (sum, x) in sums.iter_mut().zip(row) {
                    *sum += x.to_f64() * x.to_f64();
                }
            }
            for (sum, x) in sums.iter_mut().zip(rest) {
                *sum += x.to_f64() * x.to_f64();
            }
            sums.iter().sum::<f64>()
        },
    )
}

/// The largest singular value, from below, by `steps` steps of power iteration on `AᵀA`.
///
/// Starts from a fixed vector of mixed signs. The relative error after t steps is about (σ₂/σ₁)⁴ᵗ, so it is small unless
/// the two largest singular values are close, and then the estimate is still at least near the second.
///
/// # Errors
/// [`AlgebraError::NotFinite`] if the matrix is not finite, or its squares overflow.
pub fn spectral_norm<T: Scalar>(a: Matrix<'_, T>, steps: usize) -> Result<f64, AlgebraError> {
    let (rows, cols) = a.shape();
    let mut right = start(cols);
    let mut left = vec![T::from_f64(0.0); rows];
    let mut norm = 0.0;
    for _ in 0..steps.max(1) {
        normalise(&mut right);
        let direction = Matrix::new(&right, cols, 1)?;
        multiply(
            MatrixMut::new(&mut left, rows, 1)?,
            T::from_f64(1.0),
            a,
            direction,
            T::from_f64(0.0),
        )?;
        norm = frobenius_norm(&left);
        if !norm.is_finite() {
            return Err(AlgebraError::NotFinite {
                of: "spectral norm",
            });
        }
        if norm == 0.0 {
            break;
        }
        normalise(&mut left);
        let image = Matrix::new(&left, rows, 1)?;
        multiply(
            MatrixMut::new(&mut right, cols, 1)?,
            T::from_f64(1.0),
            a.transposed(),
            image,
            T::from_f64(0.0),
        )?;
        // ‖Aᵀu‖ of a unit vector u: a better bound than ‖Av‖, from the same step.
        norm = frobenius_norm(&right);
    }
    Ok(norm)
}

/// Numbers between ½ and 1 with the signs of a multiplicative hash: orthogonal to no likely singular vector.
fn start<T: Scalar>(len: usize) -> Vec<T> {
    (0..len as u64)
        .map(|i| {
            let hash = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let size = 0.5 + ((hash >> 40) as f64) / (1_u64 << 25) as f64;
            T::from_f64(if hash >> 16 & 1 == 0 { size } else { -size })
        })
        .collect()
}

fn normalise<T: Scalar>(vector: &mut [T]) {
    let norm = frobenius_norm(vector);
    if norm > 0.0 {
        for x in vector {
            *x = T::from_f64(x.to_f64() / norm);
        }
    }
}
