//! The loops at both ends of a pass: reading a block with its norm, and moving the parameters.

use pulp::{Arch, Simd, WithSimd};

use super::partial_sums::{LANES, PartialSums};
use crate::Scalar;

/// Elements in a block: what lies between two links stays in the nearest cache.
pub(crate) const BLOCK: usize = 512;

/// The sum of squares of a block: not finite if and only if one of its numbers is not (or, in f64, is beyond 1e154).
pub(super) fn square_sum<T: Scalar>(values: &[T]) -> f64 {
    exact(Arch::new().dispatch(Sum(values)), values)
}

/// `x ← x − u`; returns the sum of squares of `u`.
pub(super) fn subtract<T: Scalar>(x: &mut [T], u: &[T]) -> f64 {
    exact(Arch::new().dispatch(Subtract(x, u)), u)
}

/// In f32 the squares of numbers below 1e-18 vanish, and those of numbers beyond 1e19 are infinite, so such blocks are
/// summed again in f64.
fn exact<T: Scalar>(sum: f64, values: &[T]) -> f64 {
    let zero = T::from_f64(0.0);
    let faithful = sum >= 1e-30 && sum.is_finite();
    if faithful || values.iter().all(|value| *value == zero) {
        sum
    } else {
        values.iter().map(|v| v.to_f64() * v.to_f64()).sum()
    }
}

pub(super) struct Sum<'a, T>(pub &'a [T]);

impl<T: Scalar> WithSimd for Sum<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (values, rest) = T::split::<S>(self.0);
        let mut squares = PartialSums::<T, S>::new(simd);
        let group = PartialSums::<T, S>::group();
        let rows = values.chunks_exact(group);
        let last = rows.remainder();
        for row in rows {
            for (j, value) in row.iter().enumerate() {
                let value = T::lanes(simd, *value);
                squares.add(j, value * value);
            }
        }
        for (j, value) in last.iter().enumerate() {
            let value = T::lanes(simd, *value);
            squares.add(j, value * value);
        }
        let mut rest_squares = [T::from_f64(0.0); LANES];
        for (square, value) in rest_squares.iter_mut().zip(rest) {
            *square = *value * *value;
        }
        squares.total(&rest_squares[..rest.len()], self.0.len() - rest.len())
    }
}

struct Subtract<'a, T>(&'a mut [T], &'a [T]);

impl<T: Scalar> WithSimd for Subtract<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (x, x_rest) = T::split_mut::<S>(self.0);
        let (u, _) = T::split::<S>(self.1);
        for (x, u) in x.iter_mut().zip(u) {
            *x = T::register(T::lanes(simd, *x) - T::lanes(simd, *u));
        }
        let whole = self.1.len() - x_rest.len();
        for (x, u) in x_rest.iter_mut().zip(&self.1[whole..]) {
            *x = *x - *u;
        }
        Sum(self.1).with_simd(simd)
    }
}
