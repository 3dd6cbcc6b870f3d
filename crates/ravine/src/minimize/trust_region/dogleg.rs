//! The dogleg.

use super::cauchy;
use super::cholesky::{Cholesky, shifted};
use super::path::{Path, product};
use crate::minimize::vector::dot;

/// The dogleg: from the centre to the minimum along −g, from there to Newton's point `−B⁻¹g`, as far as the radius.
///
/// Where B is not positive definite, a multiple of the identity is added that makes it so.
///
/// Source: M. J. D. Powell, "A hybrid method for nonlinear equations", 1970; Nocedal & Wright, "Numerical Optimization", 2nd ed., (4.16), and
/// algorithm 3.3 for the multiple.
#[must_use]
pub fn dogleg(gradient: &[f64], hessian: &[f64], radius: f64) -> Vec<f64> {
    path(gradient, hessian).cut(radius).0
}

/// How often the multiple grows.
const MOST: usize = 200;

pub(super) fn path(g: &[f64], b: &[f64]) -> Path {
    let n = g.len();
    let diagonal = || b.iter().step_by(n + 1);
    let size = b.iter().fold(0.0, |size: f64, b| size.max(b.abs()));
    let least = diagonal().copied().fold(f64::INFINITY, f64::min);
    let mut shift = if least > 0.0 {
        0.0
    } else {
        1e-3 * size - least
    };
    for _ in 0..MOST {
        let b = shifted(b, n, shift);
        if let Some(factor) = Cholesky::new(&b, n) {
            let newton: Vec<f64> = factor.solve(g).iter().map(|p| -p).collect();
            let mut path = cauchy::path(g, &b);
            // NaN where B is singular in the precision of the numbers.
            if dot(&newton, &newton).is_finite() {
                let end = product(&b, &newton);
                path.go_to(newton, end);
            }
            return path;
        }
        shift = (2.0 * shift).max(1e-3 * size);
    }
    cauchy::path(g, b)
}
