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

use super::{Noise, Round, Rounding, from_f32, to_f32};
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
            round: HalfUp,
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

/// The codes of a block. A trait and not a value, so that each layout has a loop without the other's operations: they
/// are what the time goes into.
trait Layout {
    /// c, a power of two, so that its lower bits are zero.
    const C: f32;
    /// The code of the largest magnitude.
    const LAST: u32;
    /// The y of the last code.
    const TOP: f32 = f32::from_bits(Self::C.to_bits() + (Self::LAST << CUT)) - Self::C;

    /// The code of a value, the `i`th of a slice; `factor` takes the block's largest magnitude to the top.
    fn code(value: f32, factor: f32, i: u32, round: impl Round) -> u8;

    /// The value of a code.
    fn value(code: u8, factor: f32) -> f32;

    #[inline(always)]
    fn magnitude_code(y: f32, i: u32, round: impl Round) -> u32 {
        let bits = (y + Self::C).to_bits();
        let code = (bits + round.offset(i, bits, CUT) - Self::C.to_bits()) >> CUT;
        code.min(Self::LAST)
    }

    #[inline(always)]
    fn magnitude(code: u32, factor: f32) -> f32 {
        (f32::from_bits(Self::C.to_bits() + (code << CUT)) - Self::C) * factor
    }
}

struct BothSigns;

impl Layout for BothSigns {
    const C: f32 = 1.0 / 32_768.0;
    const LAST: u32 = 0x7f;

    #[inline(always)]
    fn code(value: f32, factor: f32, i: u32, round: impl Round) -> u8 {
        let sign = (value.to_bits() >> 24) & 0x80;
        (Self::magnitude_code(value.abs() * factor, i, round) | sign) as u8
    }

    #[inline(always)]
    fn value(code: u8, factor: f32) -> f32 {
        let code = u32::from(code);
        let sign = (code & 0x80) << 24;
        f32::from_bits(Self::magnitude(code & 0x7f, factor).to_bits() | sign)
    }
}

struct NotNegative;

impl Layout for NotNegative {
    const C: f32 = 1.0 / 2_147_483_648.0;
    const LAST: u32 = 0xff;

    #[inline(always)]
    fn code(value: f32, factor: f32, i: u32, round: impl Round) -> u8 {
        // One for all but zero, of either sign.
        let least = (value.to_bits() << 1).min(1);
        Self::magnitude_code(value * factor, i, round).max(least) as u8
    }

    #[inline(always)]
    fn value(code: u8, factor: f32) -> f32 {
        Self::magnitude(u32::from(code), factor)
    }
}

/// Half a step up and then down: the nearest, ties away from zero. Evens at ties would cost a fifth of the time.
#[derive(Clone, Copy)]
struct HalfUp;

impl Round for HalfUp {
    #[inline(always)]
    fn offset(self, _: u32, _: u32, cut: u32) -> u32 {
        1 << (cut - 1)
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
            if scale.is_sign_negative() {
                decode::<BothSigns, T>(codes, -scale, values);
            } else {
                decode::<NotNegative, T>(codes, *scale, values);
            }
        }
    }
}

#[inline(always)]
fn decode<L: Layout, T: Scalar>(codes: &[u8], scale: f32, values: &mut [T]) {
    let factor = scale / L::TOP;
    for (value, code) in values.iter_mut().zip(codes) {
        *value = from_f32(L::value(*code, factor));
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
        for (i, ((values, codes), scale)) in blocks.zip(self.scales).enumerate() {
            *scale = scale_of(values);
            let start = (i * BLOCK) as u32;
            if *scale == 0.0 || scale.is_nan() {
                codes.fill(0);
            } else if scale.is_sign_negative() {
                encode::<BothSigns, T>(values, codes, -*scale, start, self.round);
            } else {
                encode::<NotNegative, T>(values, codes, *scale, start, self.round);
            }
        }
    }
}

#[inline(always)]
fn encode<L: Layout, T: Scalar>(
    values: &[T],
    codes: &mut [u8],
    scale: f32,
    start: u32,
    round: impl Round,
) {
    let factor = L::TOP / scale;
    for (i, (code, value)) in codes.iter_mut().zip(values).enumerate() {
        *code = L::code(to_f32(*value), factor, start + i as u32, round);
    }
}

/// The largest magnitude, negative if a value is; NaN if one is not finite.
#[inline(always)]
fn scale_of<T: Scalar>(values: &[T]) -> f32 {
    // As signed numbers, the bits of floats are largest for the largest float; as unsigned ones, for the most negative.
    let (mut upmost, mut downmost) = (0_i32, 0_u32);
    for value in values {
        let bits = to_f32(*value).to_bits();
        upmost = upmost.max(bits as i32);
        downmost = downmost.max(bits);
    }
    // Negative zero alone makes no block one of both signs.
    let negative = downmost > SIGN;
    let down = if negative { downmost & !SIGN } else { 0 };
    let largest = (upmost as u32).max(down);
    if largest >= INFINITY {
        return f32::NAN;
    }
    if largest == 0 {
        return 0.0;
    }
    let scale = f32::from_bits(largest).clamp(LEAST_SCALE, LARGEST_SCALE);
    if negative { -scale } else { scale }
}
