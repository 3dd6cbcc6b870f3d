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

    /// Halves the partial sums until one is left: five additions deep, where one behind the other they would be 32.
    #[inline(always)]
    pub fn total(self) -> f64 {
        let mut sums = [0.0; LANES];
        let width = T::width::<S>();
        for (j, lanes) in self.partial[..Self::group()].iter().enumerate() {
            let registers = [T::register(*lanes)];
            for (i, value) in T::numbers::<S>(&registers).iter().enumerate() {
                sums[j * width + i] = value.to_f64();
            }
        }
        let mut half = LANES / 2;
        while half > 0 {
            for i in 0..half {
                sums[i] += sums[i + half];
            }
            half /= 2;
        }
        sums[0]
    }
}
