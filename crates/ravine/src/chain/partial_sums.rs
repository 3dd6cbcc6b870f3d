//! Sums, in an order that is the same on every processor.

use pulp::Simd;

use crate::Scalar;

/// Partial sums, one for each of this many interleaved coordinates, whatever the width of the processor's registers.
pub(super) const LANES: usize = 32;

/// A sum over a block, in the precision of its numbers; blocks are added up in f64.
#[derive(Clone, Copy)]
pub(super) struct PartialSums<T: Scalar, S: Simd> {
    partial: [T::Lanes<S>; LANES],
}

impl<T: Scalar, S: Simd> PartialSums<T, S> {
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

    /// Adds the numbers of one register; `j` is its number within its group.
    #[inline(always)]
    pub fn add(&mut self, j: usize, value: T::Lanes<S>) {
        self.partial[j] = self.partial[j] + value;
    }

    /// The sum with the numbers that fill no register: `first` is the place of the first of them in the block.
    ///
    /// Halves the partial sums until one is left: five additions deep, where one behind the other they would be 32.
    #[inline(always)]
    pub fn total(self, rest: &[T], first: usize) -> f64 {
        let mut partial = [T::from_f64(0.0); LANES];
        let width = T::width::<S>();
        for (j, lanes) in self.partial[..Self::group()].iter().enumerate() {
            let registers = [T::register(*lanes)];
            partial[j * width..(j + 1) * width].copy_from_slice(T::numbers::<S>(&registers));
        }
        for (i, &value) in rest.iter().enumerate() {
            let lane = (first + i) % LANES;
            partial[lane] = partial[lane] + value;
        }
        let mut sums = [0.0; LANES];
        for (sum, value) in sums.iter_mut().zip(partial) {
            *sum = value.to_f64();
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

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use pulp::x86::{V3, V4};
    use pulp::{Scalar as OneByOne, Simd};

    use super::super::block::Sum;

    #[test]
    fn every_processor_adds_in_the_same_order() {
        for len in (0..140).chain([511, 512]) {
            let values: Vec<f32> = (0..len).map(|i| (i as f32 * 0.37).sin()).collect();
            let wide: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let expected = OneByOne.vectorize(Sum(&values));
            let expected_wide = OneByOne.vectorize(Sum(&wide));
            if let Some(avx2) = V3::try_new() {
                assert_eq!(Simd::vectorize(avx2, Sum(&values)), expected, "AVX2, {len}");
                assert_eq!(
                    Simd::vectorize(avx2, Sum(&wide)),
                    expected_wide,
                    "AVX2, {len}"
                );
            }
            if let Some(avx512) = V4::try_new() {
                assert_eq!(
                    Simd::vectorize(avx512, Sum(&values)),
                    expected,
                    "AVX-512, {len}"
                );
                assert_eq!(
                    Simd::vectorize(avx512, Sum(&wide)),
                    expected_wide,
                    "AVX-512, {len}"
                );
            }
        }
    }
}
