//! Which dimension of a weight is that of its outputs.

use std::slice::{ChunksExact, ChunksExactMut};

/// Where a weight of rank 2 or more has its output dimension: that of its neurons, or of the channels that it makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// The first, as in PyTorch and Candle: `[out, in]`, `[out, in, height, width]`.
    #[default]
    OutIn,
    /// The last, as in JAX, and in Burn's `Linear`: `[in, out]`, `[height, width, in, out]`.
    InOut,
}

/// How a tensor's elements fall into units, one for each output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    /// How many there are.
    pub count: usize,
    /// How many neighbours in memory belong to one; then come as many of the next.
    run: usize,
}

impl Layout {
    /// The units of a tensor that has elements. One of rank 0 or 1 is a unit as a whole.
    pub(super) fn units(self, shape: &[usize]) -> Units {
        let elements = shape.iter().product::<usize>();
        match (self, shape) {
            (_, [] | [_]) => Units {
                count: 1,
                run: elements,
            },
            (Self::OutIn, [out, ..]) => Units {
                count: *out,
                run: elements / out,
            },
            (Self::InOut, [.., out]) => Units {
                count: *out,
                run: 1,
            },
        }
    }
}

impl Units {
    /// Adds up a function of each unit's elements, in f64.
    pub fn sums<T: Copy>(self, values: &[T], term: impl Fn(T) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        for row in values.chunks_exact(self.count * self.run) {
            let parts: ChunksExact<'_, T> = row.chunks_exact(self.run);
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part.iter().map(|&value| term(value)).sum::<f64>();
            }
        }
        sums
    }

    /// Changes each element, given the number of its unit.
    pub fn change<T: Copy>(self, values: &mut [T], new: impl Fn(usize, T) -> T) {
        for row in values.chunks_exact_mut(self.count * self.run) {
            let parts: ChunksExactMut<'_, T> = row.chunks_exact_mut(self.run);
            for (unit, part) in parts.enumerate() {
                for value in part {
                    *value = new(unit, *value);
                }
            }
        }
    }
}
