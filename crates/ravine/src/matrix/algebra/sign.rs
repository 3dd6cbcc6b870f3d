//! The sign of a vector that is only determined up to its sign.

use faer::MatRef;

use crate::Scalar;

/// Whether the number of largest size in column `j` is negative (the first such, of several).
///
/// Singular and eigenvectors are turned so that it is positive: a vector that changed little keeps its sign from one
/// decomposition to the next.
pub(super) fn points_down<T: Scalar>(a: MatRef<'_, T>, j: usize) -> bool {
    let mut largest = 0.0_f64;
    for i in 0..a.nrows() {
        let x = a[(i, j)].to_f64();
        if x.abs() > largest.abs() {
            largest = x;
        }
    }
    largest < 0.0
}
