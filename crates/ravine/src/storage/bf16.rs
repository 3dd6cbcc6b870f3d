//! bfloat16: the upper half of an f32, with its range and 8 bits of precision.

use half::bf16;
use pulp::{Arch, Simd, WithSimd};

use super::{Nearest, Noise, Round, Rounding, from_f32, to_f32};
use crate::Scalar;

/// Writes the numbers of `codes` to `values`, exactly.
pub fn widen<T: Scalar>(codes: &[bf16], values: &mut [T]) {
    Arch::new().dispatch(Widen(codes, values));
}

/// Writes `values` to `codes`. Infinities and NaN stay; a finite value becomes infinite only where it lies beyond the largest
/// bf16, 3.39e38, and is rounded up.
///
/// `start` is the number of the first value in its array, for the noise.
pub fn narrow<T: Scalar>(values: &[T], codes: &mut [bf16], start: u64, rounding: Rounding) {
    match rounding {
        Rounding::Nearest => Arch::new().dispatch(Narrow(values, codes, Nearest)),
        Rounding::Stochastic { key } => {
            Arch::new().dispatch(Narrow(values, codes, Noise::new(key, start)));
        }
    }
}

#[inline(always)]
pub(super) fn wide(code: bf16) -> f32 {
    f32::from_bits(u32::from(code.to_bits()) << 16)
}

/// The `i`th number of a slice. A carry from the fraction into the exponent is the next octave's first number.
#[inline(always)]
pub(super) fn rounded(value: f32, i: u32, round: impl Round) -> bf16 {
    let bits = value.to_bits();
    // The offset would make an infinity of a NaN, or zero.
    let quiet = bits | 0x0040_0000;
    let moved = bits.wrapping_add(round.offset(i, bits, 16));
    let bits = if value.is_nan() { quiet } else { moved };
    bf16::from_bits((bits >> 16) as u16)
}

struct Widen<'a, T>(&'a [bf16], &'a mut [T]);

impl<T: Scalar> WithSimd for Widen<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (value, code) in self.1.iter_mut().zip(self.0) {
            *value = from_f32(wide(*code));
        }
    }
}

struct Narrow<'a, T, R>(&'a [T], &'a mut [bf16], R);

impl<T: Scalar, R: Round> WithSimd for Narrow<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (i, (code, value)) in self.1.iter_mut().zip(self.0).enumerate() {
            *code = rounded(to_f32(*value), i as u32, self.2);
        }
    }
}
