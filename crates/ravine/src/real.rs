//! The number type that a rule's formula is written over.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number, or something that computes like one.
///
/// A rule is written once over `Real`. [`f32`] and [`f64`] compute; vectors of either compute many coordinates at
/// once; [`Symbol`](crate::program::Symbol) records the formula itself. Every operation is one IEEE 754 operation (no
/// contraction into a fused multiply-add), so all of them, on every processor, give the same bits.
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// A literal number, of the kind that `self` is of.
    #[must_use]
    fn like(self, value: f64) -> Self;

    /// `√self`.
    #[must_use]
    fn sqrt(self) -> Self;

    /// `|self|`.
    #[must_use]
    fn abs(self) -> Self;

    /// `then` where `self < bound`, `otherwise` elsewhere (also where either is NaN).
    #[must_use]
    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self;

    /// The larger of the two; `self` where they do not compare.
    #[inline(always)]
    #[must_use]
    fn max(self, other: Self) -> Self {
        self.if_less(other, other, self)
    }

    /// The smaller of the two; `self` where they do not compare.
    #[inline(always)]
    #[must_use]
    fn min(self, other: Self) -> Self {
        other.if_less(self, other, self)
    }

    /// −1, 0 or 1 by the sign of `self`; 0 for both zeros.
    #[inline(always)]
    #[must_use]
    fn sign(self) -> Self {
        let zero = self.like(0.0);
        let positive = zero.if_less(self, self.like(1.0), zero);
        self.if_less(zero, self.like(-1.0), positive)
    }
}

macro_rules! real {
    ($float:ty) => {
        impl Real for $float {
            #[inline(always)]
            fn like(self, value: f64) -> Self {
                value as $float
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                <$float>::sqrt(self)
            }

            #[inline(always)]
            fn abs(self) -> Self {
                <$float>::abs(self)
            }

            #[inline(always)]
            fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
                if self < bound { then } else { otherwise }
            }
        }
    };
}

real!(f32);
real!(f64);
