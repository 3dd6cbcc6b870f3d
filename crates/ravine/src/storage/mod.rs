//! Numbers kept in fewer bytes than they are computed in.
//!
//! | format | bytes | largest relative error | range | module |
//! |---|---|---|---|---|
//! | [`Format::Full`] | 4 or 8 | 0 | the type's | |
//! | [`Format::Compensated`] | 4 | 2⁻¹⁷ | f32's | [`compensated`] |
//! | [`Format::Bf16`] | 2 | 2⁻⁸ | f32's | [`bf16`] |
//! | [`Format::Eight`] | 1 + 4/256 | 2⁻⁴ in most of the range | 5.7 or 10.5 decades below the block's largest | [`eight`] |
//!
//! The error is that of rounding to nearest; [`Rounding::Stochastic`] has up to twice as much, but none on average. A state
//! that moves by a thousandth a step, as the second moment at β₂ = 0.999 does, needs it in all formats but the first two:
//! rounded to nearest it would stand still (in bf16, 0.999 · 1 is 1 again).
//!
//! [`mod@f16`] is for parameters; a second moment leaves its range.
//!
//! Codecs work on blocks of any length, in plain loops that the compiler vectorises for the processor at hand. They give the
//! same bits on every processor. f64 goes through f32.

mod array;
pub mod bf16;
pub mod compensated;
pub mod eight;
pub mod f16;
mod noise;
mod stored;

pub(crate) use array::SUFFIXES;
pub use array::{Chunk, Format, Part, StateArray};
pub use noise::{Noise, key};
pub use stored::Stored;
pub(crate) use stored::wide;

use crate::Scalar;

/// Arrays of fewer numbers stay in full: biases and norms are a thousandth of a network's memory, and among its most sensitive
/// numbers.
pub const LEAST_SMALL: usize = 4096;

/// How a number between two that a format has becomes one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// The nearer one.
    Nearest,
    /// The one above with the probability of the way to it, so that the mean is the number: from the [`Noise`] of a key.
    Stochastic {
        /// The noise's key, from [`key`]: one for each array and each step.
        key: u64,
    },
}

/// Makes the upper bits of a float the rounded ones: what to add to it before the lower `cut` bits are cut off.
trait Round: Copy {
    /// For the float of these bits, the `i`th of a slice; below 2 to the `cut`.
    fn offset(self, i: u32, bits: u32, cut: u32) -> u32;
}

/// To the nearest, ties to even.
#[derive(Clone, Copy)]
struct Nearest;

impl Round for Nearest {
    #[inline(always)]
    fn offset(self, _: u32, bits: u32, cut: u32) -> u32 {
        (1 << (cut - 1)) - 1 + ((bits >> cut) & 1)
    }
}

impl Round for Noise {
    #[inline(always)]
    fn offset(self, i: u32, _: u32, cut: u32) -> u32 {
        self.at(i) >> (32 - cut)
    }
}

#[inline(always)]
fn to_f32<T: Scalar>(value: T) -> f32 {
    value.to_f64() as f32
}

#[inline(always)]
fn from_f32<T: Scalar>(value: f32) -> T {
    T::from_f64(f64::from(value))
}
