//! Sums of squares, in an order that is the same on every processor.

use pulp::Simd;

use crate::Scalar;

/// Partial sums, one for each of this many interleaved coordinates, whatever the width of the processor's registers.
pub(super) const LANES: usize = 32;

/// The sum of squares of a block, in the precision of its numbers; blocks are added up in f64.
pub(super) struct SquareSum<T: Scalar, S: Simd> {
    partial: [T::Lanes<S>; LANES],
}

impl<T: Scalar, S: Simd> SquareSum<T, S> {
    #[inline(always)]
    pub fn new(simd: S) -> Self {
        Self {
            partial: [T::splat(simd, T::from_f64(0.0)); LANES],
        }
    }

    /// How many registers hold the partial sums.
    #[inline(always)]
    pub fn group() -> usize {
        (LANES / T::width::<S>()).max(1)
    }

    /// Adds the squares of one register; `j` is its number within its group.
    #[inline(always)]
    pub fn add(&mut self, j: usize, value: T::Lanes<S>) {
        self.partial[j] = self.partial[j] + value * value;
    }

    #[inline(always)]
    pub fn total(self) -> f64 {
        let mut total = 0.0;
        for lanes in &self.partial[..Self::group()] {
            let registers = [T::register(*lanes)];
            for value in T::numbers::<S>(&registers) {
                total += value.to_f64();
            }
        }
        total
    }
}
