//! What is minimised.

use crate::Scalar;

/// A function of n variables, with as much as one has of it.
///
/// Only the value must be given. Whatever else a method needs is made from what there is by finite differences, and
/// counted as the evaluations that it costs. The methods with a `bool` write their result and answer `true`; as they are,
/// they answer `false`: not known, nothing written.
///
/// A value that is NaN or +∞ says "not here": line searches back off from such points, and populations count them as the
/// worst. Objectives are shared between threads by the methods that evaluate many points at once, so they are [`Sync`].
///
/// Closures make an objective with [`Function`](super::Function); sums of squares with
/// [`LeastSquares`](super::LeastSquares).
pub trait Objective<T: Scalar = f64>: Sync {
    /// f(x).
    fn value(&self, x: &[T]) -> f64;

    /// ∇f(x), n numbers.
    fn gradient(&self, _x: &[T], _gradient: &mut [T]) -> bool {
        false
    }

    /// f(x) and ∇f(x) at once, for functions in which they share work.
    fn value_and_gradient(&self, x: &[T], gradient: &mut [T]) -> Option<f64> {
        self.gradient(x, gradient).then(|| self.value(x))
    }

    /// ∇²f(x)·v, n numbers.
    fn hessian_vector(&self, _x: &[T], _v: &[T], _product: &mut [T]) -> bool {
        false
    }

    /// ∇²f(x), n rows of n numbers.
    fn hessian(&self, _x: &[T], _hessian: &mut [T]) -> bool {
        false
    }

    /// The residuals r(x), where f(x) = ‖r(x)‖².
    fn residuals(&self) -> Option<&dyn Residuals<T>> {
        None
    }

    /// n, where the function has one number of variables only.
    fn dimension(&self) -> Option<usize> {
        None
    }
}

impl<T: Scalar, O: Objective<T> + ?Sized> Objective<T> for &O {
    fn value(&self, x: &[T]) -> f64 {
        (**self).value(x)
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        (**self).gradient(x, gradient)
    }

    fn value_and_gradient(&self, x: &[T], gradient: &mut [T]) -> Option<f64> {
        (**self).value_and_gradient(x, gradient)
    }

    fn hessian_vector(&self, x: &[T], v: &[T], product: &mut [T]) -> bool {
        (**self).hessian_vector(x, v, product)
    }

    fn hessian(&self, x: &[T], hessian: &mut [T]) -> bool {
        (**self).hessian(x, hessian)
    }

    fn residuals(&self) -> Option<&dyn Residuals<T>> {
        (**self).residuals()
    }

    fn dimension(&self) -> Option<usize> {
        (**self).dimension()
    }
}

/// A value as methods compare it: what is not a number is the worst.
pub(super) fn comparable(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}

/// m functions of n variables, the sum of whose squares is minimised.
pub trait Residuals<T: Scalar = f64>: Sync {
    /// m, for points of `dimension` variables.
    fn count(&self, dimension: usize) -> usize;

    /// r(x), m numbers.
    fn residuals(&self, x: &[T], residuals: &mut [T]);

    /// ∂rᵢ/∂xⱼ, m rows of n numbers; `false` where it is not known.
    fn jacobian(&self, _x: &[T], _jacobian: &mut [T]) -> bool {
        false
    }
}

/// f(x) = ‖r(x)‖², without a factor ½: its gradient is 2Jᵀr.
pub struct LeastSquares<R>(
    /// The residuals r.
    pub R,
);

/// `2Jᵀr`, the gradient of ‖r‖², n numbers.
pub(super) fn twice_transposed<T: Scalar>(jacobian: &[T], residuals: &[T], n: usize) -> Vec<f64> {
    let mut product = vec![0.0; n];
    for (row, r) in jacobian.chunks_exact(n.max(1)).zip(residuals) {
        for (p, j) in product.iter_mut().zip(row) {
            *p += 2.0 * j.to_f64() * r.to_f64();
        }
    }
    product
}

impl<R> LeastSquares<R> {
    fn at<T: Scalar>(&self, x: &[T]) -> Vec<T>
    where
        R: Residuals<T>,
    {
        let mut residuals = vec![T::from_f64(0.0); self.0.count(x.len())];
        self.0.residuals(x, &mut residuals);
        residuals
    }
}

impl<T: Scalar, R: Residuals<T>> Objective<T> for LeastSquares<R> {
    fn value(&self, x: &[T]) -> f64 {
        self.at(x).iter().map(|r| r.to_f64() * r.to_f64()).sum()
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[T], gradient: &mut [T]) -> Option<f64> {
        let residuals = self.at(x);
        let mut jacobian = vec![T::from_f64(0.0); residuals.len() * x.len()];
        if !self.0.jacobian(x, &mut jacobian) {
            return None;
        }
        let sums = twice_transposed(&jacobian, &residuals, x.len());
        for (g, sum) in gradient.iter_mut().zip(sums) {
            *g = T::from_f64(sum);
        }
        Some(residuals.iter().map(|r| r.to_f64() * r.to_f64()).sum())
    }

    fn residuals(&self) -> Option<&dyn Residuals<T>> {
        Some(&self.0)
    }
}
