//! The number types that parameters can be kept in.

use std::fmt::Debug;

use bytemuck::Pod;

use super::Rounding;
use crate::Scalar;

/// A number type that parameters and gradients can have: `f32` and `f64`, which compute as they are, and [`half::bf16`] and
/// [`half::f16`], which are computed in `f32`.
pub trait Stored: Pod + Debug + PartialEq + Send + Sync + 'static {
    /// What steps are computed in, and states kept in.
    type Compute: Scalar;

    /// Whether it has fewer bits than it is computed in.
    #[doc(hidden)]
    const NARROW: bool;

    /// The numbers themselves, if they are kept as they are computed.
    #[doc(hidden)]
    fn full(values: &[Self]) -> Option<&[Self::Compute]>;

    /// The numbers themselves, if they are kept as they are computed.
    #[doc(hidden)]
    fn full_mut(values: &mut [Self]) -> Option<&mut [Self::Compute]>;

    /// Reads, exactly.
    #[doc(hidden)]
    fn widen(values: &[Self], into: &mut [Self::Compute]);

    /// Rounds; `start` is the number of the first value in its array, for the noise.
    #[doc(hidden)]
    fn narrow(values: &[Self::Compute], into: &mut [Self], start: u64, rounding: Rounding);

    /// Whether one is infinite or NaN.
    #[doc(hidden)]
    fn any_infinite(values: &[Self]) -> bool;
}

macro_rules! full {
    ($($float:ident)*) => {$(
        impl Stored for $float {
            type Compute = Self;
            const NARROW: bool = false;

            #[inline(always)]
            fn full(values: &[Self]) -> Option<&[Self]> {
                Some(values)
            }

            #[inline(always)]
            fn full_mut(values: &mut [Self]) -> Option<&mut [Self]> {
                Some(values)
            }

            fn widen(values: &[Self], into: &mut [Self]) {
                into.copy_from_slice(values);
            }

            fn narrow(values: &[Self], into: &mut [Self], _start: u64, _rounding: Rounding) {
                into.copy_from_slice(values);
            }

            fn any_infinite(values: &[Self]) -> bool {
                // A loop without a way out, which is done on vectors.
                !values.iter().fold(true, |all, value| all & value.is_finite())
            }
        }
    )*};
}

macro_rules! half {
    ($($float:ident)*) => {$(
        impl Stored for half::$float {
            type Compute = f32;
            const NARROW: bool = true;

            #[inline(always)]
            fn full(_: &[Self]) -> Option<&[f32]> {
                None
            }

            #[inline(always)]
            fn full_mut(_: &mut [Self]) -> Option<&mut [f32]> {
                None
            }

            fn widen(values: &[Self], into: &mut [f32]) {
                super::$float::widen(values, into);
            }

            fn narrow(values: &[f32], into: &mut [Self], start: u64, rounding: Rounding) {
                super::$float::narrow(values, into, start, rounding);
            }

            fn any_infinite(values: &[Self]) -> bool {
                // A loop without a way out, which is done on vectors.
                const INFINITY: u16 = half::$float::INFINITY.to_bits();
                let magnitudes = values.iter().map(|value| value.to_bits() & 0x7fff);
                magnitudes.fold(0, u16::max) >= INFINITY
            }
        }
    )*};
}

full!(f32 f64);
half!(bf16 f16);

/// All numbers, as they are computed.
pub(crate) fn wide<P: Stored>(values: &[P]) -> Vec<P::Compute> {
    if let Some(full) = P::full(values) {
        return full.to_vec();
    }
    let mut wide = vec![P::Compute::from_f64(0.0); values.len()];
    P::widen(values, &mut wide);
    wide
}
