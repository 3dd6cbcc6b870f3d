//! A Hessian learnt by symmetric rank-1 updates.

use crate::minimize::vector::{dot, norm, times};

/// `B ← B + (y − Bs)(y − Bs)ᵀ / (y − Bs)ᵀs`, left out where the denominator is below 1e-8·‖s‖‖y − Bs‖.
///
/// B need not be positive definite, and comes nearer to the true Hessian than that of BFGS. Before the first update it is `(yᵀy/yᵀs)·I`.
///
/// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., (6.24), (6.26).
pub(super) fn update(b: &mut [f64], fresh: bool, s: &[f64], y: &[f64]) {
    let n = s.len();
    let curvature = dot(s, y);
    if fresh && curvature > 0.0 {
        for diagonal in b.iter_mut().step_by(n + 1) {
            *diagonal = dot(y, y) / curvature;
        }
    }
    let bs = times(b, s);
    let rest: Vec<f64> = y.iter().zip(&bs).map(|(y, bs)| y - bs).collect();
    let denominator = dot(&rest, s);
    if denominator.abs() > 1e-8 * norm(s) * norm(&rest) {
        for (row, &r) in b.chunks_exact_mut(n.max(1)).zip(&rest) {
            for (b, q) in row.iter_mut().zip(&rest) {
                *b += r * q / denominator;
            }
        }
    }
}
