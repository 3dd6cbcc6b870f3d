//! The Cauchy point.

use super::path::Path;
use crate::minimize::vector::{dot, times};

/// The Cauchy point: where `gᵀp + ½pᵀBp` is least along −g, with `‖p‖ ≤ radius`.
///
/// As slow as steepest descent; every other solver must do at least as well, and so the method converges.
///
/// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., (4.11), (4.12).
#[must_use]
pub fn cauchy(gradient: &[f64], hessian: &[f64], radius: f64) -> Vec<f64> {
    path(gradient, hessian).cut(radius).0
}

pub(super) fn path(g: &[f64], b: &[f64]) -> Path {
    let mut path = Path::new(g);
    let bg = times(b, g);
    let curvature = dot(g, &bg);
    if curvature > 0.0 {
        path.go(-dot(g, g) / curvature, g, &bg);
    } else {
        let minus = |v: &[f64]| v.iter().map(|v| -v).collect::<Vec<f64>>();
        path.end(&minus(g), &minus(&bg));
    }
    path
}
