//! exp, ln, ∛ and powers as formulas of IEEE operations: the same bits on every processor, and as fast as its vectors.
//!
//! Each takes its argument apart into a power of two and a number near 1 (exactly, or nearly so), computes the function
//! there by a polynomial, and puts the power of two back.

mod coefficients;
mod word;

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

use crate::Real;
pub(crate) use word::Bits;

/// `eˣ`: `x = n ln 2 + r`, `eˣ = 2ⁿ eʳ`.
#[inline(always)]
pub(crate) fn exp<T: Bits>(x: T) -> T {
    let [low, high] = T::FORMAT.exp_range.map(|bound| x.like(bound));
    let [ln2, ln2_rest] = T::FORMAT.ln2.map(|part| x.like(part));
    let x = x.max(low).min(high);
    let n = round(x * x.like(LOG2_E));
    scale(exp_near_0((x - n * ln2) - n * ln2_rest), n)
}

/// `ln x`: `x = 2ᵏ m`, `ln x = k ln 2 + ln m`.
#[inline(always)]
pub(crate) fn ln<T: Bits>(x: T) -> T {
    let [ln2, ln2_rest] = T::FORMAT.ln2.map(|part| x.like(part));
    let (k, m) = split_around_1(x);
    let (f, correction) = ln_near_1(m);
    let ln = k * ln2 + (f - (correction - k * ln2_rest));
    let zero = x.like(0.0);
    let at_most_0 = x.if_less(zero, x.like(f64::NAN), x.like(f64::NEG_INFINITY));
    // Infinity and NaN are their own logarithms.
    x.if_less(x.like(f64::INFINITY), zero.if_less(x, ln, at_most_0), x)
}

/// `∛x`: |x| = 2³ᵠ z with z in [½, 4), and `∛x = ±2ᵠ ∛z` from a guess of ∛z by one step of Halley's method.
#[inline(always)]
pub(crate) fn cbrt<T: Bits>(x: T) -> T {
    let size = x.abs();
    let zero = x.like(0.0);
    let (k, m) = split(size);
    let q = round(k * x.like(1.0 / 3.0));
    let r = k - q * x.like(3.0);
    let z = m * r.exp2i();
    // ∛2ʳ for r = −1, 0, 1
    let up = zero.if_less(r, x.like(1.259_921_049_894_873_2), x.like(1.0));
    let root = r.if_less(zero, x.like(0.793_700_525_984_099_7), up);
    let guess = polynomial(T::FORMAT.cbrt, m) * root;
    let cube = guess * guess * guess;
    let root = guess + guess * ((z - cube) / (cube + cube + z));
    let root = root * q.exp2i();
    let signed = x.if_less(zero, -root, root);
    // Zeros, infinities and NaN are their own roots.
    zero.if_less(size, size.if_less(x.like(f64::INFINITY), signed, x), x)
}

/// `vᵖ`: `v = 2ᵏ m`, `vᵖ = 2ⁿ e^((pk − n) ln 2 + p ln m)`, with n the integer next to `p log₂ v`.
#[inline(always)]
pub(crate) fn powf<T: Bits>(v: T, p: T) -> T {
    let zero = v.like(0.0);
    let (k, m) = split_around_1(v);
    let (f, correction) = ln_near_1(m);
    let p_ln_m = p * (f - correction);
    let cut = p * v.like(T::FORMAT.head);
    let head = cut - (cut - p);
    let product = head * k;
    let exponent = product + p_ln_m * v.like(LOG2_E);
    let n = round(exponent);
    let r = ((product - n) + (p - head) * k) * v.like(LN_2) + p_ln_m;
    let power = scale(exp_near_0(r), n);
    // Zero and infinity have logarithms so large here that all but the 0th power are zero or infinity.
    let largest = v.like(T::FORMAT.largest);
    let at_most_0 = v.if_less(zero, v.like(f64::NAN), -largest) * p;
    let exponent = zero.if_less(v, exponent, at_most_0);
    let exponent = v.if_less(v.like(f64::INFINITY), exponent, v.min(largest) * p);
    let [low, high] = T::FORMAT.exp2_range.map(|bound| v.like(bound));
    let power = exponent.if_less(high, power, exponent * v.like(f64::INFINITY));
    exponent.if_less(low, zero, power)
}

/// The integer next to `x`, for |x| < 2²².
#[inline(always)]
fn round<T: Bits>(x: T) -> T {
    let shift = x.like(T::FORMAT.round);
    (x + shift) - shift
}

/// `c₀ + c₁x + c₂x² + …`
#[inline(always)]
fn polynomial<T: Real>(coefficients: &[f64], x: T) -> T {
    let mut sum = x.like(coefficients[coefficients.len() - 1]);
    for &coefficient in coefficients[..coefficients.len() - 1].iter().rev() {
        sum = sum * x + x.like(coefficient);
    }
    sum
}

/// (k, m) with `x = 2ᵏ m`, m in [1, 2), for 0 < x < ∞.
#[inline(always)]
fn split<T: Bits>(x: T) -> (T, T) {
    let least = x.like(T::FORMAT.least);
    let normal = x.if_less(least, x * x.like(T::FORMAT.lift), x);
    let lifted = x.if_less(least, x.like(T::FORMAT.lift_exponent), x.like(0.0));
    (normal.exponent() - lifted, normal.fraction())
}

/// (k, m) with `x = 2ᵏ m`, m in [√½, √2], for 0 < x < ∞.
#[inline(always)]
fn split_around_1<T: Bits>(x: T) -> (T, T) {
    let (k, m) = split(x);
    let bound = x.like(SQRT_2);
    (
        bound.if_less(m, k + x.like(1.0), k),
        bound.if_less(m, m * x.like(0.5), m),
    )
}

/// `value · 2ⁿ`, also where 2ⁿ alone is no number of this type.
#[inline(always)]
fn scale<T: Bits>(value: T, n: T) -> T {
    let half = round(n * n.like(0.5));
    value * half.exp2i() * (n - half).exp2i()
}

/// `eʳ` for |r| ≤ ½ ln 2.
#[inline(always)]
fn exp_near_0<T: Bits>(r: T) -> T {
    r.like(1.0) + (r + r * r * polynomial(T::FORMAT.exp, r))
}

/// `(f, c)` with `ln m = f − c`, `f = m − 1`, for m in [√½, √2].
///
/// `ln m = ln((1 + s)/(1 − s))` with `s = f/(2 + f)`; its main term 2s is written as `f − s·f`, because f is exact.
#[inline(always)]
fn ln_near_1<T: Bits>(m: T) -> (T, T) {
    let f = m - m.like(1.0);
    let s = f / (m.like(2.0) + f);
    let z = s * s;
    let half_square = f * f * m.like(0.5);
    let rest = z * polynomial(T::FORMAT.ln, z);
    (f, half_square - s * (half_square + rest))
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use pulp::x86::{V3, V4};
    use pulp::{Scalar as OneByOne, Simd, WithSimd};

    use crate::{Real, Scalar};

    /// Every function of every number that fills a register.
    struct Functions<'a, T> {
        values: &'a [T],
        exponent: T,
    }

    impl<T: Scalar> WithSimd for Functions<'_, T> {
        type Output = Vec<[f64; 4]>;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            let (whole, rest) = T::split::<S>(self.values);
            assert!(rest.is_empty());
            let exponent = T::splat(simd, self.exponent);
            let mut results = Vec::new();
            for &register in whole {
                let v = T::lanes(simd, register);
                let of = [v.exp(), v.ln(), v.cbrt(), v.powf(exponent)].map(T::register);
                let of = of
                    .each_ref()
                    .map(|f| T::numbers::<S>(std::slice::from_ref(f)));
                results.extend((0..of[0].len()).map(|i| of.map(|f| f[i].to_f64())));
            }
            results
        }
    }

    /// NaN is one value here: which of its many patterns comes out is the processor's affair.
    fn bits(results: Vec<[f64; 4]>) -> Vec<[u64; 4]> {
        let one_nan = |v: f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
        results.into_iter().map(|of| of.map(one_nan)).collect()
    }

    fn same_bits<T: Scalar>(values: &[T]) {
        for exponent in [0.5, -0.3, 1.0 / 3.0, 0.0, 7.5, -40.0].map(T::from_f64) {
            let run = || Functions { values, exponent };
            let expected = bits(OneByOne.vectorize(run()));
            let plain = values
                .iter()
                .map(|v| [v.exp(), v.ln(), v.cbrt(), v.powf(exponent)].map(T::to_f64));
            assert!(bits(plain.collect()) == expected, "scalars");
            if let Some(avx2) = V3::try_new() {
                assert!(bits(Simd::vectorize(avx2, run())) == expected, "AVX2");
            }
            if let Some(avx512) = V4::try_new() {
                assert!(bits(Simd::vectorize(avx512, run())) == expected, "AVX-512");
            }
        }
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        // All exponents and signs; the odd steps fill the mantissa.
        let single: Vec<f32> = (0..1 << 16).map(|i| f32::from_bits(i * 65_537)).collect();
        same_bits(&single);
        let double: Vec<f64> = (0..1 << 16)
            .map(|i| f64::from_bits(i * 281_479_271_743_489))
            .collect();
        same_bits(&double);
    }
}
