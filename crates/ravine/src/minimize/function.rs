//! Objectives made of closures.

use super::Objective;
use crate::Scalar;

type Value<'a, T> = dyn Fn(&[T]) -> f64 + Sync + 'a;
type Write<'a, T> = dyn Fn(&[T], &mut [T]) + Sync + 'a;
type Product<'a, T> = dyn Fn(&[T], &[T], &mut [T]) + Sync + 'a;

/// An objective made of closures: a value, and what else one has.
///
/// ```
/// use ravine::minimize::{Function, Objective};
///
/// let bowl = Function::new(|x: &[f64]| x[0] * x[0] + 3.0 * x[1] * x[1])
///     .with_gradient(|x, g| {
///         g[0] = 2.0 * x[0];
///         g[1] = 6.0 * x[1];
///     });
/// assert_eq!(bowl.value(&[1.0, 1.0]), 4.0);
/// ```
pub struct Function<'a, T: Scalar = f64> {
    value: Box<Value<'a, T>>,
    gradient: Option<Box<Write<'a, T>>>,
    hessian_vector: Option<Box<Product<'a, T>>>,
    hessian: Option<Box<Write<'a, T>>>,
}

impl<'a, T: Scalar> Function<'a, T> {
    /// The function whose value at x is `value(x)`.
    pub fn new(value: impl Fn(&[T]) -> f64 + Sync + 'a) -> Self {
        Self {
            value: Box::new(value),
            gradient: None,
            hessian_vector: None,
            hessian: None,
        }
    }

    /// `gradient(x, g)` writes ∇f(x) to g.
    #[must_use]
    pub fn with_gradient(mut self, gradient: impl Fn(&[T], &mut [T]) + Sync + 'a) -> Self {
        self.gradient = Some(Box::new(gradient));
        self
    }

    /// `product(x, v, p)` writes ∇²f(x)·v to p.
    #[must_use]
    pub fn with_hessian_vector(
        mut self,
        product: impl Fn(&[T], &[T], &mut [T]) + Sync + 'a,
    ) -> Self {
        self.hessian_vector = Some(Box::new(product));
        self
    }

    /// `hessian(x, h)` writes ∇²f(x) to h, row by row.
    #[must_use]
    pub fn with_hessian(mut self, hessian: impl Fn(&[T], &mut [T]) + Sync + 'a) -> Self {
        self.hessian = Some(Box::new(hessian));
        self
    }
}

impl<T: Scalar> Objective<T> for Function<'_, T> {
    fn value(&self, x: &[T]) -> f64 {
        (self.value)(x)
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        let known = self.gradient.as_ref();
        known.map(|write| write(x, gradient)).is_some()
    }

    fn hessian_vector(&self, x: &[T], v: &[T], product: &mut [T]) -> bool {
        let known = self.hessian_vector.as_ref();
        known.map(|write| write(x, v, product)).is_some()
    }

    fn hessian(&self, x: &[T], hessian: &mut [T]) -> bool {
        let known = self.hessian.as_ref();
        known.map(|write| write(x, hessian)).is_some()
    }
}
