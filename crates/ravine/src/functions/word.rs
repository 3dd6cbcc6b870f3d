//! Floating-point numbers as words of bits, for what IEEE operations cannot do: read and make powers of two.

use crate::Real;
use crate::functions::coefficients::{F32, F64, Format};

/// A number that computes as a [`Real`] and whose bits can be changed: a scalar, or a vector register of them.
pub(crate) trait Bits: Real {
    /// The bits of one number.
    type Word: Word;

    /// Changes the bits of each number.
    #[must_use]
    fn words(self, change: impl Fn(Self::Word) -> Self::Word) -> Self;

    /// What the functions need to know of the number type.
    const FORMAT: &'static Format = Self::Word::FORMAT;

    /// `⌊log₂ self⌋` of a positive, normal number; anything elsewhere.
    #[inline(always)]
    fn exponent(self) -> Self {
        self.words(Word::exponent) - self.like(Self::Word::EXPONENT_ORIGIN)
    }

    /// `self / 2^exponent`, in [1, 2), of a positive, normal number; something in [1, 2) elsewhere.
    #[inline(always)]
    fn fraction(self) -> Self {
        self.words(Word::fraction)
    }

    /// `2^self` for an integer whose power of two is normal; anything elsewhere.
    #[inline(always)]
    fn exp2i(self) -> Self {
        (self + self.like(Self::Word::POWER_ORIGIN)).words(Word::power)
    }
}

/// The bits of an IEEE 754 number: its sign, its biased exponent and its mantissa.
pub(crate) trait Word: Copy {
    const FORMAT: &'static Format;

    /// What to subtract from the number that [`Word::exponent`] makes.
    const EXPONENT_ORIGIN: f64;

    /// What to add to an integer k so that [`Word::power`] makes 2ᵏ of the sum.
    const POWER_ORIGIN: f64;

    /// The biased exponent in the mantissa of a number whose last digit counts ones.
    fn exponent(self) -> Self;

    /// The mantissa, with the exponent of 1.
    fn fraction(self) -> Self;

    /// The last digits of the mantissa as a biased exponent.
    fn power(self) -> Self;
}

macro_rules! word {
    ($word:ident, $float:ident, $format:ident) => {
        impl Word for $word {
            const FORMAT: &'static Format = &$format;
            const EXPONENT_ORIGIN: f64 = ONES + BIAS;
            const POWER_ORIGIN: f64 = 1.5 * ONES + BIAS;

            #[inline(always)]
            fn exponent(self) -> Self {
                self >> DIGITS | (ONES as $float).to_bits()
            }

            #[inline(always)]
            fn fraction(self) -> Self {
                self & ((1 << DIGITS) - 1) | $float::to_bits(1.0)
            }

            #[inline(always)]
            fn power(self) -> Self {
                self << DIGITS
            }
        }

        /// Digits of the mantissa behind the point.
        const DIGITS: u32 = $float::MANTISSA_DIGITS - 1;
        /// From here on the last digit counts ones.
        const ONES: f64 = (1_u64 << DIGITS) as f64;
        const BIAS: f64 = ($float::MAX_EXP - 1) as f64;

        impl Bits for $float {
            type Word = $word;

            #[inline(always)]
            fn words(self, change: impl Fn($word) -> $word) -> Self {
                $float::from_bits(change(self.to_bits()))
            }
        }
    };
}

mod single {
    use super::*;
    word!(u32, f32, F32);
}

mod double {
    use super::*;
    word!(u64, f64, F64);
}
