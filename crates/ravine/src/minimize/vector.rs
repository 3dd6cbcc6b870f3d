//! Sums over vectors: in f64, in an order that follows from the length alone.

use rayon::prelude::*;

use crate::Scalar;

/// How many numbers one thread takes at a time. Part of what a sum's bits are.
const CHUNK: usize = 1 << 14;

/// Chains of additions that do not wait for one another.
const LANES: usize = 8;

/// `Σ termsᵢ` of the i-th numbers of V vectors, for K kinds of terms at once, by one thread.
#[inline]
pub(super) fn sums_of_block<T: Scalar, const V: usize, const K: usize>(
    vectors: [&[T]; V],
    terms: impl Fn([f64; V]) -> [f64; K],
) -> [f64; K] {
    let rows = vectors.map(|vector| vector.as_chunks::<LANES>());
    let count = rows.iter().map(|(rows, _)| rows.len()).min();
    let whole = rows.map(|(rows, _)| &rows[..count.unwrap_or(0)]);
    let mut sums = [0.0; K];
    // In few dimensions, adding up empty lanes would be most of the work.
    if count.is_some_and(|count| count > 0) {
        let mut lanes = [[0.0; LANES]; K];
        for row in 0..count.unwrap_or(0) {
            for lane in 0..LANES {
                let terms = terms(whole.map(|rows| rows[row][lane].to_f64()));
                for (sum, term) in lanes.iter_mut().zip(terms) {
                    sum[lane] += term;
                }
            }
        }
        sums = lanes.map(|lanes| lanes.iter().sum::<f64>());
    }
    let rest = rows.map(|(_, rest)| rest);
    let count = rest.iter().map(|rest| rest.len()).min();
    for i in 0..count.unwrap_or(0) {
        let terms = terms(rest.map(|rest| rest[i].to_f64()));
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += term;
        }
    }
    sums
}

/// [`sums_of_block`] of vectors of any length, by many threads where they are long.
pub(super) fn sums<T: Scalar, const V: usize, const K: usize>(
    vectors: [&[T]; V],
    terms: impl Fn([f64; V]) -> [f64; K] + Sync,
) -> [f64; K] {
    let n = vectors.iter().map(|vector| vector.len()).min().unwrap_or(0);
    if n <= CHUNK {
        return sums_of_block(vectors, terms);
    }
    let part = |chunk: usize| {
        let range = chunk * CHUNK..n.min((chunk + 1) * CHUNK);
        sums_of_block(vectors.map(|vector| &vector[range.clone()]), &terms)
    };
    let parts = (0..n.div_ceil(CHUNK)).into_par_iter().map(part);
    let mut sums = [0.0; K];
    for part in parts.collect::<Vec<_>>() {
        for (sum, part) in sums.iter_mut().zip(part) {
            *sum += part;
        }
    }
    sums
}

/// `aᵀb`.
pub(super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    let [sum] = sums([a, b], |[a, b]| [a * b]);
    sum
}

/// `‖a‖₂`, also where the squares are too large or too small for a number.
pub(super) fn norm<T: Scalar>(a: &[T]) -> f64 {
    let square = dot(a, a);
    if (1e-200..=1e200).contains(&square) {
        return square.sqrt();
    }
    let scale = largest(a);
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    let [square] = sums([a], |[a]| [(a / scale) * (a / scale)]);
    scale * square.sqrt()
}

/// `‖a‖∞`; NaN if any number is.
pub(super) fn largest<T: Scalar>(a: &[T]) -> f64 {
    let larger = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
    let part = |chunk: &[T]| {
        let (rows, rest) = chunk.as_chunks::<LANES>();
        let mut largest = [0.0; LANES];
        for row in rows {
            for lane in 0..LANES {
                largest[lane] = larger(largest[lane], row[lane].to_f64().abs());
            }
        }
        let rest = rest.iter().map(|a| a.to_f64().abs());
        largest.into_iter().chain(rest).fold(0.0, larger)
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
    overwrite(y, [x, d], |_, [x, d]| x + step * d);
}

/// `x + αd`, in a vector of its own.
pub(super) fn beyond(x: &[f64], step: f64, d: &[f64]) -> Vec<f64> {
    let mut y = zeros(x.len());
    along(x, step, d, &mut y);
    y
}

/// `Av`, A row by row.
pub(super) fn times(rows: &[f64], v: &[f64]) -> Vec<f64> {
    let rows = rows.chunks_exact(v.len().max(1));
    rows.map(|row| dot(row, v)).collect()
}

/// `yᵢ = formula(yᵢ, the i-th numbers of V vectors)`.
pub(super) fn overwrite<T: Scalar, const V: usize>(
    y: &mut [T],
    vectors: [&[T]; V],
    formula: impl Fn(T, [T; V]) -> T + Sync,
) {
    let n = vectors.iter().map(|vector| vector.len()).min();
    let n = n.unwrap_or(y.len()).min(y.len());
    let part = |(chunk, y): (usize, &mut [T])| {
        let begin = chunk * CHUNK;
        let vectors = vectors.map(|vector| &vector[begin..begin + y.len()]);
        for (i, y) in y.iter_mut().enumerate() {
            *y = formula(*y, vectors.map(|vector| vector[i]));
        }
    };
    let y = &mut y[..n];
    if n <= CHUNK {
        return part((0, y));
    }
    y.par_chunks_mut(CHUNK).enumerate().for_each(part);
}

/// `n` zeros.
pub(super) fn zeros<T: Scalar>(n: usize) -> Vec<T> {
    vec![T::from_f64(0.0); n]
}

/// A point that methods keep in f64, as the objective sees it.
pub(super) fn rounded<T: Scalar>(x: &[f64]) -> Vec<T> {
    x.iter().map(|x| T::from_f64(*x)).collect()
}

/// The same numbers in f64.
pub(super) fn widened<T: Scalar>(x: &[T]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

/// The spacing of numbers at 1.
pub(super) fn epsilon<T: Scalar>() -> f64 {
    if size_of::<T>() == 4 {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    }
}

/// A value below this is one of a function that falls without end. It leaves room before the numbers of a point end, which follow it down.
pub(super) fn bottomless<T: Scalar>() -> f64 {
    if size_of::<T>() == 4 { -1e30 } else { -1e100 }
}

/// How far to go against a gradient so that x − t∇f differs from x: 1, but far from the origin more. There, a measure of optimality
/// with a step of 1 would be 0 whatever the gradient.
pub(super) fn visible_step<T: Scalar>(x: &[T], gradient: &[T]) -> f64 {
    let steepest = largest(gradient);
    let least = 100.0 * epsilon::<T>() * largest(x);
    // Not for 0, and not for NaN.
    if steepest > 0.0 && steepest < least {
        least / steepest
    } else {
        1.0
    }
}

/// Values of functions that are nearer to one another than this part of them tell nothing.
pub(super) fn rounding<T: Scalar>() -> f64 {
    (10.0 * epsilon::<T>()).max(1e-10)
}
