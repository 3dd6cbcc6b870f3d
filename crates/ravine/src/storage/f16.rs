//! IEEE half precision: 11 bits of precision from 6.1e-5 to 65,504, fewer down to 6e-8.

use half::f16;
use pulp::{Arch, Simd, WithSimd};

use super::{Nearest, Noise, Round, Rounding, from_f32, to_f32};
use crate::Scalar;

const INFINITY: u32 = 0x7c00;
/// The smallest normal f16, 2⁻¹⁴: below it numbers are 2⁻²⁴ apart.
const NORMAL: f32 = 1.0 / 16_384.0;
/// What the exponents of f32 and f16 differ by, at its place in an f32 and in an f16.
const BIAS: u32 = 112 << 23;
const BIAS_16: u32 = 112 << 10;

/// Writes the numbers of `codes` to `values`, exactly.
pub fn widen<T: Scalar>(codes: &[f16], values: &mut [T]) {
    Arch::new().dispatch(Widen(codes, values));
}

/// Writes `values` to `codes`. Infinities and NaN stay; a finite value becomes infinite only where it lies beyond 65,504 and is
/// rounded up.
///
/// `start` is the number of the first value in its array, for the noise.
pub fn narrow<T: Scalar>(values: &[T], codes: &mut [f16], start: u64, rounding: Rounding) {
    match rounding {
        Rounding::Nearest => Arch::new().dispatch(ToNearest(values, codes)),
        Rounding::Stochastic { key } => {
            Arch::new().dispatch(Stochastic(values, codes, Noise::new(key, start)));
        }
    }
}

#[inline(always)]
fn wide(code: f16) -> f32 {
    let code = u32::from(code.to_bits());
    let shifted = (code & 0x7fff) << 13;
    // In the lowest binade the fraction stands behind a one that is not meant, taken away again.
    let subnormal = f32::from_bits(shifted + BIAS + (1 << 23)) - NORMAL;
    let special = if shifted >= INFINITY << 13 { BIAS } else { 0 };
    let normal = shifted + BIAS + special;
    let magnitude = if shifted < 0x400 << 13 {
        subnormal.to_bits()
    } else {
        normal
    };
    f32::from_bits(magnitude | ((code & 0x8000) << 16))
}

/// To the nearest, ties to even.
#[inline(always)]
fn nearest(value: f32) -> f16 {
    let magnitude = value.abs();
    let bits = magnitude.to_bits();
    let normal = (bits.wrapping_add(Nearest.offset(0, bits, 13)) >> 13).wrapping_sub(BIAS_16);
    // Numbers near ½ are 2⁻²⁴ apart in f32, so that the addition rounds.
    let subnormal = (magnitude + 0.5).to_bits() - 0.5_f32.to_bits();
    assemble(
        value,
        if magnitude < NORMAL {
            subnormal
        } else {
            normal
        },
    )
}

/// Up or down, at random; not for [`Nearest`], since the addition rounds too.
#[inline(always)]
fn stochastic(value: f32, i: u32, noise: Noise) -> f16 {
    let magnitude = value.abs();
    let small = magnitude < NORMAL;
    // From 2⁻¹⁴ to 2⁻¹³ numbers are as far apart as below, so the small ones are rounded there.
    let moved = if small { magnitude + NORMAL } else { magnitude };
    let bias = if small { BIAS_16 + 0x400 } else { BIAS_16 };
    let bits = moved.to_bits();
    assemble(
        value,
        (bits.wrapping_add(noise.offset(i, bits, 13)) >> 13).wrapping_sub(bias),
    )
}

#[inline(always)]
fn assemble(value: f32, magnitude: u32) -> f16 {
    let magnitude = magnitude.min(INFINITY);
    let magnitude = if value.is_nan() { 0x7e00 } else { magnitude };
    let sign = (value.to_bits() >> 16) & 0x8000;
    f16::from_bits((magnitude | sign) as u16)
}

struct Widen<'a, T>(&'a [f16], &'a mut [T]);

impl<T: Scalar> WithSimd for Widen<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (value, code) in self.1.iter_mut().zip(self.0) {
            *value = from_f32(wide(*code));
        }
    }
}

struct ToNearest<'a, T>(&'a [T], &'a mut [f16]);

impl<T: Scalar> WithSimd for ToNearest<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (code, value) in self.1.iter_mut().zip(self.0) {
            *code = nearest(to_f32(*value));
        }
    }
}

struct Stochastic<'a, T>(&'a [T], &'a mut [f16], Noise);

impl<T: Scalar> WithSimd for Stochastic<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (i, (code, value)) in self.1.iter_mut().zip(self.0).enumerate() {
            *code = stochastic(to_f32(*value), i as u32, self.2);
        }
    }
}
