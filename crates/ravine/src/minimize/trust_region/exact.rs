//! The subproblem's solution, by Moré and Sorensen.

use super::cholesky::{Cholesky, shifted};
use super::path::to_sphere;
use crate::minimize::vector::{beyond, dot, norm, times};

/// The least `gᵀp + ½pᵀBp` with `‖p‖ ≤ radius`, to 10 % of the radius.
///
/// There `(B + λI)p = −g` with a λ ≥ 0 that makes `B + λI` positive semidefinite, and λ = 0 or `‖p‖ = radius`. Newton's method on
/// `1/radius − 1/‖p(λ)‖` finds λ in two or three Cholesky factors. In the hard case, where no λ gives so long a p, a direction of the least curvature
/// makes up the length, if that curvature is negative; where B is singular, p is the shortest of the model's minima.
///
/// Source: J. J. Moré & D. C. Sorensen, "Computing a trust region step", 1983, algorithm 3.14; A. R. Conn, N. I. M. Gould & P. L. Toint, "Trust-Region
/// Methods", 2000, section 7.3.
#[must_use]
pub fn exact(gradient: &[f64], hessian: &[f64], radius: f64) -> Vec<f64> {
    let (g, b, n) = (gradient, hessian, gradient.len());
    let zero = vec![0.0; n];
    if b.len() != n * n || radius <= 0.0 || radius.is_nan() {
        return zero;
    }
    let length = norm(g) / radius;
    let rows = b.chunks_exact(n.max(1));
    let size = rows.map(|row| row.iter().map(|b| b.abs()).sum::<f64>());
    let size = size.fold(0.0, f64::max);
    let least = b
        .iter()
        .step_by(n + 1)
        .copied()
        .fold(f64::INFINITY, f64::min);
    // B + λI is not positive definite up to `indefinite`; λ is between the bounds.
    let mut indefinite = -least;
    let (mut lower, mut upper) = (indefinite.max(length - size).max(0.0), length + size);
    let mut lambda = lower;
    let mut best = zero;
    for _ in 0..MOST {
        if lambda <= indefinite && lambda > 0.0 || lambda < lower {
            lambda = (lower * upper).sqrt().max(lower + 1e-3 * (upper - lower));
        }
        let Some(factor) = Cholesky::new(&shifted(b, n, lambda), n) else {
            indefinite = indefinite.max(lambda);
            lower = lower.max(lambda);
            lambda = (lower * upper).sqrt().max(lower + 1e-2 * (upper - lower));
            continue;
        };
        let p: Vec<f64> = factor.solve(g).iter().map(|p| -p).collect();
        let long = norm(&p);
        if !long.is_finite() {
            lower = lower.max(lambda);
            lambda = lower + 1e-2 * (upper - lower);
            continue;
        }
        if long <= radius {
            if lambda == 0.0 || long >= (1.0 - NEAR) * radius {
                return p;
            }
            upper = upper.min(lambda);
            // A step of nearly the least curvature, as long as there is room.
            let z = flattest(&factor, n);
            let flat = factor.transposed(&z);
            let curvature = dot(&flat, &flat);
            indefinite = indefinite.max(lambda - curvature);
            lower = lower.max(indefinite);
            let (to, back) = (
                to_sphere(&p, &z, radius),
                -to_sphere(&p, &minus(&z), radius),
            );
            let t = if to.abs() < back.abs() { to } else { back };
            let moved = beyond(&p, t, &z);
            let lp = factor.transposed(&p);
            let along_p = dot(&lp, &lp);
            // The model falls by ½λ(Δ² − ‖p‖²) less ½t²zᵀ(B + λI)z.
            let (cost, gain) = (t * t * curvature, lambda * (radius * radius - long * long));
            if cost > 0.5 * gain {
                // Where B is flat along z, but for rounding, nothing is to be found there, and far away numbers are coarser.
                let is_flat = indefinite <= 1e-12 * size;
                if is_flat && lambda * long * long <= FLAT * along_p {
                    return p;
                }
            } else if cost <= NEAR * (2.0 - NEAR) * (along_p + lambda * radius * radius) {
                return moved;
            }
            best = lowest(g, b, [best, p.clone(), moved]);
        } else {
            lower = lower.max(lambda);
            if long <= (1.0 + NEAR) * radius {
                return beyond(&vec![0.0; n], radius / long, &p);
            }
            best = lowest(g, b, [best, beyond(&vec![0.0; n], radius / long, &p)]);
        }
        let q = factor.lower(&p);
        lambda += long * long / dot(&q, &q) * (long - radius) / radius;
        if lambda > upper {
            lambda = 0.5 * (lower + upper);
        }
    }
    best
}

/// Most Cholesky factors.
const MOST: usize = 60;

/// How near to the radius is near enough, as a part of it.
const NEAR: f64 = 0.1;

/// How small a λ beside the curvature along p is small enough where B is flat. Less would let the rounding of g, divided by λ, lead astray.
const FLAT: f64 = 1e-2;

fn minus(v: &[f64]) -> Vec<f64> {
    v.iter().map(|v| -v).collect()
}

/// A unit vector of nearly the least curvature, by inverse iteration.
fn flattest(factor: &Cholesky, n: usize) -> Vec<f64> {
    // Signs of no pattern, lest the first vector has no part of it.
    let mut z: Vec<f64> = (0..n)
        .map(|i| if i * i % 7 < 3 { 1.0 } else { -0.7 })
        .collect();
    for _ in 0..4 {
        z = factor.solve(&z);
        let length = norm(&z);
        for z in &mut z {
            *z /= length;
        }
    }
    z
}

/// The step at which the model is least.
fn lowest<const K: usize>(g: &[f64], b: &[f64], steps: [Vec<f64>; K]) -> Vec<f64> {
    let model = |p: &[f64]| dot(g, p) + 0.5 * dot(p, &times(b, p));
    let lower = |a: Vec<f64>, b: Vec<f64>| if model(&b) < model(&a) { b } else { a };
    steps.into_iter().reduce(lower).unwrap_or_default()
}
