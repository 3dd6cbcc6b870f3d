//! The numbers that a formula is written over: f64 computes, [`Dual`](super::dual::Dual) differentiates as well.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number, or something that computes like one.
///
/// Literals stand on the right: `x * 2.0`, not `2.0 * x`. Every function has the same bits on every platform.
pub(super) trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// A number that depends on nothing.
    fn constant(value: f64) -> Self;

    /// Its value alone.
    fn real(self) -> f64;

    /// √x. At 0, where it has no derivative, that is taken to be 0.
    fn sqrt(self) -> Self;

    /// |x|. At 0, where it has no derivative, that is taken to be 0.
    fn abs(self) -> Self;

    /// eˣ.
    fn exp(self) -> Self;

    /// ln x.
    fn ln(self) -> Self;

    /// sin x.
    fn sin(self) -> Self;

    /// cos x.
    fn cos(self) -> Self;

    /// The angle of the point (`x`, self), in (−π, π].
    fn atan2(self, x: Self) -> Self;

    /// x².
    fn square(self) -> Self {
        self * self
    }

    /// xᵏ for a whole k, by k − 1 multiplications.
    fn power(self, k: usize) -> Self {
        match k {
            0 => Self::constant(1.0),
            _ => (1..k).fold(self, |power, _| power * self),
        }
    }
}

impl Number for f64 {
    fn constant(value: f64) -> Self {
        value
    }

    fn real(self) -> f64 {
        self
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn abs(self) -> Self {
        self.abs()
    }

    fn exp(self) -> Self {
        libm::exp(self)
    }

    fn ln(self) -> Self {
        libm::log(self)
    }

    fn sin(self) -> Self {
        libm::sin(self)
    }

    fn cos(self) -> Self {
        libm::cos(self)
    }

    fn atan2(self, x: Self) -> Self {
        libm::atan2(self, x)
    }
}

/// The sum of the numbers, from the first to the last.
pub(super) fn sum<V: Number>(numbers: impl IntoIterator<Item = V>) -> V {
    let mut numbers = numbers.into_iter();
    let first = numbers.next().unwrap_or_else(|| V::constant(0.0));
    numbers.fold(first, |sum, x| sum + x)
}
