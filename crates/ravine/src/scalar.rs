//! The types that steps are computed in, and the processor's vectors of them.

use std::ops::{Add, Div, Mul, Neg, Sub};

use bytemuck::Pod;
use pulp::Simd;
use safetensors::Dtype;

use crate::Real;
use crate::chain::link::{Block, Link};
use crate::functions::{self, Bits};
use crate::matrix::algebra::Element;
use crate::rule::{Step, TERMS, Tensor};
use crate::storage::Stored;

/// A number type that steps are computed in: `f32` or `f64`.
pub trait Scalar: Real + Element + Stored<Compute = Self> + PartialOrd {
    /// The type's name in a saved file.
    const DTYPE: Dtype;

    /// Whether every loop is compiled for it: also that for AVX-512, and the one from gradient to parameter of chains that
    /// are one link. Training runs in f32; f64, without them, takes a third less of the library's build time, and gives the same bits.
    #[doc(hidden)]
    const EVERY_LOOP: bool;

    /// One vector register of `Self`.
    #[doc(hidden)]
    type Register<S: Simd>: Pod;

    /// A vector register that computes as a [`Real`].
    #[doc(hidden)]
    type Lanes<S: Simd>: Real;

    #[doc(hidden)]
    fn lanes<S: Simd>(simd: S, register: Self::Register<S>) -> Self::Lanes<S>;

    #[doc(hidden)]
    fn register<S: Simd>(lanes: Self::Lanes<S>) -> Self::Register<S>;

    #[doc(hidden)]
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Lanes<S>;

    /// How many numbers a register holds.
    #[doc(hidden)]
    fn width<S: Simd>() -> usize;

    /// The part of `slice` that fills whole registers, and the rest.
    #[doc(hidden)]
    fn split<S: Simd>(slice: &[Self]) -> (&[Self::Register<S>], &[Self]);

    /// The part of `slice` that fills whole registers, and the rest.
    #[doc(hidden)]
    fn split_mut<S: Simd>(slice: &mut [Self]) -> (&mut [Self::Register<S>], &mut [Self]);

    /// The numbers in registers.
    #[doc(hidden)]
    fn numbers<S: Simd>(registers: &[Self::Register<S>]) -> &[Self];

    #[doc(hidden)]
    fn run(link: &dyn Link, constants: &[Self], block: Block<'_, '_, Self>) -> f64;

    #[doc(hidden)]
    fn sums(link: &dyn Link, constants: &[Self], block: Block<'_, '_, Self>) -> [f64; TERMS];

    #[doc(hidden)]
    fn evaluate(link: &dyn Link, constants: &[Self], x: &mut [Self], states: &[&[Self]]);

    #[doc(hidden)]
    fn whole(link: &dyn Link, step: &Step, tensor: Tensor<'_, Self>) -> Result<(), String>;

    /// Rounds to this type.
    fn from_f64(value: f64) -> Self;

    /// Widens, exactly.
    fn to_f64(self) -> f64;

    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
}

macro_rules! scalar {
    ($float:ident, $word:ident, $lanes:ident, $dtype:ident, $every_loop:literal, $run:ident, $sums:ident, $whole:ident, $evaluate:ident, $register:ident, $width:ident, $split:ident, $split_mut:ident, $splat:ident,
     $add:ident, $sub:ident, $mul:ident, $div:ident, $neg:ident, $sqrt:ident, $abs:ident, $less:ident, $select:ident) => {
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug)]
        pub struct $lanes<S: Simd> {
            simd: S,
            register: S::$register,
        }

        impl<S: Simd> $lanes<S> {
            #[inline(always)]
            fn with(self, register: S::$register) -> Self {
                Self { register, ..self }
            }
        }

        scalar!(@operator $lanes, Add, add, $add);
        scalar!(@operator $lanes, Sub, sub, $sub);
        scalar!(@operator $lanes, Mul, mul, $mul);
        scalar!(@operator $lanes, Div, div, $div);

        impl<S: Simd> Neg for $lanes<S> {
            type Output = Self;

            #[inline(always)]
            fn neg(self) -> Self {
                self.with(self.simd.$neg(self.register))
            }
        }

        impl<S: Simd> Real for $lanes<S> {
            #[inline(always)]
            fn like(self, value: f64) -> Self {
                self.with(self.simd.$splat(value as $float))
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                self.with(self.simd.$sqrt(self.register))
            }

            #[inline(always)]
            fn abs(self) -> Self {
                self.with(self.simd.$abs(self.register))
            }

            #[inline(always)]
            fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
                let less = self.simd.$less(self.register, bound.register);
                self.with(self.simd.$select(less, then.register, otherwise.register))
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

        impl<S: Simd> Bits for $lanes<S> {
            type Word = $word;

            #[inline(always)]
            fn words(self, change: impl Fn($word) -> $word) -> Self {
                let mut registers = [self.register];
                for word in bytemuck::cast_slice_mut::<_, $word>(&mut registers) {
                    *word = change(*word);
                }
                self.with(registers[0])
            }
        }

        impl Scalar for $float {
            const DTYPE: Dtype = Dtype::$dtype;
            const EVERY_LOOP: bool = $every_loop;
            type Register<S: Simd> = S::$register;
            type Lanes<S: Simd> = $lanes<S>;

            #[inline(always)]
            fn lanes<S: Simd>(simd: S, register: S::$register) -> $lanes<S> {
                $lanes { simd, register }
            }

            #[inline(always)]
            fn register<S: Simd>(lanes: $lanes<S>) -> S::$register {
                lanes.register
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> $lanes<S> {
                $lanes { simd, register: simd.$splat(value) }
            }

            #[inline(always)]
            fn width<S: Simd>() -> usize {
                S::$width
            }

            #[inline(always)]
            fn split<S: Simd>(slice: &[Self]) -> (&[S::$register], &[Self]) {
                S::$split(slice)
            }

            #[inline(always)]
            fn split_mut<S: Simd>(slice: &mut [Self]) -> (&mut [S::$register], &mut [Self]) {
                S::$split_mut(slice)
            }

            #[inline(always)]
            fn numbers<S: Simd>(registers: &[S::$register]) -> &[Self] {
                bytemuck::cast_slice(registers)
            }

            #[inline(always)]
            fn run(link: &dyn Link, constants: &[Self], block: Block<'_, '_, Self>) -> f64 {
                link.$run(constants, block)
            }

            fn sums(link: &dyn Link, constants: &[Self], block: Block<'_, '_, Self>) -> [f64; TERMS] {
                link.$sums(constants, block)
            }

            fn evaluate(link: &dyn Link, constants: &[Self], x: &mut [Self], states: &[&[Self]]) {
                link.$evaluate(constants, x, states);
            }

            fn whole(link: &dyn Link, step: &Step, tensor: Tensor<'_, Self>) -> Result<(), String> {
                link.$whole(step, tensor)
            }

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                <$float>::is_finite(self)
            }
        }
    };
    (@operator $lanes:ident, $trait:ident, $method:ident, $operation:ident) => {
        impl<S: Simd> $trait for $lanes<S> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.with(self.simd.$operation(self.register, other.register))
            }
        }
    };
}

scalar!(
    f32,
    u32,
    Lanes32,
    F32,
    true,
    run_f32,
    sums_f32,
    whole_f32,
    evaluate_f32,
    f32s,
    F32_LANES,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    div_f32s,
    neg_f32s,
    sqrt_f32s,
    abs_f32s,
    less_than_f32s,
    select_f32s
);
scalar!(
    f64,
    u64,
    Lanes64,
    F64,
    false,
    run_f64,
    sums_f64,
    whole_f64,
    evaluate_f64,
    f64s,
    F64_LANES,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    div_f64s,
    neg_f64s,
    sqrt_f64s,
    abs_f64s,
    less_than_f64s,
    select_f64s
);
