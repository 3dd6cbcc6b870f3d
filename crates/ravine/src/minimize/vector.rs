//! Sums over vectors: in f64, in an order that follows from the length alone.

use rayon::prelude::*;

use crate::Scalar;

/// How many numbers one thread takes at a time. Part of what a sum's bits are.
const CHUNK: usize = 1 << 14;

/// Chains of additions that do not wait for one another.
const LANES: usize = 8;

/// `Σ term(aᵢ, bᵢ)`.
fn sum<T: Scalar>(a: &[T], b: &[T], term: impl Fn(f64, f64) -> f64 + Sync) -> f64 {
    let part = |(a, b): (&[T], &[T])| {
        let mut sums = [0.0; LANES];
        let (rows_a, rest_a) = a.as_chunks::<LANES>();
        let (rows_b, rest_b) = b.as_chunks::<LANES>();
        for (a, b) in rows_a.iter().zip(rows_b) {
            for lane in 0..LANES {
                sums[lane] += term(a[lane].to_f64(), b[lane].to_f64());
            }
        }
        let rest = rest_a.iter().zip(rest_b);
        let rest: f64 = rest.map(|(a, b)| term(a.to_f64(), b.to_f64())).sum();
        sums.iter().sum::<f64>() + rest
    };
    if a.len() <= CHUNK {
        return part((a, b));
    }
    let parts = a.par_chunks(CHUNK).zip(b.par_chunks(CHUNK)).map(part);
    parts.collect::<Vec<f64>>().iter().sum()
}

/// `aᵀb`.
pub(super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    sum(a, b, |a, b| a * b)
}

/// `‖a‖₂`.
pub(super) fn norm<T: Scalar>(a: &[T]) -> f64 {
    dot(a, a).sqrt()
}

/// `‖a‖∞`; NaN if any number is.
pub(super) fn largest<T: Scalar>(a: &[T]) -> f64 {
    let larger = |a: f64, b: f64| if a.is_nan() || b <= a { a } else { b };
    let part = |chunk: &[T]| {
        let sizes = chunk.iter().map(|a| a.to_f64().abs());
        sizes.fold(0.0, larger)
    };
    if a.len() <= CHUNK {
        return part(a);
    }
    let parts = a.par_chunks(CHUNK).map(part).collect::<Vec<f64>>();
    parts.into_iter().fold(0.0, larger)
}

/// `y = x + αd`.
pub(super) fn along<T: Scalar>(x: &[T], step: f64, d: &[T], y: &mut [T]) {
    let step = T::from_f64(step);
    let part = |((y, x), d): ((&mut [T], &[T]), &[T])| {
        for ((y, &x), &d) in y.iter_mut().zip(x).zip(d) {
            *y = x + step * d;
        }
    };
    if x.len() <= CHUNK {
        return part(((y, x), d));
    }
    y.par_chunks_mut(CHUNK)
        .zip(x.par_chunks(CHUNK))
        .zip(d.par_chunks(CHUNK))
        .for_each(part);
}

/// `n` zeros.
pub(super) fn zeros<T: Scalar>(n: usize) -> Vec<T> {
    vec![T::from_f64(0.0); n]
}

/// ε of a number type, the distance from 1 to the next number.
pub(super) fn epsilon<T: Scalar>() -> f64 {
    if size_of::<T>() == 4 {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    }
}
