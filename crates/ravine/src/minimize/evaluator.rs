//! Asks an objective, counts, and fills in what it lacks by finite differences.

use std::fmt;

use super::vector::{epsilon, largest, zeros};
use super::{Objective, Residuals};
use crate::Scalar;

/// How often each part of an objective was computed.
///
/// What is made by finite differences counts as what it is made of: a gradient by differences as 2n values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluations {
    /// Values f(x). Of least squares, residuals.
    pub value: u64,
    /// Gradients ∇f(x). Of least squares, Jacobians.
    pub gradient: u64,
    /// Products ∇²f(x)·v.
    pub hessian_vector: u64,
    /// Hessians ∇²f(x).
    pub hessian: u64,
}

impl Evaluations {
    /// All of them together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.value + self.gradient + self.hessian_vector + self.hessian
    }
}

impl std::ops::AddAssign for Evaluations {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.gradient += other.gradient;
        self.hessian_vector += other.hessian_vector;
        self.hessian += other.hessian;
    }
}

impl fmt::Display for Evaluations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.value, "value"),
            (self.gradient, "gradient"),
            (self.hessian_vector, "Hessian-vector product"),
            (self.hessian, "Hessian"),
        ];
        let mut first = true;
        for (count, name) in parts.into_iter().filter(|&(count, _)| count > 0) {
            let (comma, s) = (
                if first { "" } else { ", " },
                if count == 1 { "" } else { "s" },
            );
            write!(f, "{comma}{count} {name}{s}")?;
            first = false;
        }
        if first { f.write_str("none") } else { Ok(()) }
    }
}

/// An objective that counts, and has every derivative: those that it lacks are made by central differences,
/// `(f(x + hᵢeᵢ) − f(x − hᵢeᵢ)) / 2hᵢ` with `hᵢ = h·max(1, |xᵢ|)`.
pub struct Evaluator<'a, T: Scalar> {
    objective: &'a dyn Objective<T>,
    spent: Evaluations,
    /// h.
    difference: f64,
}

impl<'a, T: Scalar> Evaluator<'a, T> {
    pub(super) fn new(objective: &'a dyn Objective<T>, difference: Option<f64>) -> Self {
        // ∛ε balances the formula's error h² against rounding, ε/h.
        Self {
            objective,
            spent: Evaluations::default(),
            difference: difference.unwrap_or_else(|| epsilon::<T>().cbrt()),
        }
    }

    /// What was computed so far.
    pub fn evaluations(&self) -> Evaluations {
        self.spent
    }

    /// Adds what was computed elsewhere, by threads of their own.
    pub fn count(&mut self, spent: Evaluations) {
        self.spent += spent;
    }

    /// The objective itself; what is asked of it must be [counted](Self::count).
    pub fn objective(&self) -> &'a dyn Objective<T> {
        self.objective
    }

    /// The residuals, where the objective has them; what is asked of them must be [counted](Self::count).
    pub fn residuals(&self) -> Option<&'a dyn Residuals<T>> {
        self.objective.residuals()
    }

    /// f(x).
    pub fn value(&mut self, x: &[T]) -> f64 {
        self.spent.value += 1;
        self.objective.value(x)
    }

    /// Writes ∇f(x).
    pub fn gradient(&mut self, x: &[T], gradient: &mut [T]) {
        if self.objective.gradient(x, gradient) {
            self.spent.gradient += 1;
        } else {
            self.gradient_by_differences(x, gradient);
        }
    }

    /// f(x), and writes ∇f(x).
    pub fn value_and_gradient(&mut self, x: &[T], gradient: &mut [T]) -> f64 {
        if let Some(value) = self.objective.value_and_gradient(x, gradient) {
            self.spent.value += 1;
            self.spent.gradient += 1;
            value
        } else {
            let value = self.value(x);
            self.gradient(x, gradient);
            value
        }
    }

    /// Writes ∇²f(x)·v: its own, by the Hessian, or by central differences of the gradient along v.
    pub fn hessian_vector(&mut self, x: &[T], v: &[T], product: &mut [T]) {
        if self.objective.hessian_vector(x, v, product) {
            self.spent.hessian_vector += 1;
            return;
        }
        let length = largest(v);
        if length == 0.0 {
            product.fill(T::from_f64(0.0));
            return;
        }
        let h = self.difference * largest(x).max(1.0) / length;
        let mut other = zeros(x.len());
        let at = |sign: f64, evaluator: &mut Self, gradient: &mut [T]| {
            let moved = x.iter().zip(v);
            let moved = moved.map(|(x, v)| T::from_f64(x.to_f64() + sign * h * v.to_f64()));
            evaluator.gradient(&moved.collect::<Vec<T>>(), gradient);
        };
        at(1.0, self, product);
        at(-1.0, self, &mut other);
        for (p, other) in product.iter_mut().zip(&other) {
            *p = T::from_f64((p.to_f64() - other.to_f64()) / (2.0 * h));
        }
    }

    /// Writes ∇²f(x), n rows of n: its own, by its products with unit vectors, or by differences of the gradient; the
    /// latter made symmetric.
    pub fn hessian(&mut self, x: &[T], hessian: &mut [T]) {
        if self.objective.hessian(x, hessian) {
            self.spent.hessian += 1;
            return;
        }
        let n = x.len();
        let mut unit = zeros(n);
        for i in 0..n {
            unit[i] = T::from_f64(1.0);
            self.hessian_vector(x, &unit, &mut hessian[i * n..(i + 1) * n]);
            unit[i] = T::from_f64(0.0);
        }
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (hessian[i * n + j].to_f64() + hessian[j * n + i].to_f64());
                (hessian[i * n + j], hessian[j * n + i]) = (T::from_f64(mean), T::from_f64(mean));
            }
        }
    }

    /// r(x), and the Jacobian ∂rᵢ/∂xⱼ in rows, where the objective has residuals. A Jacobian that is missing is made by central
    /// differences.
    pub fn linearize(&mut self, x: &[T]) -> Option<(Vec<T>, Vec<T>)> {
        let function = self.residuals()?;
        let residuals = self.residuals_at(function, x);
        let jacobian = self.jacobian_at(function, x, residuals.len());
        Some((residuals, jacobian))
    }

    /// r(x), of the objective's residuals.
    pub(super) fn residuals_at(&mut self, function: &dyn Residuals<T>, x: &[T]) -> Vec<T> {
        let mut residuals = zeros(function.count(x.len()));
        function.residuals(x, &mut residuals);
        self.spent.value += 1;
        residuals
    }

    /// The m rows of the Jacobian at x, of the objective's residuals.
    pub(super) fn jacobian_at(&mut self, function: &dyn Residuals<T>, x: &[T], m: usize) -> Vec<T> {
        let n = x.len();
        let mut jacobian = zeros(m * n);
        if function.jacobian(x, &mut jacobian) {
            self.spent.gradient += 1;
            return jacobian;
        }
        let mut moved = x.to_vec();
        for j in 0..n {
            let (up, down) = self.neighbours(x[j]);
            moved[j] = up;
            let above = self.residuals_at(function, &moved);
            moved[j] = down;
            let below = self.residuals_at(function, &moved);
            moved[j] = x[j];
            let column = jacobian.iter_mut().skip(j).step_by(n);
            for (entry, (above, below)) in column.zip(above.iter().zip(&below)) {
                let rise = above.to_f64() - below.to_f64();
                *entry = T::from_f64(rise / (up.to_f64() - down.to_f64()));
            }
        }
        jacobian
    }

    /// x ± h, as they are rounded: their distance is what differences are to be divided by.
    fn neighbours(&self, x: T) -> (T, T) {
        let h = self.difference * x.to_f64().abs().max(1.0);
        (T::from_f64(x.to_f64() + h), T::from_f64(x.to_f64() - h))
    }

    fn gradient_by_differences(&mut self, x: &[T], gradient: &mut [T]) {
        let mut moved = x.to_vec();
        for (i, g) in gradient.iter_mut().enumerate() {
            let (up, down) = self.neighbours(x[i]);
            moved[i] = up;
            let above = self.value(&moved);
            moved[i] = down;
            let below = self.value(&moved);
            moved[i] = x[i];
            *g = T::from_f64((above - below) / (up.to_f64() - down.to_f64()));
        }
    }
}

/// The coordinate whose gradient differs most from central differences of the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientCheck {
    /// The worst coordinate, from 0.
    pub coordinate: usize,
    /// Its part of the objective's gradient.
    pub gradient: f64,
    /// The same by differences.
    pub difference: f64,
    /// `|gradient − difference| / max(1, |gradient|, |difference|)`; NaN if one of them is.
    pub error: f64,
}

/// Compares an objective's gradient with differences of its value at x, and names the worst coordinate; `None` where the
/// objective has no gradient, or no variables.
///
/// In f64 a right gradient of a smooth function of moderate values gives an error below 1e-6.
pub fn check_gradient<T: Scalar>(objective: &dyn Objective<T>, x: &[T]) -> Option<GradientCheck> {
    let mut gradient = zeros(x.len());
    if !objective.gradient(x, &mut gradient) {
        return None;
    }
    let mut differences = zeros(x.len());
    Evaluator::new(objective, None).gradient_by_differences(x, &mut differences);
    let pairs = gradient.iter().zip(&differences).enumerate();
    let checks = pairs.map(|(coordinate, (g, d))| {
        let (gradient, difference) = (g.to_f64(), d.to_f64());
        let scale = gradient.abs().max(difference.abs()).max(1.0);
        GradientCheck {
            coordinate,
            gradient,
            difference,
            error: (gradient - difference).abs() / scale,
        }
    });
    checks.reduce(|worst, next| {
        let worse = next.error > worst.error || (next.error.is_nan() && !worst.error.is_nan());
        if worse { next } else { worst }
    })
}
