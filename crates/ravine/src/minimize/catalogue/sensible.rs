//! A method where none is asked for.

use crate::minimize::Objective;

/// More variables than this, and methods that keep n² numbers give way to those that keep a few vectors.
const MANY: usize = 500;

/// A sensible method for what is known of a task, and why it is.
///
/// Least squares: Levenberg–Marquardt. Bounds: L-BFGS-B, or Brent's method for one variable of which no derivative is known. Many
/// variables: L-BFGS. A Hessian: a trust region. Else BFGS.
pub fn sensible(
    objective: &dyn Objective,
    start: &[f64],
    is_bounded: bool,
) -> (&'static str, &'static str) {
    let n = start.len();
    let has_gradient = objective.gradient(start, &mut vec![0.0; n]);
    if is_bounded {
        return match n == 1 && !has_gradient {
            true => ("brent", "there is one variable, and it has bounds"),
            false => ("lbfgsb", "there are bounds"),
        };
    }
    if objective.residuals().is_some() && n <= MANY {
        ("levenberg-marquardt", "it is a sum of squares")
    } else if n > MANY {
        ("lbfgs", "there are many variables")
    } else if objective.hessian(start, &mut vec![0.0; n * n]) {
        ("trust-region", "its Hessian is known")
    } else if has_gradient {
        ("bfgs", "its gradient is known")
    } else {
        (
            "bfgs",
            "only its value is known, of which differences make a gradient",
        )
    }
}
