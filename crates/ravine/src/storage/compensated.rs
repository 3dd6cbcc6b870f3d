//! A number as the sum of two bf16: 16 bits of precision in 4 bytes.
//!
//! ```text
//! high = bf16(x),   low = bf16(x − high),   x ≈ high + low
//! ```
//! For who keeps bf16 parameters: `high` is what the network sees, `low` what f32 master weights would add to it.

use half::bf16;
use pulp::{Arch, Simd, WithSimd};

use super::bf16::{rounded, wide};
use super::{Nearest, Noise, Round, Rounding, from_f32, to_f32};
use crate::Scalar;

/// Writes `high + low` to `values`.
pub fn widen<T: Scalar>(high: &[bf16], low: &[bf16], values: &mut [T]) {
    Arch::new().dispatch(Widen { high, low, values });
}

/// Writes `values` as sums. The high part is rounded to nearest, the low one as `rounding` says. An infinity stays; what is
/// beyond the largest bf16 and rounded up becomes infinite.
///
/// `start` is the number of the first value in its array, for the noise.
pub fn narrow<T: Scalar>(
    values: &[T],
    high: &mut [bf16],
    low: &mut [bf16],
    start: u64,
    rounding: Rounding,
) {
    match rounding {
        Rounding::Nearest => Arch::new().dispatch(Narrow {
            values,
            high,
            low,
            round: Nearest,
        }),
        Rounding::Stochastic { key } => Arch::new().dispatch(Narrow {
            values,
            high,
            low,
            round: Noise::new(key, start),
        }),
    }
}

/// What is left of a value behind its high part; nothing of an infinity.
#[inline(always)]
fn rest(value: f32, high: bf16) -> f32 {
    let high = wide(high);
    if high.is_infinite() {
        0.0
    } else {
        value - high
    }
}

struct Widen<'a, T> {
    high: &'a [bf16],
    low: &'a [bf16],
    values: &'a mut [T],
}

impl<T: Scalar> WithSimd for Widen<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((value, high), low) in self.values.iter_mut().zip(self.high).zip(self.low) {
            *value = from_f32(wide(*high) + wide(*low));
        }
    }
}

struct Narrow<'a, T, R> {
    values: &'a [T],
    high: &'a mut [bf16],
    low: &'a mut [bf16],
    round: R,
}

impl<T: Scalar, R: Round> WithSimd for Narrow<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let both = self.high.iter_mut().zip(self.low);
        for (i, (value, (high, low))) in self.values.iter().zip(both).enumerate() {
            let value = to_f32(*value);
            *high = rounded(value, i as u32, Nearest);
            *low = rounded(rest(value, *high), i as u32, self.round);
        }
    }
}
