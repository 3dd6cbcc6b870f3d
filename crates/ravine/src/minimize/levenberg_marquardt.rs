//! Levenberg–Marquardt.

use faer::Mat;

use super::objective::twice_transposed;
use super::options::options;
use super::patience::{Lowest, Patience};
use super::trust_region::shorter;
use super::vector::{dot, largest, norm, rounding, widened};
use super::{Answer, Error, Method, Run, Stopped};
use crate::Scalar;

options! {
    /// Levenberg–Marquardt, for sums of squares `f(x) = ‖r(x)‖²`: each step solves the linear least squares
    ///
    /// ```text
    /// least ‖r + Jp‖²  with  ‖Dp‖ ≤ Δ,   which is  ‖(J, √λ·D)p + (r, 0)‖²
    /// ```
    /// with the λ that belongs to Δ, by QR, which unlike JᵀJ does not square the condition number. D holds the largest norms of J's columns so far, so that the
    /// units of the variables do not matter. Near a solution at which the residuals are small it converges like Newton's method without second derivatives;
    /// where they stay large, linearly. Where rounding has used up the values, gradients tell how they fall: `−½(∇f(x) + ∇f(x + p))ᵀp`.
    ///
    /// Needs residuals, as [`LeastSquares`](super::LeastSquares) has them. Their Jacobian is made by central differences where it is not known, as 2n values.
    ///
    /// Source: J. J. Moré, "The Levenberg–Marquardt algorithm: implementation and theory", 1978.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct LevenbergMarquardt {
        /// The first Δ, as a multiple of `‖Dx‖` at the start, or of `‖r‖` where that is larger, positive. 1.
        pub factor: f64,
    }
}

impl Default for LevenbergMarquardt {
    fn default() -> Self {
        Self { factor: 1.0 }
    }
}

impl LevenbergMarquardt {
    /// With a first Δ of `‖Dx‖`, or `‖r‖` where that is larger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Scalar> Method<T> for LevenbergMarquardt {
    fn name(&self) -> String {
        "levenberg-marquardt".to_owned()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        Error::unless_positive("factor", self.factor)?;
        let Some(residuals) = run.evaluator.residuals() else {
            return Err(Error::Needs {
                method: Method::<T>::name(self),
                what: "residuals: an objective that is a sum of squares",
            });
        };
        let mut x = run.start();
        let mut r = widened(&run.evaluator.residuals_at(residuals, &x));
        let mut value = dot(&r, &r);
        let mut j = widened(&run.evaluator.jacobian_at(residuals, &x, r.len()));
        let mut d: Vec<f64> = vec![0.0; x.len()];
        let mut radius = None;
        let mut length = None;
        let (mut patience, mut lowest) = (Patience::new(), Lowest::none());
        loop {
            let g = twice_transposed(&j, &r, x.len());
            let size = largest(&g);
            if let Some(stopped) = run.check_norm(&x, value, Some(size), length) {
                return Ok(lowest.answer(run, x, value, size, stopped));
            }
            if patience.ends(value, size) {
                return Ok(lowest.answer(run, x, value, size, Stopped::NoProgress));
            }
            let linear = Linear::new(&j, &r);
            for (d, norm) in d.iter_mut().zip(column_norms(&j, x.len())) {
                *d = d.max(norm);
            }
            // A variable on which nothing depends stays where it is.
            let scale: Vec<f64> = d.iter().map(|&d| if d > 0.0 { d } else { 1.0 }).collect();
            let scaled = |p: &[f64]| {
                p.iter()
                    .zip(&scale)
                    .map(|(p, d)| d * p)
                    .collect::<Vec<f64>>()
            };
            let mut trust =
                radius.unwrap_or_else(|| self.factor * norm(&scaled(&widened(&x))).max(norm(&r)));
            loop {
                let (p, lambda) = linear.step(&scale, trust);
                let moved = x.iter().zip(&p).map(|(x, p)| T::from_f64(x.to_f64() + p));
                let next: Vec<T> = moved.collect();
                let long = norm(&scaled(&p));
                // ‖r‖² − ‖r + Jp‖², and ∇fᵀp
                let (jp, damping) = (linear.length(&p).powi(2), lambda * long * long);
                let (promised, slope) = (jp + 2.0 * damping, -2.0 * (jp + damping));
                if promised <= 0.0 || promised.is_nan() || next == x {
                    return Ok(lowest.answer(run, x, value, size, Stopped::NoProgress));
                }
                let next_r = widened(&run.evaluator.residuals_at(residuals, &next));
                let next_value = dot(&next_r, &next_r);
                let mut fall = value - next_value;
                let rounding = rounding::<T>() * value;
                let by_gradients = promised <= rounding && fall.abs() <= rounding;
                let next_j = (by_gradients || fall >= ACCEPT * promised)
                    .then(|| run.evaluator.jacobian_at(residuals, &next, next_r.len()))
                    .map(|j| widened(&j))
                    .filter(|j| j.iter().all(|j| j.is_finite()));
                if let (true, Some(next_j)) = (by_gradients, &next_j) {
                    fall = -0.5 * (slope + dot(&twice_transposed(next_j, &next_r, x.len()), &p));
                }
                // Where there is no slope, the step is as bad as where there is no value.
                let kept = if next_j.is_some() {
                    fall / promised
                } else {
                    (fall / promised).min(0.0)
                };
                if radius.is_none() {
                    trust = trust.min(long);
                }
                if kept <= 0.25 || kept.is_nan() {
                    trust = shorter(slope, -fall) * trust.min(10.0 * long);
                } else if lambda == 0.0 || kept >= 0.75 {
                    trust = 2.0 * long;
                }
                radius = Some(trust);
                if let (true, Some(next_j)) = (kept >= ACCEPT, next_j) {
                    length = Some(norm(&p));
                    lowest.leave(&x, value, size, next_value);
                    (x, r, j, value) = (next, next_r, next_j, next_value);
                    break;
                }
            }
        }
    }
}

/// The least part of its promise that a step which is taken kept.
const ACCEPT: f64 = 1e-4;

fn column_norms(j: &[f64], n: usize) -> Vec<f64> {
    let mut norms = vec![0.0; n];
    for row in j.chunks_exact(n.max(1)) {
        for (norm, j) in norms.iter_mut().zip(row) {
            *norm = f64::hypot(*norm, *j);
        }
    }
    norms
}

/// The linear least squares `‖Jp + r‖²`, as `‖Rp + c‖²` with a triangular R.
struct Linear {
    /// (R, c), n rows of n + 1.
    triangle: Vec<f64>,
    n: usize,
}

impl Linear {
    fn new(j: &[f64], r: &[f64]) -> Self {
        let n = j.len() / r.len().max(1);
        let entry = |row: usize, column: usize| match r.get(row) {
            Some(_) if column < n => j[row * n + column],
            Some(r) => *r,
            None => 0.0,
        };
        Self {
            triangle: triangle(r.len(), n, entry),
            n,
        }
    }

    /// (R, c) for `(J, √λ·D)`.
    fn damped(&self, d: &[f64], lambda: f64) -> Self {
        let n = self.n;
        let root = lambda.sqrt();
        let entry = |row: usize, column: usize| {
            if row < n {
                self.triangle[row * (n + 1) + column]
            } else if row - n == column {
                root * d[column]
            } else {
                0.0
            }
        };
        Self {
            triangle: triangle(2 * n, n, entry),
            n,
        }
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.triangle[i * (self.n + 1)..(i + 1) * (self.n + 1)]
    }

    /// `−R⁻¹c`.
    fn solve(&self) -> Vec<f64> {
        let n = self.n;
        let mut p = vec![0.0; n];
        for i in (0..n).rev() {
            let row = self.row(i);
            p[i] = (-row[n] - dot(&row[i + 1..n], &p[i + 1..])) / row[i];
        }
        p
    }

    /// `R⁻ᵀv`.
    fn solve_transposed(&self, v: &[f64]) -> Vec<f64> {
        let mut v = v.to_vec();
        for i in 0..self.n {
            let row = self.row(i);
            v[i] /= row[i];
            let pivot = v[i];
            for (v, r) in v.iter_mut().zip(row).skip(i + 1) {
                *v -= r * pivot;
            }
        }
        v
    }

    /// `‖Rp‖`, which is `‖Jp‖`.
    fn length(&self, p: &[f64]) -> f64 {
        let rows = (0..self.n).map(|i| dot(&self.row(i)[i..self.n], &p[i..]));
        norm(&rows.collect::<Vec<f64>>())
    }

    /// `‖D⁻¹Rᵀc‖`, which is `‖D⁻¹Jᵀr‖`.
    fn slope(&self, d: &[f64]) -> f64 {
        let mut sums = vec![0.0; self.n];
        for i in 0..self.n {
            let row = self.row(i);
            for (sum, r) in sums.iter_mut().zip(row) {
                *sum += r * row[self.n];
            }
        }
        norm(
            &sums
                .iter()
                .zip(d)
                .map(|(sum, d)| sum / d)
                .collect::<Vec<f64>>(),
        )
    }

    /// The least of `‖Jp + r‖` with ‖Dp‖ about the radius, or λ = 0 (Moré's algorithm 5.5).
    fn step(&self, d: &[f64], radius: f64) -> (Vec<f64>, f64) {
        let scaled = |p: &[f64]| p.iter().zip(d).map(|(p, d)| d * p).collect::<Vec<f64>>();
        let rows = (0..self.n).map(|i| largest(&self.row(i)[..self.n]));
        let size = rows.fold(0.0, f64::max);
        let regular = (0..self.n).all(|i| self.row(i)[i].abs() > f64::EPSILON * size);
        // φ(λ) = ‖Dp(λ)‖ − Δ, and −φ/φ′·‖Dp‖/Δ
        let newton = |linear: &Self, p: &[f64]| {
            let dp = scaled(p);
            let long = norm(&dp);
            let q: Vec<f64> = dp.iter().zip(d).map(|(dp, d)| d * dp / long).collect();
            let w = linear.solve_transposed(&q);
            (long - radius, (long - radius) / radius / dot(&w, &w))
        };
        let mut lower = 0.0;
        let mut p = self.solve();
        if regular && norm(&p).is_finite() {
            let (excess, step) = newton(self, &p);
            if excess <= 0.1 * radius {
                return (p, 0.0);
            }
            lower = step;
        }
        // Where R is singular and even the shortest solution is within the radius, the least λ that still tells which that is.
        let least = f64::EPSILON * (size / largest(d)).powi(2);
        let mut upper = (self.slope(d) / radius).max(least);
        let mut lambda = lower.max(1e-3 * upper).max(least);
        for _ in 0..MOST {
            let damped = self.damped(d, lambda);
            p = damped.solve();
            let (excess, step) = newton(&damped, &p);
            if excess.abs() <= 0.1 * radius || excess < 0.0 && lambda <= least {
                break;
            }
            if excess > 0.0 {
                lower = lower.max(lambda);
            } else {
                upper = upper.min(lambda);
            }
            lambda = (lambda + step).max(lower).min(upper).max(least);
        }
        (p, lambda)
    }
}

/// Most values of λ for one radius.
const MOST: usize = 12;

/// The triangle (R, c) of a matrix of `rows` rows and n + 1 columns, filled up with zeros to n + 1 rows at least.
fn triangle(rows: usize, n: usize, entry: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let matrix = Mat::from_fn(rows.max(n + 1), n + 1, |i, j| {
        if i < rows { entry(i, j) } else { 0.0 }
    });
    let factor = matrix.qr();
    let r = factor.R();
    let rows = (0..n).flat_map(|i| (0..=n).map(move |j| if i <= j { r[(i, j)] } else { 0.0 }));
    rows.collect()
}
