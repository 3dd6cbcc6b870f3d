//! Systems of equations with a triangular matrix.

use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::traits::RealField;
use faer::{MatMut, MatRef, Par};

use super::error::expect_shape;
use super::parallel::both;
use super::{AlgebraError, Matrix, MatrixMut};
use crate::Scalar;

/// So many right-hand sides are solved for by one thread.
const PANEL: usize = 128;

/// Solves `UX = B` for `X`, in place of `B`: `B ← U⁻¹B`.
///
/// `U` is n × n; only its upper triangle is read. `B` is n × k.
///
/// # Errors
/// The shapes do not fit, or `U` has a zero, an infinity or NaN on its diagonal.
pub fn solve_upper<T: Scalar>(
    u: Matrix<'_, T>,
    mut b: MatrixMut<'_, T>,
) -> Result<(), AlgebraError> {
    let n = check_diagonal(u)?;
    let cols = b.shape().1;
    expect_shape("the right-hand side", b.shape(), (n, cols))?;
    panels(b.faer(), &|b| {
        solve_upper_triangular_in_place(u.faer(), b, Par::Seq);
    });
    Ok(())
}

/// Solves `XU = B` for `X`, in place of `B`: `B ← BU⁻¹`.
///
/// `U` is n × n; only its upper triangle is read. `B` is k × n.
///
/// # Errors
/// The shapes do not fit, or `U` has a zero, an infinity or NaN on its diagonal.
pub fn solve_upper_right<T: Scalar>(
    u: Matrix<'_, T>,
    mut b: MatrixMut<'_, T>,
) -> Result<(), AlgebraError> {
    let n = check_diagonal(u)?;
    let rows = b.shape().0;
    expect_shape("the right-hand side", b.shape(), (rows, n))?;
    // XU = B is UᵀXᵀ = Bᵀ, and Uᵀ is lower triangular.
    let lower: MatRef<'_, T::Itself> = u.transposed().faer();
    panels(b.faer().transpose_mut(), &|b| {
        solve_lower_triangular_in_place(lower, b, Par::Seq);
    });
    Ok(())
}

fn check_diagonal<T: Scalar>(u: Matrix<'_, T>) -> Result<usize, AlgebraError> {
    const OF: &str = "triangular solution";
    let n = u.order()?;
    let u = u.faer();
    for i in 0..n {
        let diagonal = u[(i, i)].to_f64();
        if !diagonal.is_finite() {
            return Err(AlgebraError::NotFinite { of: OF });
        }
        if diagonal == 0.0 {
            return Err(AlgebraError::Singular { of: OF });
        }
    }
    Ok(n)
}

/// Hands `solve` panels of columns, the same on any number of threads.
fn panels<T: RealField>(b: MatMut<'_, T>, solve: &(dyn Fn(MatMut<'_, T>) + Sync)) {
    let (n, cols) = (b.nrows(), b.ncols());
    if cols <= PANEL {
        solve(b);
        return;
    }
    let (b1, b2) = b.split_at_col_mut((cols / 2).next_multiple_of(PANEL));
    both(n * n * cols / 2, || panels(b1, solve), || panels(b2, solve));
}
