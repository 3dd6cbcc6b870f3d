//! Eight bits a number, in blocks of 256 that share a scale.
//!
//! The code of a number is the upper bits of a float, moved so that zero is code zero:
//!
//! ```text
//! y = |x| · top / scale,      code = (bits(y + c) − bits(c)) ≫ 20,      y ≈ float(bits(c) + code ≪ 20) − c
//! ```
//! with scale = the block's largest magnitude and top = the largest y that has a code. The codes are a line near zero and a
//! logarithm further up, as in telephony (ITU-T G.711), with 8 codes to each octave and without a case distinction.
//!
//! | block | code | c | smallest above 0, of the largest | relative error, nearest |
//! |---|---|---|---|---|
//! | of both signs | sign, 4 bits octave, 3 bits within | 2⁻¹⁵ | 2.0e-6 | ≤ 1/16 + c/(16 y) |
//! | of values ≥ 0 | 5 bits octave, 3 bits within | 2⁻³¹ | 3.1e-11 | the same |
//!
//! A block whose values are all ≥ 0, a second moment, is found out by itself; the scale of a block of both signs has its sign
//! bit set. In a block of values ≥ 0 nothing but zero becomes zero: what is below the smallest code becomes the smallest code.
//! A second moment that became zero would make Adam divide by ε.
//!
//! A block of zeros has scale 0. A block with an infinity or a NaN is NaN throughout. The largest magnitude comes back to a
//! rounding of f32.
//!
//! Weighed against it: the dynamic code of T. Dettmers et al., "8-bit Optimizers via Block-wise Quantization", ICLR 2022. It is
//! more exact near the block's largest magnitude and worse below, has no second moments beyond 7 decades, and needs a table
//! look-up in both directions (`benches/codecs.rs` measures both).

use pulp::{Arch, Simd, WithSimd};

use super::{Nearest, Noise, Round, Rounding, from_f32, to_f32};
use crate::Scalar;

/// Values that share a scale.
pub const BLOCK: usize = 256;

/// The scales that `values` need.
#[must_use]
pub fn scales(values: usize) -> usize {
    values.div_ceil(BLOCK)
}

/// Writes the numbers of `codes` to `values`, block by block, each with its scale.
pub fn widen<T: Scalar>(codes: &[u8], scales: &[f32], values: &mut [T]) {
    Arch::new().dispatch(Widen {
        codes,
        scales,
        values,
    });
}

/// Writes `values` to `codes`, and for each block its scale.
///
/// `start` is the number of the first value in its array, for the noise.
pub fn narrow<T: Scalar>(
    values: &[T],
    codes: &mut [u8],
    scales: &mut [f32],
    start: u64,
    rounding: Rounding,
) {
    match rounding {
        Rounding::Nearest => Arch::new().dispatch(Narrow {
            values,
            codes,
            scales,
            round: Nearest,
        }),
        Rounding::Stochastic { key } => Arch::new().dispatch(Narrow {
            values,
            codes,
            scales,
            round: Noise::new(key, start),
        }),
    }
}

/// Bits of an f32's fraction that a code has no room for.
const CUT: u32 = 20;
const INFINITY: u32 = 0x7f80_0000;
const SIGN: u32 = 0x8000_0000;
/// The reciprocal of a smaller scale would be infinite.
const LEAST_SCALE: f32 = f32::MIN_POSITIVE;
/// The rounding of a larger scale's largest number would be infinite.
const LARGEST_SCALE: f32 = f32::MAX * (1.0 - 1e-6);

/// How the codes of a block are laid out.
#[derive(Clone, Copy)]
struct Layout {
    /// c, a power of two, so that its lower bits are zero.
    c: f32,
    /// The code of the largest magnitude.
    last: u32,
    /// The bit of a code that is the sign.
    sign: u32,
    /// The least code of what is not zero.
    least: u32,
}

impl Layout {
    const BOTH_SIGNS: Self = Self {
        c: 1.0 / 32_768.0,
        last: 0x7f,
        sign: 0x80,
        least: 0,
    };
    const NOT_NEGATIVE: Self = Self {
        c: 1.0 / 2_147_483_648.0,
        last: 0xff,
        sign: 0,
        least: 1,
    };

    #[inline(always)]
    fn of(scale: f32) -> Self {
        if scale.is_sign_negative() {
            Self::BOTH_SIGNS
        } else {
            Self::NOT_NEGATIVE
        }
    }

    /// The y of a code without sign.
    #[inline(always)]
    fn y(self, code: u32) -> f32 {
        f32::from_bits(self.c.to_bits() + (code << CUT)) - self.c
    }

    #[inline(always)]
    fn top(self) -> f32 {
        self.y(self.last)
    }

    /// The code of `value`, the `i`th of a slice; `y` is its magnitude scaled to 0 … top.
    #[inline(always)]
    fn code(self, value: f32, y: f32, i: u32, round: impl Round) -> u8 {
        let bits = (y + self.c).to_bits();
        let magnitude = (bits + round.offset(i, bits, CUT) - self.c.to_bits()) >> CUT;
        let least = if value == 0.0 { 0 } else { self.least };
        let sign = (value.to_bits() >> 24) & self.sign;
        (magnitude.min(self.last).max(least) | sign) as u8
    }
}

struct Widen<'a, T> {
    codes: &'a [u8],
    scales: &'a [f32],
    values: &'a mut [T],
}

impl<T: Scalar> WithSimd for Widen<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let blocks = self.values.chunks_mut(BLOCK).zip(self.codes.chunks(BLOCK));
        for ((values, codes), scale) in blocks.zip(self.scales) {
            let layout = Layout::of(*scale);
            let factor = scale.abs() / layout.top();
            for (value, code) in values.iter_mut().zip(codes) {
                let code = u32::from(*code);
                let magnitude = layout.y(code & !layout.sign) * factor;
                let sign = (code & layout.sign) << 24;
                *value = from_f32(f32::from_bits(magnitude.to_bits() | sign));
            }
        }
    }
}

struct Narrow<'a, T, R> {
    values: &'a [T],
    codes: &'a mut [u8],
    scales: &'a mut [f32],
    round: R,
}

impl<T: Scalar, R: Round> WithSimd for Narrow<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let blocks = self.values.chunks(BLOCK).zip(self.codes.chunks_mut(BLOCK));
        for (block, ((values, codes), scale)) in blocks.zip(self.scales).enumerate() {
            *scale = scale_of(values);
            if scale.is_nan() {
                codes.fill(0);
                continue;
            }
            let layout = Layout::of(*scale);
            let factor = if *scale == 0.0 {
                0.0
            } else {
                layout.top() / scale.abs()
            };
            for (i, (code, value)) in codes.iter_mut().zip(values).enumerate() {
                let value = to_f32(*value);
                let i = (block * BLOCK + i) as u32;
                *code = layout.code(value, value.abs() * factor, i, self.round);
            }
        }
    }
}

/// The largest magnitude, negative if a value is; NaN if one is not finite.
#[inline(always)]
fn scale_of<T: Scalar>(values: &[T]) -> f32 {
    let (mut largest, mut signs) = (0, 0);
    for value in values {
        let bits = to_f32(*value).to_bits();
        largest = (bits & !SIGN).max(largest);
        // Of negative zero, nothing is left.
        signs |= if bits == SIGN { 0 } else { bits };
    }
    if largest >= INFINITY {
        return f32::NAN;
    }
    let scale = if largest == 0 {
        0.0
    } else {
        f32::from_bits(largest).clamp(LEAST_SCALE, LARGEST_SCALE)
    };
    f32::from_bits(scale.to_bits() | (signs & SIGN))
}
