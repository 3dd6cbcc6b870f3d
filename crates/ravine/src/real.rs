//! The number type that a rule's formula is written over.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::functions;

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

    /// `eˣ` for x = `self`.
    ///
    /// Right to 2 units in the last place, down to the subnormal numbers.
    #[must_use]
    fn exp(self) -> Self;

    /// The natural logarithm: −∞ at 0, NaN below.
    ///
    /// Right to 2 units in the last place.
    #[must_use]
    fn ln(self) -> Self;

    /// `∛self`, with the sign of `self`.
    ///
    /// Right to 2 units in the last place.
    #[must_use]
    fn cbrt(self) -> Self;

    /// `self` to the power of a finite `exponent`, for `self` ≥ 0; NaN below 0. Any number to the power of 0 is 1.
    ///
    /// Right to 2 units in the last place for exponents in [−2, 2]; beyond, the error grows by about one unit with each 1.
    #[must_use]
    fn powf(self, exponent: Self) -> Self;

    /// The logistic function `1 / (1 + e⁻ˣ)` for x = `self`.
    #[inline(always)]
    #[must_use]
    fn sigmoid(self) -> Self {
        let one = self.like(1.0);
        one / (one + (-self).exp())
    }

    /// The hyperbolic tangent.
    ///
    /// Right to 5 units in the last place, also near 0: there e²ˣ − 1 is `(t − 1)·2x/ln t` with t = e²ˣ, in which the rounding
    /// error of t cancels (Kahan; Higham, "Accuracy and Stability of Numerical Algorithms", section 1.14).
    #[inline(always)]
    #[must_use]
    fn tanh(self) -> Self {
        let one = self.like(1.0);
        // At 40 the quotient is 1, and beyond the exponential might overflow.
        let twice = (self + self).abs().min(self.like(40.0));
        let t = twice.exp();
        let e = one.if_less(t, (t - one) * twice / t.ln(), twice);
        self.sign() * (e / (e + self.like(2.0)))
    }

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

            #[inline(always)]
            fn exp(self) -> Self {
                functions::exp(self)
            }

            #[inline(always)]
            fn ln(self) -> Self {
                functions::ln(self)
            }

            #[inline(always)]
            fn cbrt(self) -> Self {
                functions::cbrt(self)
            }

            #[inline(always)]
            fn powf(self, exponent: Self) -> Self {
                functions::powf(self, exponent)
            }
        }
    };
}

real!(f32);
real!(f64);
