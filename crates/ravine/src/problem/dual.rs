//! Numbers that carry their derivatives: forward-mode automatic differentiation.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::number::Number;

/// A number and its derivatives in N directions: `v + Σ sᵢεᵢ` with `εᵢεⱼ = 0`.
///
/// The derivatives of duals over duals are second derivatives: of a formula computed in `Dual<Dual<f64, N>, 1>` comes the
/// product of its Hessian with a direction.
///
/// Source: R. E. Wengert, "A simple automatic derivative evaluation program", CACM 7(8), 1964.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dual<B, const N: usize> {
    /// v.
    pub(super) value: B,
    /// s.
    pub(super) slope: [B; N],
}

impl<B: Number, const N: usize> Dual<B, N> {
    /// A number, and the directions in which it changes: `slope(i)`.
    #[inline]
    pub(super) fn new(value: B, slope: impl Fn(usize) -> f64) -> Self {
        let mut dual = Self::constant(0.0);
        dual.value = value;
        for (i, s) in dual.slope.iter_mut().enumerate() {
            *s = B::constant(slope(i));
        }
        dual
    }

    /// This value, and each slope by `slope`.
    #[inline]
    fn each(mut self, value: B, slope: impl Fn(B) -> B) -> Self {
        self.value = value;
        for s in &mut self.slope {
            *s = slope(*s);
        }
        self
    }

    /// This value, and each pair of slopes by `slope`.
    #[inline]
    fn pairs(mut self, other: Self, value: B, slope: impl Fn(B, B) -> B) -> Self {
        self.value = value;
        for (s, &t) in self.slope.iter_mut().zip(&other.slope) {
            *s = slope(*s, t);
        }
        self
    }

    /// f(v), where `rate` is f′(v).
    #[inline]
    fn chain(self, value: B, rate: B) -> Self {
        self.each(value, |s| s * rate)
    }
}

impl<B: Number, const N: usize> Add for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        self.pairs(other, self.value + other.value, |s, t| s + t)
    }
}

impl<B: Number, const N: usize> Sub for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        self.pairs(other, self.value - other.value, |s, t| s - t)
    }
}

// The product rule adds.
#[allow(clippy::suspicious_arithmetic_impl)]
impl<B: Number, const N: usize> Mul for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        let (v, w) = (self.value, other.value);
        self.pairs(other, v * w, |s, t| s * w + v * t)
    }
}

// The quotient rule subtracts and multiplies.
#[allow(clippy::suspicious_arithmetic_impl)]
impl<B: Number, const N: usize> Div for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn div(self, other: Self) -> Self {
        let (q, w) = (self.value / other.value, other.value);
        self.pairs(other, q, |s, t| (s - q * t) / w)
    }
}

impl<B: Number, const N: usize> Neg for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        self.each(-self.value, |s| -s)
    }
}

impl<B: Number, const N: usize> Add<f64> for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn add(mut self, constant: f64) -> Self {
        self.value = self.value + constant;
        self
    }
}

impl<B: Number, const N: usize> Sub<f64> for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn sub(mut self, constant: f64) -> Self {
        self.value = self.value - constant;
        self
    }
}

impl<B: Number, const N: usize> Mul<f64> for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn mul(self, factor: f64) -> Self {
        self.each(self.value * factor, |s| s * factor)
    }
}

impl<B: Number, const N: usize> Div<f64> for Dual<B, N> {
    type Output = Self;

    #[inline]
    fn div(self, divisor: f64) -> Self {
        self.each(self.value / divisor, |s| s / divisor)
    }
}

impl<B: Number, const N: usize> Number for Dual<B, N> {
    #[inline]
    fn constant(value: f64) -> Self {
        Self {
            value: B::constant(value),
            slope: [B::constant(0.0); N],
        }
    }

    #[inline]
    fn real(self) -> f64 {
        self.value.real()
    }

    #[inline]
    fn sqrt(self) -> Self {
        if self.real() == 0.0 {
            return Self::constant(0.0);
        }
        let root = self.value.sqrt();
        self.chain(root, B::constant(0.5) / root)
    }

    #[inline]
    fn abs(self) -> Self {
        if self.real() == 0.0 {
            Self::constant(0.0)
        } else if self.real() < 0.0 {
            -self
        } else {
            self
        }
    }

    #[inline]
    fn exp(self) -> Self {
        let exp = self.value.exp();
        self.chain(exp, exp)
    }

    #[inline]
    fn ln(self) -> Self {
        self.chain(self.value.ln(), B::constant(1.0) / self.value)
    }

    #[inline]
    fn sin(self) -> Self {
        self.chain(self.value.sin(), self.value.cos())
    }

    #[inline]
    fn cos(self) -> Self {
        self.chain(self.value.cos(), -self.value.sin())
    }

    #[inline]
    fn atan2(self, x: Self) -> Self {
        let (v, u) = (self.value, x.value);
        let square = u * u + v * v;
        self.pairs(x, v.atan2(u), |s, t| (u * s - v * t) / square)
    }
}
