//! A rule behind a pointer, so that a chain can be put together while the program runs.

use std::fmt::Debug;

use pulp::{Arch, Simd, WithSimd};

use super::square_sum::{LANES, SquareSum};
use crate::Scalar;
use crate::hyper::{Hyper, HyperInfo};
use crate::pack::Pack;
use crate::rule::{Initial, Measure, Part, Rule, Step};

/// One block of one parameter, as a link sees it.
#[doc(hidden)]
pub struct Block<'a, 'b, T> {
    /// The parameter.
    pub x: &'a mut [T],
    pub flow: Flow<'a, T>,
    /// The link's states, over the whole chunk that the block lies in.
    pub states: &'a mut [&'b mut [T]],
    /// Where in the chunk the block begins.
    pub offset: usize,
}

/// Where a link's input comes from, and where its output goes.
#[doc(hidden)]
pub enum Flow<'a, T> {
    /// A link among others: its output takes the place of its input.
    Through(&'a mut [T]),
    /// A link that is a whole chain: the input is the gradient, and the output moves the parameter.
    Whole(&'a [T]),
}

/// A rule behind a pointer. Implemented for every [`Rule`].
pub trait Link: Debug + Send + Sync {
    #[doc(hidden)]
    fn clone_link(&self) -> Box<dyn Link>;
    /// See [`Rule::parts`].
    fn parts(&self) -> Vec<Part>;
    /// See [`Rule::MEASURE`].
    fn measure(&self) -> Measure;
    /// See [`Rule::is_identity`].
    fn is_identity(&self) -> bool;
    /// See [`Rule::clips`].
    fn clips(&self, step: &Step) -> bool;
    /// See [`Rule::initial`].
    fn initial(&self, state: usize) -> Initial;
    /// How many states it has.
    fn state_count(&self) -> usize;
    /// Appends this step's constants.
    fn constants(&self, step: &Step, constants: &mut Vec<f64>);
    /// How many constants it has.
    fn constant_count(&self) -> usize;
    /// Shows each hyper-parameter.
    fn visit(&self, see: &mut dyn FnMut(&HyperInfo, &Hyper));
    /// Lets each hyper-parameter be changed.
    fn visit_mut(&mut self, change: &mut dyn FnMut(&HyperInfo, &mut Hyper));
    /// Returns the sum of the squared outputs of a whole chain.
    #[doc(hidden)]
    fn run_f32(&self, constants: &[f32], block: Block<'_, '_, f32>) -> f64;
    #[doc(hidden)]
    fn run_f64(&self, constants: &[f64], block: Block<'_, '_, f64>) -> f64;
}

impl<R: Rule> Link for R {
    fn clone_link(&self) -> Box<dyn Link> {
        Box::new(self.clone())
    }

    fn parts(&self) -> Vec<Part> {
        R::parts()
    }

    fn measure(&self) -> Measure {
        R::MEASURE
    }

    fn is_identity(&self) -> bool {
        Rule::is_identity(self)
    }

    fn clips(&self, step: &Step) -> bool {
        Rule::clips(self, step)
    }

    fn initial(&self, state: usize) -> Initial {
        Rule::initial(self, state)
    }

    fn state_count(&self) -> usize {
        <R::State<f64> as Pack<f64>>::LEN
    }

    fn constants(&self, step: &Step, constants: &mut Vec<f64>) {
        let mut pack = Rule::constants(self, step);
        constants.extend((0..<R::Constants<f64> as Pack<f64>>::LEN).map(|k| *pack.at(k)));
    }

    fn constant_count(&self) -> usize {
        <R::Constants<f64> as Pack<f64>>::LEN
    }

    fn visit(&self, see: &mut dyn FnMut(&HyperInfo, &Hyper)) {
        crate::hyper::Hypers::visit(self, see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&HyperInfo, &mut Hyper)) {
        crate::hyper::Hypers::visit_mut(self, change);
    }

    fn run_f32(&self, constants: &[f32], block: Block<'_, '_, f32>) -> f64 {
        run::<R, f32>(constants, block)
    }

    fn run_f64(&self, constants: &[f64], block: Block<'_, '_, f64>) -> f64 {
        run::<R, f64>(constants, block)
    }
}

fn run<R: Rule, T: Scalar>(constants: &[T], block: Block<'_, '_, T>) -> f64 {
    Arch::new().dispatch(Kernel::<R, T> {
        constants: R::Constants::build(&mut |k| constants[k]),
        block,
    })
}

/// The loop over a block's coordinates, a vector register at a time.
struct Kernel<'a, 'b, R: Rule, T> {
    constants: R::Constants<T>,
    block: Block<'a, 'b, T>,
}

impl<R: Rule, T: Scalar> WithSimd for Kernel<'_, '_, R, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let Self {
            mut constants,
            block,
        } = self;
        let (offset, len) = (block.offset, block.x.len());
        let (x, x_rest) = T::split_mut::<S>(block.x);
        let registers = x.len();
        let mut states = block.states.iter_mut();
        let mut state_rest: R::State<&mut [T]> = R::State::build(&mut |_| match states.next() {
            Some(state) => &mut state[offset..offset + len],
            None => &mut [],
        });
        let mut state: R::State<&mut [T::Register<S>]> = R::State::build(&mut |k| {
            let (whole, rest) = T::split_mut::<S>(std::mem::take(state_rest.at(k)));
            *state_rest.at(k) = rest;
            &mut whole[..registers]
        });
        let splat = R::Constants::build(&mut |k| T::splat(simd, *constants.at(k)));
        match block.flow {
            Flow::Through(u) => {
                let (u, u_rest) = T::split_mut::<S>(u);
                let u = &mut u[..registers];
                for i in 0..registers {
                    let (x, input) = (T::lanes(simd, x[i]), T::lanes(simd, u[i]));
                    u[i] = T::register(vector::<R, T, S>(simd, &splat, x, input, &mut state, i));
                }
                for (i, u) in u_rest.iter_mut().enumerate() {
                    *u = scalar::<R, T>(&constants, x_rest[i], *u, &mut state_rest, i);
                }
                0.0
            }
            Flow::Whole(g) => {
                let (g, g_rest) = T::split::<S>(g);
                let g = &g[..registers];
                let mut squares = SquareSum::<T, S>::new(simd);
                let mut rest = [T::from_f64(0.0); LANES];
                let group = SquareSum::<T, S>::group();
                for row in 0..registers / group {
                    for j in 0..group {
                        let i = row * group + j;
                        let at = T::lanes(simd, x[i]);
                        let input = T::lanes(simd, g[i]);
                        let u = vector::<R, T, S>(simd, &splat, at, input, &mut state, i);
                        x[i] = T::register(at - u);
                        squares.add(j, u);
                    }
                }
                for j in 0..registers % group {
                    let i = registers - registers % group + j;
                    let at = T::lanes(simd, x[i]);
                    let input = T::lanes(simd, g[i]);
                    let u = vector::<R, T, S>(simd, &splat, at, input, &mut state, i);
                    x[i] = T::register(at - u);
                    squares.add(j, u);
                }
                for (i, x) in x_rest.iter_mut().enumerate() {
                    let u = scalar::<R, T>(&constants, *x, g_rest[i], &mut state_rest, i);
                    *x = *x - u;
                    rest[i] = u;
                }
                squares.total(&rest[..x_rest.len()], len - x_rest.len())
            }
        }
    }
}

/// The formula on the coordinates of register `i`.
#[inline(always)]
fn vector<R: Rule, T: Scalar, S: Simd>(
    simd: S,
    constants: &R::Constants<T::Lanes<S>>,
    x: T::Lanes<S>,
    g: T::Lanes<S>,
    state: &mut R::State<&mut [T::Register<S>]>,
    i: usize,
) -> T::Lanes<S> {
    let mut s = R::State::build(&mut |k| T::lanes(simd, state.at(k)[i]));
    let u = R::apply(constants, x, g, &mut s);
    for k in 0..<R::State<T> as Pack<T>>::LEN {
        state.at(k)[i] = T::register(*s.at(k));
    }
    u
}

/// The formula on coordinate `i` of those that fill no register.
#[inline(always)]
fn scalar<R: Rule, T: Scalar>(
    constants: &R::Constants<T>,
    x: T,
    g: T,
    state: &mut R::State<&mut [T]>,
    i: usize,
) -> T {
    let mut s = R::State::build(&mut |k| state.at(k)[i]);
    let u = R::apply(constants, x, g, &mut s);
    for k in 0..<R::State<T> as Pack<T>>::LEN {
        state.at(k)[i] = *s.at(k);
    }
    u
}
