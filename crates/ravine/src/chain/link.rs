//! A rule behind a pointer, so that a chain can be put together while the program runs.

use std::fmt::Debug;

use pulp::{Arch, Simd, WithSimd};

use crate::Scalar;
use crate::hyper::{Hyper, HyperInfo};
use crate::pack::Pack;
use crate::rule::{Initial, Measure, Part, Rule, Step};

/// One block of one parameter, as a link sees it.
#[doc(hidden)]
pub struct Block<'a, 'b, T> {
    /// The parameter.
    pub x: &'a mut [T],
    /// The link's input, which it replaces by its output.
    pub u: &'a mut [T],
    /// The link's states, over the whole chunk that the block lies in.
    pub states: &'a mut [&'b mut [T]],
    /// Where in the chunk the block begins.
    pub offset: usize,
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
    #[doc(hidden)]
    fn run_f32(&self, constants: &[f32], block: Block<'_, '_, f32>);
    #[doc(hidden)]
    fn run_f64(&self, constants: &[f64], block: Block<'_, '_, f64>);
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

    fn run_f32(&self, constants: &[f32], block: Block<'_, '_, f32>) {
        run::<R, f32>(constants, block);
    }

    fn run_f64(&self, constants: &[f64], block: Block<'_, '_, f64>) {
        run::<R, f64>(constants, block);
    }
}

fn run<R: Rule, T: Scalar>(constants: &[T], block: Block<'_, '_, T>) {
    Arch::new().dispatch(Kernel::<R, T> {
        constants: R::Constants::build(&mut |k| constants[k]),
        block,
    });
}

/// The loop over a block's coordinates, a vector register at a time.
struct Kernel<'a, 'b, R: Rule, T> {
    constants: R::Constants<T>,
    block: Block<'a, 'b, T>,
}

impl<R: Rule, T: Scalar> WithSimd for Kernel<'_, '_, R, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            mut constants,
            block,
        } = self;
        let (offset, len) = (block.offset, block.u.len());
        let (x, x_rest) = T::split::<S>(block.x);
        let (u, u_rest) = T::split::<S>(block.u);
        let mut registers = block.states.iter_mut();
        let mut rests: R::State<&mut [T]> = R::State::build(&mut |_| match registers.next() {
            Some(state) => &mut state[offset..offset + len],
            None => &mut [],
        });
        let mut state: R::State<&mut [T::Register<S>]> = R::State::build(&mut |k| {
            let (whole, rest) = T::split::<S>(std::mem::take(rests.at(k)));
            *rests.at(k) = rest;
            &mut whole[..u.len()]
        });
        let x = &mut x[..u.len()];

        let splat = R::Constants::build(&mut |k| T::splat(simd, *constants.at(k)));
        for i in 0..u.len() {
            let mut s = R::State::build(&mut |k| T::lanes(simd, state.at(k)[i]));
            let lanes = R::apply(&splat, T::lanes(simd, x[i]), T::lanes(simd, u[i]), &mut s);
            u[i] = T::register(lanes);
            for k in 0..<R::State<T> as Pack<T>>::LEN {
                state.at(k)[i] = T::register(*s.at(k));
            }
        }
        for i in 0..u_rest.len() {
            let mut s = R::State::build(&mut |k| rests.at(k)[i]);
            u_rest[i] = R::apply(&constants, x_rest[i], u_rest[i], &mut s);
            for k in 0..<R::State<T> as Pack<T>>::LEN {
                rests.at(k)[i] = *s.at(k);
            }
        }
    }
}
