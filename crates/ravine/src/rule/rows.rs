//! What methods share that go through a tensor row by row: fixed pieces of work, and sums along a row.

use pulp::Arch;

use crate::Scalar;

/// Elements in a piece of work of one thread. Fixed, so that no result depends on the number of threads.
const PIECE: usize = 1 << 14;

/// The most rows in a piece, which bounds the rounding errors of sums over them.
const ROWS: usize = 256;

/// Numbers that are summed in the parameters' own type, in as many sums as fill the registers of any processor.
const LANES: usize = 32;
const BLOCK: usize = 512;

/// How many rows of this length make a piece.
pub(super) fn rows_in_piece(length: usize) -> usize {
    (PIECE / length.max(1)).clamp(1, ROWS)
}

/// A tensor as rows: the first dimension, and the product of the others. A vector is one row.
pub(super) fn rows(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] => (1, 1),
        [length] => (1, *length),
        [rows, rest @ ..] => (*rows, rest.iter().product()),
    }
}

/// Runs a loop with all that the processor's registers can do. What is called in it must be `#[inline(always)]`.
#[inline(always)]
pub(super) fn wide<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}

/// Σ aᵢbᵢ, the same bits on every processor.
pub(super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    wide(|| total(a, b, product))
}

/// Σ f(aᵢ, bᵢ) in a fixed order.
#[inline(always)]
pub(super) fn total<T: Scalar>(a: &[T], b: &[T], f: impl Fn(T, T) -> T + Copy) -> f64 {
    let zero = T::from_f64(0.0);
    let mut sum = 0.0;
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut lanes = [zero; LANES];
        let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
        let rest = a.remainder().iter().zip(b.remainder());
        for (a, b) in a.zip(b) {
            for k in 0..LANES {
                lanes[k] = lanes[k] + f(a[k], b[k]);
            }
        }
        for (lane, (a, b)) in lanes.iter_mut().zip(rest) {
            *lane = *lane + f(*a, *b);
        }
        sum += lanes.iter().map(|lane| lane.to_f64()).sum::<f64>();
    }
    sum
}

#[inline(always)]
fn product<T: Scalar>(a: T, b: T) -> T {
    a * b
}
