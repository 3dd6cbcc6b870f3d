//! Random matrices by number.

use rayon::prelude::*;

use crate::Scalar;
use crate::random::{self, Purpose};

/// A row-major matrix of numbers from the normal distribution of this deviation. Row i is drawn from the stream of worker i
/// of the key, so that rows can be drawn at once, and the bits depend on the key alone.
pub(super) fn normal_matrix<T: Scalar>(
    key: u64,
    rows: usize,
    cols: usize,
    deviation: f64,
) -> Vec<T> {
    let mut matrix = vec![T::from_f64(0.0); rows * cols];
    let numbered = matrix.par_chunks_mut(cols.max(1)).enumerate();
    numbered.for_each(|(row, values)| {
        let mut rng = random::stream(key, Purpose::Noise, row as u64);
        for value in values {
            *value = T::from_f64(deviation * random::normal(&mut rng));
        }
    });
    matrix
}
