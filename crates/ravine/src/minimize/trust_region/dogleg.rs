//! The dogleg.

use super::cauchy;
use super::cholesky::{Cholesky, shifted};
use super::path::Path;
use crate::minimize::vector::{dot, times};

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

/// The least multiple, as a part of B's largest number: small beside all curvatures but those that rounding leaves nothing of. A larger
/// one would hide the smaller curvatures of badly scaled functions.
const LEAST: f64 = 1e-9;

/// How many times larger each multiple is than the one before.
const GROWTH: f64 = 10.0;

/// Most multiples. One of n times B's largest number makes every B positive definite whose numbers are finite.
const MOST: usize = 30;

pub(super) fn path(g: &[f64], b: &[f64]) -> Path {
    let n = g.len();
    let diagonal = || b.iter().step_by(n + 1);
    let size = b.iter().fold(0.0, |size: f64, b| size.max(b.abs()));
    let least = diagonal().copied().fold(f64::INFINITY, f64::min);
    let mut shift = if least > 0.0 {
        0.0
    } else {
        LEAST * size - least
    };
    for _ in 0..MOST {
        let b = shifted(b, n, shift);
        if let Some(factor) = Cholesky::new(&b, n) {
            let newton: Vec<f64> = factor.solve(g).iter().map(|p| -p).collect();
            let mut path = cauchy::path(g, &b);
            // NaN where B is singular in the precision of the numbers.
            if dot(&newton, &newton).is_finite() {
                let end = times(&b, &newton);
                path.go_to(newton, end);
            }
            return path;
        }
        shift = (GROWTH * shift).max(LEAST * size);
    }
    cauchy::path(g, b)
}
