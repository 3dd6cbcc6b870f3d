//! The loops at both ends of a pass: reading a block with its norm, and moving the parameters.

use pulp::{Arch, NullaryFnOnce};

use crate::Scalar;

/// Elements in a block: what lies between two links stays in the nearest cache.
pub(super) const BLOCK: usize = 512;

/// Partial sums of a norm: one for each of 16 interleaved coordinates, so that any processor adds in the same order.
const LANES: usize = 16;

/// The sum of squares in f64, in a fixed order.
pub(super) fn square_sum<T: Scalar>(values: &[T]) -> f64 {
    struct Kernel<'a, T>(&'a [T]);
    impl<T: Scalar> NullaryFnOnce for Kernel<'_, T> {
        type Output = f64;
        #[inline(always)]
        fn call(self) -> f64 {
            let mut sums = [0.0; LANES];
            let (rows, rest) = self.0.as_chunks::<LANES>();
            for row in rows {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value.to_f64() * value.to_f64();
                }
            }
            total(sums, rest)
        }
    }
    Arch::new().dispatch(Kernel(values))
}

/// Copies `from` to `to`; returns the sum of squares.
pub(super) fn load<T: Scalar>(from: &[T], to: &mut [T]) -> f64 {
    struct Kernel<'a, T>(&'a [T], &'a mut [T]);
    impl<T: Scalar> NullaryFnOnce for Kernel<'_, T> {
        type Output = f64;
        #[inline(always)]
        fn call(self) -> f64 {
            let mut sums = [0.0; LANES];
            let (rows, rest) = self.0.as_chunks::<LANES>();
            let (into, into_rest) = self.1.as_chunks_mut::<LANES>();
            for (row, into) in rows.iter().zip(into) {
                for ((sum, value), into) in sums.iter_mut().zip(row).zip(into) {
                    *into = *value;
                    *sum += value.to_f64() * value.to_f64();
                }
            }
            into_rest.copy_from_slice(rest);
            total(sums, rest)
        }
    }
    Arch::new().dispatch(Kernel(from, to))
}

/// `x ← x − u`; returns the sum of squares of `u`.
pub(super) fn subtract<T: Scalar>(x: &mut [T], u: &[T]) -> f64 {
    struct Kernel<'a, T>(&'a mut [T], &'a [T]);
    impl<T: Scalar> NullaryFnOnce for Kernel<'_, T> {
        type Output = f64;
        #[inline(always)]
        fn call(self) -> f64 {
            let mut sums = [0.0; LANES];
            let (rows, rest) = self.1.as_chunks::<LANES>();
            let (into, into_rest) = self.0.as_chunks_mut::<LANES>();
            for (row, into) in rows.iter().zip(into) {
                for ((sum, value), into) in sums.iter_mut().zip(row).zip(into) {
                    *into = *into - *value;
                    *sum += value.to_f64() * value.to_f64();
                }
            }
            for (into, value) in into_rest.iter_mut().zip(rest) {
                *into = *into - *value;
            }
            total(sums, rest)
        }
    }
    Arch::new().dispatch(Kernel(x, u))
}

#[inline(always)]
fn total<T: Scalar>(mut sums: [f64; LANES], rest: &[T]) -> f64 {
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += value.to_f64() * value.to_f64();
    }
    sums.iter().sum()
}
