//! Orthogonalisation by Newton–Schulz iteration.

use faer::traits::RealField;
use rayon::prelude::*;

use super::product::multiply_symmetric;
use super::{AlgebraError, Matrix, MatrixMut, frobenius_norm, gram, multiply};
use crate::Scalar;

/// Muon's five steps of Newton–Schulz iteration: (a, b, c) = (3.4445, −4.7750, 2.0315) each (Jordan et al., 2024).
pub const NEWTON_SCHULZ: [[f64; 3]; 5] = [[3.4445, -4.7750, 2.0315]; 5];

/// So many numbers are scaled by one thread.
const CHUNK: usize = 16_384;

/// Replaces `X` by nearly the orthogonal factor `UVᵀ` of its singular value decomposition `UΣVᵀ`.
///
/// With X ← X/(‖X‖_F + ε) first, each step, one triple (a, b, c) of `steps`, is
///
/// ```text
/// A ← XXᵀ    X ← aX + (bA + cA²)X
/// ```
///
/// so that each singular value σ becomes aσ + bσ³ + cσ⁵. Muon's coefficients, [`NEWTON_SCHULZ`], bring all that are not
/// tiny into [0.68, 1.135], not to one. A matrix with more rows than columns is worked on as its transpose; a zero
/// matrix stays zero.
///
/// The steps are taken on the small matrix A alone, whose polynomials commute: with S = aI + bA + cA², a step is X ← SX,
/// hence A ← SAS, and the product P of all S meets X once, at the end. For m × n, with m ≤ n, five steps are so
/// 3m²n + 17m³ multiplications, where in the order of the formula they are 25m²n + 5m³. Small eigenvalues of A hold
/// rounding errors that may be negative and grow by a² a step, so X is multiplied out and A formed anew before
/// they reach 1%.
///
/// # Errors
/// [`AlgebraError::NotFinite`] if the norm of `X` is not finite; `X` is then as it was.
pub fn newton_schulz<T: Scalar>(
    x: MatrixMut<'_, T>,
    steps: &[[f64; 3]],
    epsilon: f64,
) -> Result<(), AlgebraError> {
    let norm = frobenius_norm(x.as_const().data());
    if !norm.is_finite() {
        return Err(AlgebraError::NotFinite {
            of: "orthogonalisation",
        });
    }
    let (zero, one) = (T::from_f64(0.0), T::from_f64(1.0));
    let mut divisor = T::from_f64(norm + epsilon);
    if norm == 0.0 || divisor == zero {
        return Ok(());
    }
    let (rows, cols) = x.shape();
    let mut x = if rows > cols { x.transposed() } else { x };
    let mut source = vec![zero; rows * cols];
    let mut rest = steps;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(bounded_growth::<T>(rest));
        let chunks = x.data().par_chunks(CHUNK);
        let divided = source.par_chunks_mut(CHUNK).zip(chunks);
        divided.for_each(|(source, x)| {
            for (source, x) in source.iter_mut().zip(x) {
                *source = *x / divisor;
            }
        });
        divisor = one;
        let source = x.over(&source);
        let (order, _) = source.shape();
        let product = product_of_steps(source, now)?;
        multiply(x.reborrow(), one, read(&product, order)?, source, zero)?;
        rest = later;
    }
    Ok(())
}

/// The product of all S = aI + bA + cA², where A starts as XXᵀ and becomes SAS after each step.
fn product_of_steps<T: Scalar>(
    x: Matrix<'_, T>,
    steps: &[[f64; 3]],
) -> Result<Vec<T>, AlgebraError> {
    let (zero, one) = (T::from_f64(0.0), T::from_f64(1.0));
    let (order, _) = x.shape();
    let square = || vec![zero; order * order];
    let (mut a, mut s, mut product, mut spare) = (square(), square(), square(), square());
    gram(write(&mut a, order)?, one, x, zero)?;
    for (step, &[constant, linear, quadratic]) in steps.iter().enumerate() {
        let linear = T::from_f64(linear);
        for (s, a) in s.iter_mut().zip(&a) {
            *s = linear * *a;
        }
        for diagonal in s.iter_mut().step_by(order + 1) {
            *diagonal = *diagonal + T::from_f64(constant);
        }
        let quadratic = T::from_f64(quadratic);
        gram(write(&mut s, order)?, quadratic, read(&a, order)?, one)?;

        if step + 1 < steps.len() {
            let (s, a) = (read(&s, order)?, write(&mut a, order)?);
            multiply_symmetric(write(&mut spare, order)?, one, s, a.as_const(), zero)?;
            multiply_symmetric(a, one, read(&spare, order)?, s, zero)?;
        }
        if step == 0 {
            std::mem::swap(&mut product, &mut s);
        } else {
            let (s, before) = (read(&s, order)?, read(&product, order)?);
            multiply_symmetric(write(&mut spare, order)?, one, s, before, zero)?;
            std::mem::swap(&mut product, &mut spare);
        }
    }
    Ok(product)
}

fn read<T: Scalar>(square: &[T], order: usize) -> Result<Matrix<'_, T>, AlgebraError> {
    Matrix::new(square, order, order)
}

fn write<T: Scalar>(square: &mut [T], order: usize) -> Result<MatrixMut<'_, T>, AlgebraError> {
    MatrixMut::new(square, order, order)
}

/// How many steps, at least one, can be taken before rounding errors in A grow beyond 1%.
fn bounded_growth<T: Scalar>(steps: &[[f64; 3]]) -> usize {
    let mut error = T::Itself::epsilon_impl().to_f64();
    let mut count = 1;
    for [a, ..] in &steps[..steps.len() - 1] {
        error *= a * a;
        if error > 0.01 {
            break;
        }
        count += 1;
    }
    count
}
