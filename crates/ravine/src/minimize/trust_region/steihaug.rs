//! Steihaug's truncated conjugate gradients.

use super::path::Path;
use crate::minimize::vector::dot;

/// Conjugate gradients on `gᵀp + ½pᵀBp`, until the residual is small, the radius is reached, or a direction has no
/// positive curvature. Needs only products `Bv`, which `product(v, bv)` writes: for many variables.
///
/// Ends where `‖Bp + g‖ ≤ min(½, √‖g‖)·‖g‖`, so that Newton's convergence is superlinear.
///
/// Source: T. Steihaug, "The conjugate gradient method and trust regions in large scale optimization", 1983; Nocedal & Wright, "Numerical
/// Optimization", 2nd ed., algorithm 7.2.
#[must_use]
pub fn steihaug(
    gradient: &[f64],
    product: impl FnMut(&[f64], &mut [f64]),
    radius: f64,
) -> Vec<f64> {
    path(gradient, product, radius).cut(radius).0
}

/// The path of the iterations, as far as the radius.
pub(super) fn path(g: &[f64], mut product: impl FnMut(&[f64], &mut [f64]), radius: f64) -> Path {
    let mut path = Path::new(g);
    let mut r = g.to_vec();
    let mut d: Vec<f64> = g.iter().map(|g| -g).collect();
    let mut bd = vec![0.0; g.len()];
    let mut square = dot(&r, &r);
    let small = square.sqrt() * square.sqrt().sqrt().min(0.5);
    // In exact arithmetic n products are enough.
    for _ in 0..2 * g.len() {
        product(&d, &mut bd);
        let curvature = dot(&d, &bd);
        if curvature <= 0.0 || curvature.is_nan() {
            path.end(&d, &bd);
            break;
        }
        let t = square / curvature;
        let inside = path.go(t, &d, &bd) < radius;
        if !inside {
            break;
        }
        for (r, bd) in r.iter_mut().zip(&bd) {
            *r += t * bd;
        }
        let before = std::mem::replace(&mut square, dot(&r, &r));
        if square.sqrt() <= small {
            break;
        }
        for (d, r) in d.iter_mut().zip(&r) {
            *d = square / before * *d - r;
        }
    }
    path
}
