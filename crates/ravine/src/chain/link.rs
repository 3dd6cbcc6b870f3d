//! What a chain is made of, behind a pointer, so that it can be put together while the program runs.

use std::fmt::Debug;

#[cfg(target_arch = "x86_64")]
use pulp::x86::V3;
use pulp::{Arch, Simd, WithSimd};

use super::partial_sums::{LANES, PartialSums};
use crate::Scalar;
use crate::hyper::{Hyper, HyperInfo};
use crate::pack::Pack;
use crate::rule::{At, Initial, Measure, NeedsHessian, Part, Rule, Scope, Step, TERMS, Tensor};
use crate::storage::{Format, LEAST_SMALL};

/// One block of one parameter, as a link sees it.
#[doc(hidden)]
pub struct Block<'a, 'b, T> {
    /// The parameter.
    pub x: &'a mut [T],
    pub flow: Flow<'a, T>,
    /// The gradient as it came.
    pub gradient: &'a [T],
    /// The estimate of the Hessian's diagonal; empty if there is none.
    pub hessian: &'a [T],
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

/// A link behind a pointer. Implemented for every [`Rule`], and for every [`Whole`](crate::rule::Whole) through
/// [`whole!`](crate::whole!).
pub trait Link: Debug + Send + Sync {
    #[doc(hidden)]
    fn clone_link(&self) -> Box<dyn Link>;
    /// What is known of it without its hyper-parameters: see [`Rule::parts`].
    fn parts(&self) -> Vec<Part>;
    /// See [`Rule::MEASURE`].
    fn measure(&self) -> Measure;
    /// Whether it needs the whole tensor: see [`Whole`](crate::rule::Whole).
    fn is_whole(&self) -> bool;
    /// See [`Whole::NEEDS_SHAPE`](crate::rule::Whole::NEEDS_SHAPE).
    fn needs_shape(&self) -> bool;
    /// See [`Rule::READS_HESSIAN`].
    fn reads_hessian(&self) -> bool;
    /// See [`Rule::NEEDS_HESSIAN`].
    fn needs_hessian(&self) -> NeedsHessian;
    /// See [`Rule::NEEDS_LOSS`].
    fn needs_loss(&self) -> bool;
    /// See [`Rule::AVERAGES`].
    fn averages(&self) -> bool;
    /// See [`Rule::is_identity`].
    fn is_identity(&self) -> bool;
    /// See [`Rule::clips`].
    fn clips(&self, step: &Step) -> bool;
    /// How many states it has.
    fn state_count(&self) -> usize;
    /// What the state of this number is for a parameter of this shape; `None` if such a parameter has none.
    fn state(&self, state: usize, shape: &[usize]) -> Option<StateKind>;
    /// How many numbers it remembers.
    fn memory_count(&self) -> usize;
    /// See [`Rule::initial_memory`].
    fn initial_memory(&self, number: usize) -> f64;
    /// See [`Rule::remember`].
    fn remember(&self, scope: Scope, step: &Step, memory: &mut [f64]);
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
    /// The sums of a rule's terms over a block, whose flow is [`Flow::Whole`].
    #[doc(hidden)]
    fn sums_f32(&self, constants: &[f32], block: Block<'_, '_, f32>) -> [f64; TERMS];
    #[doc(hidden)]
    fn sums_f64(&self, constants: &[f64], block: Block<'_, '_, f64>) -> [f64; TERMS];
    /// The values to evaluate at take the place of the parameter: see [`Rule::evaluate`].
    #[doc(hidden)]
    fn evaluate_f32(&self, constants: &[f32], x: &mut [f32], states: &[&[f32]]);
    #[doc(hidden)]
    fn evaluate_f64(&self, constants: &[f64], x: &mut [f64], states: &[&[f64]]);
    /// See [`Whole::update`](crate::rule::Whole::update).
    #[doc(hidden)]
    fn whole_f32(&self, step: &Step, tensor: Tensor<'_, f32>) -> Result<(), String>;
    #[doc(hidden)]
    fn whole_f64(&self, step: &Step, tensor: Tensor<'_, f64>) -> Result<(), String>;
}

/// A state array of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct StateKind {
    /// Its shape, where it is not the parameter's.
    pub shape: Option<Vec<usize>>,
    /// What it begins with.
    pub initial: Initial,
    /// Whether it stays in full precision in whatever format states are kept.
    pub is_exact: bool,
}

impl StateKind {
    /// The format of such an array of `len` numbers, where states are to be kept in `wanted`.
    #[must_use]
    pub fn format(&self, len: usize, wanted: Format) -> Format {
        if self.is_exact || len < LEAST_SMALL {
            Format::Full
        } else {
            wanted
        }
    }

    /// How many numbers it has for a parameter of `values` numbers.
    #[must_use]
    pub fn len(&self, values: usize) -> usize {
        let own = self.shape.as_ref();
        own.map_or(values, |shape| shape.iter().product())
    }
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

    fn is_whole(&self) -> bool {
        false
    }

    fn needs_shape(&self) -> bool {
        false
    }

    fn reads_hessian(&self) -> bool {
        R::READS_HESSIAN
    }

    fn needs_hessian(&self) -> NeedsHessian {
        R::NEEDS_HESSIAN
    }

    fn needs_loss(&self) -> bool {
        R::NEEDS_LOSS
    }

    fn averages(&self) -> bool {
        R::AVERAGES
    }

    fn is_identity(&self) -> bool {
        Rule::is_identity(self)
    }

    fn clips(&self, step: &Step) -> bool {
        Rule::clips(self, step)
    }

    fn state_count(&self) -> usize {
        <R::State<f64> as Pack<f64>>::LEN
    }

    fn state(&self, state: usize, _shape: &[usize]) -> Option<StateKind> {
        Some(StateKind {
            shape: None,
            initial: Rule::initial(self, state),
            is_exact: Rule::is_exact(self, state),
        })
    }

    fn memory_count(&self) -> usize {
        R::memory_count()
    }

    fn initial_memory(&self, number: usize) -> f64 {
        Rule::initial_memory(self, number)
    }

    fn remember(&self, scope: Scope, step: &Step, memory: &mut [f64]) {
        Rule::remember_in(self, scope, step, memory);
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

    fn sums_f32(&self, constants: &[f32], block: Block<'_, '_, f32>) -> [f64; TERMS] {
        sums::<R, f32>(constants, block)
    }

    fn sums_f64(&self, constants: &[f64], block: Block<'_, '_, f64>) -> [f64; TERMS] {
        sums::<R, f64>(constants, block)
    }

    fn evaluate_f32(&self, constants: &[f32], x: &mut [f32], states: &[&[f32]]) {
        evaluate::<R, f32>(constants, x, states);
    }

    fn evaluate_f64(&self, constants: &[f64], x: &mut [f64], states: &[&[f64]]) {
        evaluate::<R, f64>(constants, x, states);
    }

    fn whole_f32(&self, _step: &Step, _tensor: Tensor<'_, f32>) -> Result<(), String> {
        Ok(())
    }

    fn whole_f64(&self, _step: &Step, _tensor: Tensor<'_, f64>) -> Result<(), String> {
        Ok(())
    }
}

/// Runs a loop on the widest vectors that are compiled for `T`.
fn vectorize<T: Scalar, W: WithSimd>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if const { !T::EVERY_LOOP } {
        return match V3::try_new() {
            Some(avx2) => Simd::vectorize(avx2, work),
            None => Simd::vectorize(pulp::Scalar::new(), work),
        };
    }
    Arch::new().dispatch(work)
}

fn run<R: Rule, T: Scalar>(constants: &[T], block: Block<'_, '_, T>) -> f64 {
    vectorize::<T, _>(Kernel::<R, T> {
        constants: R::Constants::build(&mut |k| constants[k]),
        block,
    })
}

fn sums<R: Rule, T: Scalar>(constants: &[T], block: Block<'_, '_, T>) -> [f64; TERMS] {
    // Known to the compiler, so that no loop is made for the rules that sum nothing.
    if const { R::SUMS.is_empty() } {
        return [f64::NAN; TERMS];
    }
    let Block {
        x,
        flow: Flow::Whole(g),
        gradient,
        hessian,
        states,
        offset,
    } = block
    else {
        return [f64::NAN; TERMS];
    };
    let sums = vectorize::<T, _>(Probe(Kernel::<R, T> {
        constants: R::Constants::build(&mut |k| constants[k]),
        block: Block {
            x: &mut *x,
            flow: Flow::Whole(g),
            gradient,
            hessian,
            states: &mut *states,
            offset,
        },
    }));
    // In f32 small squares vanish and large ones are infinite, so such blocks are summed again in f64.
    let faithful = |sum: &f64| *sum != 0.0 && sum.is_finite();
    let zero = T::from_f64(0.0);
    if sums[..R::SUMS.len()].iter().all(faithful) || g.iter().all(|g| *g == zero) {
        return sums;
    }
    let constants = R::Constants::build(&mut |k| constants[k].to_f64());
    let side =
        |values: &[T], i: usize, otherwise: T| values.get(i).copied().unwrap_or(otherwise).to_f64();
    let mut sums = [0.0; TERMS];
    for (i, (x, g)) in x.iter().zip(g).enumerate() {
        let at = At {
            x: x.to_f64(),
            g: g.to_f64(),
            gradient: side(gradient, i, *g),
            hessian: side(hessian, i, zero),
        };
        let state = R::State::build(&mut |k| states[k][offset + i].to_f64());
        for (sum, term) in sums.iter_mut().zip(R::terms::<f64>(&constants, at, &state)) {
            *sum += term;
        }
    }
    sums
}

fn evaluate<R: Rule, T: Scalar>(constants: &[T], x: &mut [T], states: &[&[T]]) {
    if const { !R::AVERAGES } {
        return;
    }
    let constants = R::Constants::build(&mut |k| constants[k]);
    for (i, x) in x.iter_mut().enumerate() {
        let state = R::State::build(&mut |k| states[k][i]);
        *x = R::evaluate(&constants, *x, &state);
    }
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
        let len = block.x.len();
        let (x, x_rest) = T::split_mut::<S>(block.x);
        let registers = x.len();
        let (mut state, mut state_rest) =
            split_states::<R, T, S>(block.states, block.offset, len, registers);
        let side = Side::<R, T, S>::new(block.gradient, block.hessian, len, registers);
        let splat = R::Constants::build(&mut |k| T::splat(simd, *constants.at(k)));
        match block.flow {
            Flow::Through(u) => {
                let (u, u_rest) = T::split_mut::<S>(u);
                let u = &mut u[..registers];
                for i in 0..registers {
                    let at = side.lanes(simd, i, T::lanes(simd, x[i]), T::lanes(simd, u[i]));
                    u[i] = T::register(vector::<R, T, S>(simd, &splat, at, &mut state, i));
                }
                for (i, u) in u_rest.iter_mut().enumerate() {
                    let at = side.number(i, x_rest[i], *u);
                    *u = scalar::<R, T>(&constants, at, &mut state_rest, i);
                }
                0.0
            }
            Flow::Whole(_) if const { !T::EVERY_LOOP } => f64::NAN,
            Flow::Whole(g) => {
                let (g, g_rest) = T::split::<S>(g);
                let g = &g[..registers];
                let mut squares = PartialSums::<T, S>::new(simd);
                let mut rest = [T::from_f64(0.0); LANES];
                let group = PartialSums::<T, S>::group();
                for row in 0..registers / group {
                    for j in 0..group {
                        let i = row * group + j;
                        let at = side.lanes(simd, i, T::lanes(simd, x[i]), T::lanes(simd, g[i]));
                        let u = vector::<R, T, S>(simd, &splat, at, &mut state, i);
                        x[i] = T::register(at.x - u);
                        squares.add(j, u * u);
                    }
                }
                for j in 0..registers % group {
                    let i = registers - registers % group + j;
                    let at = side.lanes(simd, i, T::lanes(simd, x[i]), T::lanes(simd, g[i]));
                    let u = vector::<R, T, S>(simd, &splat, at, &mut state, i);
                    x[i] = T::register(at.x - u);
                    squares.add(j, u * u);
                }
                for (i, x) in x_rest.iter_mut().enumerate() {
                    let at = side.number(i, *x, g_rest[i]);
                    let u = scalar::<R, T>(&constants, at, &mut state_rest, i);
                    *x = *x - u;
                    rest[i] = u * u;
                }
                squares.total(&rest[..x_rest.len()], len - x_rest.len())
            }
        }
    }
}

/// The loop over a block that adds up a rule's terms and changes nothing.
struct Probe<'a, 'b, R: Rule, T>(Kernel<'a, 'b, R, T>);

impl<R: Rule, T: Scalar> WithSimd for Probe<'_, '_, R, T> {
    type Output = [f64; TERMS];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f64; TERMS] {
        let Kernel {
            mut constants,
            block,
        } = self.0;
        let Flow::Whole(g) = block.flow else {
            return [f64::NAN; TERMS];
        };
        let len = block.x.len();
        let (x, x_rest) = T::split_mut::<S>(block.x);
        let (g, g_rest) = T::split::<S>(g);
        let registers = x.len();
        let g = &g[..registers];
        let (mut state, mut state_rest) =
            split_states::<R, T, S>(block.states, block.offset, len, registers);
        let side = Side::<R, T, S>::new(block.gradient, block.hessian, len, registers);
        let splat = R::Constants::build(&mut |k| T::splat(simd, *constants.at(k)));
        let mut sums = [PartialSums::<T, S>::new(simd); TERMS];
        let mut rest = [[T::from_f64(0.0); LANES]; TERMS];
        let group = PartialSums::<T, S>::group();
        // Rows of whole groups, so that `j` is a constant and the sums stay in registers.
        for row in 0..registers.div_ceil(group) {
            for j in 0..group {
                let i = row * group + j;
                if i == registers {
                    break;
                }
                let at = side.lanes(simd, i, T::lanes(simd, x[i]), T::lanes(simd, g[i]));
                let s = R::State::build(&mut |k| T::lanes(simd, state.at(k)[i]));
                let terms = R::terms(&splat, at, &s);
                for k in 0..R::SUMS.len() {
                    sums[k].add(j, terms[k]);
                }
            }
        }
        for i in 0..x_rest.len() {
            let at = side.number(i, x_rest[i], g_rest[i]);
            let s = R::State::build(&mut |k| state_rest.at(k)[i]);
            let terms = R::terms(&constants, at, &s);
            for k in 0..R::SUMS.len() {
                rest[k][i] = terms[k];
            }
        }
        let mut totals = [0.0; TERMS];
        for k in 0..R::SUMS.len() {
            totals[k] = sums[k].total(&rest[k][..x_rest.len()], len - x_rest.len());
        }
        totals
    }
}

/// The states of a block: whole registers, and the rest.
#[inline(always)]
#[expect(
    clippy::type_complexity,
    reason = "the same states, as registers and as numbers"
)]
fn split_states<'a, R: Rule, T: Scalar, S: Simd>(
    states: &'a mut [&mut [T]],
    offset: usize,
    len: usize,
    registers: usize,
) -> (R::State<&'a mut [T::Register<S>]>, R::State<&'a mut [T]>) {
    let mut states = states.iter_mut();
    let mut rest: R::State<&mut [T]> = R::State::build(&mut |_| match states.next() {
        Some(state) => &mut state[offset..offset + len],
        None => &mut [],
    });
    let whole = R::State::build(&mut |k| {
        let (whole, left) = T::split_mut::<S>(std::mem::take(rest.at(k)));
        *rest.at(k) = left;
        &mut whole[..registers]
    });
    (whole, rest)
}

/// What a formula may read beside parameter and input.
struct Side<'a, R, T: Scalar, S: Simd> {
    gradient: (&'a [T::Register<S>], &'a [T]),
    /// Empty where there is none, which stands for zeros.
    hessian: (&'a [T::Register<S>], &'a [T]),
    rule: std::marker::PhantomData<R>,
}

impl<'a, R: Rule, T: Scalar, S: Simd> Side<'a, R, T, S> {
    #[inline(always)]
    fn new(gradient: &'a [T], hessian: &'a [T], len: usize, registers: usize) -> Self {
        let part = |read: bool, values: &'a [T]| {
            if read && !values.is_empty() {
                let (whole, rest) = T::split::<S>(&values[..len]);
                (&whole[..registers], rest)
            } else {
                (&[][..], &[][..])
            }
        };
        Self {
            gradient: part(R::READS_GRADIENT, gradient),
            hessian: part(R::READS_HESSIAN, hessian),
            rule: std::marker::PhantomData,
        }
    }

    /// The coordinates of register `i`.
    #[inline(always)]
    fn lanes(&self, simd: S, i: usize, x: T::Lanes<S>, g: T::Lanes<S>) -> At<T::Lanes<S>> {
        At {
            x,
            g,
            gradient: if R::READS_GRADIENT {
                T::lanes(simd, self.gradient.0[i])
            } else {
                g
            },
            hessian: if R::READS_HESSIAN && !self.hessian.0.is_empty() {
                T::lanes(simd, self.hessian.0[i])
            } else {
                T::splat(simd, T::from_f64(0.0))
            },
        }
    }

    /// Coordinate `i` of those that fill no register.
    #[inline(always)]
    fn number(&self, i: usize, x: T, g: T) -> At<T> {
        At {
            x,
            g,
            gradient: if R::READS_GRADIENT {
                self.gradient.1[i]
            } else {
                g
            },
            hessian: if R::READS_HESSIAN && !self.hessian.1.is_empty() {
                self.hessian.1[i]
            } else {
                T::from_f64(0.0)
            },
        }
    }
}

/// The formula on the coordinates of register `i`.
#[inline(always)]
fn vector<R: Rule, T: Scalar, S: Simd>(
    simd: S,
    constants: &R::Constants<T::Lanes<S>>,
    at: At<T::Lanes<S>>,
    state: &mut R::State<&mut [T::Register<S>]>,
    i: usize,
) -> T::Lanes<S> {
    let mut s = R::State::build(&mut |k| T::lanes(simd, state.at(k)[i]));
    let u = R::apply(constants, at, &mut s);
    for k in 0..<R::State<T> as Pack<T>>::LEN {
        state.at(k)[i] = T::register(*s.at(k));
    }
    u
}

/// The formula on coordinate `i` of those that fill no register.
#[inline(always)]
fn scalar<R: Rule, T: Scalar>(
    constants: &R::Constants<T>,
    at: At<T>,
    state: &mut R::State<&mut [T]>,
    i: usize,
) -> T {
    let mut s = R::State::build(&mut |k| state.at(k)[i]);
    let u = R::apply(constants, at, &mut s);
    for k in 0..<R::State<T> as Pack<T>>::LEN {
        state.at(k)[i] = *s.at(k);
    }
    u
}
