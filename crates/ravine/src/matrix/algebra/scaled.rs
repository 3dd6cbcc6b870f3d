//! Matrices brought near one, so that no decomposition overflows or underflows.

use faer::Mat;

use super::{AlgebraError, Matrix};
use crate::Scalar;

/// A copy of a finite matrix divided by a power of two (exactly, but for numbers far below the largest), so that its
/// largest number lies in [1, 2); and that power.
pub(super) fn scaled<T: Scalar, U: Scalar>(
    a: Matrix<'_, T>,
    of: &'static str,
) -> Result<(Mat<U>, f64), AlgebraError> {
    if !a.all_finite() {
        return Err(AlgebraError::NotFinite { of });
    }
    let largest = a
        .data()
        .iter()
        .fold(0.0_f64, |largest, x| largest.max(x.to_f64().abs()));
    let scale = power_of_two_below(largest);
    let (rows, cols) = a.shape();
    let a = a.faer();
    let copy = Mat::from_fn(rows, cols, |i, j| U::from_f64(a[(i, j)].to_f64() / scale));
    Ok((copy, scale))
}

/// The largest power of two that is not above `x`; one for zero, and within the normal numbers.
fn power_of_two_below(x: f64) -> f64 {
    const EXPONENT: u64 = 0x7FF0_0000_0000_0000;
    if x == 0.0 {
        return 1.0;
    }
    f64::from_bits(x.to_bits() & EXPONENT).max(f64::MIN_POSITIVE)
}
