//! One pass over memory: the links of a stage, block by block, on all threads.

use std::ops::Range;

use rayon::prelude::*;
use smallvec::SmallVec;

use super::NonFinite;
use super::block::{BLOCK, square_sum, subtract};
use super::link::{Block, Flow, Link};
use super::numbers::{Aligned, Numbers, Slice, blocks};
use super::piece::{Piece, Values};
use crate::Scalar;
use crate::rule::TERMS;
use crate::storage::{Rounding, StateArray, Stored};

/// Elements in a chunk, the piece of work of one thread. Fixed, so that no result depends on the number of threads.
pub(crate) const CHUNK: usize = 32 * BLOCK;

/// Below this many elements in all, waking another thread costs more than it saves.
const PARALLEL: usize = 8 * CHUNK;

/// A parameter in the course of a step.
pub(super) struct Work<'a, P: Stored> {
    pub slot: usize,
    pub variant: usize,
    pub updates: u64,
    pub values: &'a mut [P],
    /// How the values are rounded, where that is needed.
    pub rounding: Rounding,
    /// The values in full, of which `values` are rounded; empty if there are none.
    pub master: StateArray<P::Compute>,
    pub gradient: Numbers<'a, P>,
    /// The estimate of the Hessian's diagonal; empty if there is none.
    pub hessian: &'a [P],
    pub states: SmallVec<[StateArray<P::Compute>; 4]>,
    /// How each state is rounded, where that is needed.
    pub roundings: SmallVec<[Rounding; 4]>,
    /// What one stage hands to the next; empty for a chain of one stage.
    pub between: Vec<P::Compute>,
    /// Which of the stage's constants are this parameter's.
    pub constants: usize,
    pub sums: Sums,
}

impl<P: Stored> Work<'_, P> {
    /// Puts zeros for what is not finite in the gradient.
    pub fn clean(&mut self) {
        if self.sums.non_finite > 0 {
            let mut gradient = self.gradient.wide().into_owned();
            for value in gradient.iter_mut().filter(|v| !v.is_finite()) {
                *value = P::Compute::from_f64(0.0);
            }
            self.gradient = Numbers::Own(gradient);
        }
    }

    /// The parameter's numbers, where they are not kept as they are computed.
    pub fn wide(&mut self) -> Option<Vec<P::Compute>> {
        P::NARROW.then(|| {
            let mut wide = vec![P::Compute::from_f64(0.0); self.values.len()];
            let values = Values {
                start: 0,
                values: self.values,
                master: self.master.full_mut().unwrap_or_default(),
                rounding: self.rounding,
            };
            values.widen(0, &mut wide);
            wide
        })
    }
}

/// What a pass has seen of a parameter.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    /// Sum of the squares of the finite inputs.
    pub input: f64,
    /// Sum of the squares of the outputs.
    pub output: f64,
    /// Inputs that were not finite.
    pub non_finite: usize,
    /// A finite value was rounded to an infinite one.
    pub overflowed: bool,
    /// The sums of the terms that the coming stage's first rule asked for.
    pub terms: [f64; TERMS],
}

impl Sums {
    pub fn add(&mut self, other: Self) {
        self.input += other.input;
        self.output += other.output;
        self.non_finite += other.non_finite;
        self.overflowed |= other.overflowed;
        for (term, other) in self.terms.iter_mut().zip(other.terms) {
            *term += other;
        }
    }
}

/// Reads all gradients: their norms, and what is not finite in them.
pub(super) fn measure<P: Stored>(works: &mut [Work<'_, P>]) {
    each(works, elements(works), |work, parallel| {
        let gradient = work.gradient.slice();
        let chunks = (0..gradient.len()).step_by(CHUNK);
        let chunks = chunks
            .map(|start| gradient.range(start..(start + CHUNK).min(gradient.len())))
            .collect();
        work.sums = total(chunks, parallel, |chunk: Slice<'_, P>| {
            let (mut sums, mut scratch) = (Sums::default(), None);
            match chunk.full() {
                Some(numbers) => sums = read(numbers),
                None => blocks(chunk.len())
                    .for_each(|range| sums.add(read(chunk.range(range).wide(&mut scratch)))),
            }
            sums
        });
    });
}

/// Reads one chunk of a gradient.
pub(crate) fn read<T: Scalar>(chunk: &[T]) -> Sums {
    let mut sums = Sums::default();
    for block in chunk.chunks(BLOCK) {
        let sum = square_sum(block);
        if sum.is_finite() {
            sums.input += sum;
        } else {
            let (finite, bad) = finite_square_sum(block);
            sums.input += finite;
            sums.non_finite += bad;
        }
    }
    sums
}

/// What the passes of one step have in common, and where among them this one is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub first: bool,
    pub last: bool,
    pub policy: NonFinite,
}

/// The links of a stage that a parameter passes through.
pub(super) type Links<'a> = SmallVec<[&'a dyn Link; 4]>;

/// Runs the links of one stage on all parameters. `links[variant]` and `constants[work.constants]` belong to each other.
pub(super) fn run_stage<P: Stored>(
    works: &mut [Work<'_, P>],
    links: &[Links<'_>],
    constants: &[Vec<P::Compute>],
    states: &Range<usize>,
    place: Place,
) {
    each(works, elements(works), |work, parallel| {
        let pieces = pieces(work, links, constants, states);
        work.sums = total(pieces, parallel, |piece| piece.run(place));
    });
}

/// Adds up the terms of each stage's first link, and changes nothing.
pub(super) fn sum_terms<P: Stored>(
    works: &mut [Work<'_, P>],
    links: &[Links<'_>],
    constants: &[Vec<P::Compute>],
    states: &Range<usize>,
    first: bool,
) {
    each(works, elements(works), |work, parallel| {
        let pieces = pieces(work, links, constants, states);
        work.sums.terms = total(pieces, parallel, |piece| piece.terms(first)).terms;
    });
}

/// A parameter cut into chunks.
fn pieces<'w, P: Stored>(
    work: &'w mut Work<'_, P>,
    links: &'w [Links<'_>],
    constants: &'w [Vec<P::Compute>],
    states: &Range<usize>,
) -> SmallVec<[Piece<'w, P>; 1]> {
    let mut between = work.between.chunks_mut(CHUNK);
    let gradient = work.gradient.slice();
    let hessian = Slice::new(work.hessian);
    let mut master = work.master.full_mut().unwrap_or_default().chunks_mut(CHUNK);
    // Empty are the states of links that the parameter does not pass through.
    let roundings = &work.roundings[states.clone()];
    let mut arrays: SmallVec<[_; 4]> = work.states[states.clone()]
        .iter_mut()
        .zip(roundings)
        .filter(|(state, _)| !state.is_empty())
        .map(|(state, rounding)| (state.chunks_mut(CHUNK), *rounding))
        .collect();
    let (links, constants) = (&links[work.variant], &constants[work.constants]);
    let mut start = 0;
    let mut pieces = SmallVec::with_capacity(work.values.len().div_ceil(CHUNK));
    for values in work.values.chunks_mut(CHUNK) {
        let range = start..start + values.len();
        let arrays = arrays.iter_mut();
        pieces.push(Piece {
            x: Values {
                start,
                values,
                master: master.next().unwrap_or_default(),
                rounding: work.rounding,
            },
            gradient: gradient.range(range.clone()),
            hessian: hessian.range(range.clone()),
            between: between.next().unwrap_or_default(),
            states: arrays
                .filter_map(|(array, rounding)| Some((array.next()?, *rounding)))
                .collect(),
            links,
            constants,
        });
        start = range.end;
    }
    pieces
}

/// Runs a whole-tensor link on all parameters; returns what failed, with the slot of the parameter.
pub(super) fn run_whole<P: Stored>(
    works: &mut [Work<'_, P>],
    job: impl Fn(&mut Work<'_, P>) -> Result<(), String> + Send + Sync,
) -> Vec<(usize, String)> {
    let run = |work: &mut Work<'_, P>| {
        let result = job(work);
        work.sums.output = work.between.chunks(BLOCK).map(square_sum).sum();
        result.err().map(|reason| (work.slot, reason))
    };
    works.par_iter_mut().filter_map(run).collect()
}

/// The elements of all parameters.
fn elements<P: Stored>(works: &[Work<'_, P>]) -> usize {
    works.iter().map(|work| work.values.len()).sum()
}

/// Does the job for each parameter, of so many elements in all, in parallel where that pays.
pub(crate) fn each<W: Send>(
    works: &mut [W],
    elements: usize,
    job: impl Fn(&mut W, bool) + Send + Sync,
) {
    if elements < PARALLEL || rayon::current_num_threads() == 1 {
        works.iter_mut().for_each(|work| job(work, false));
    } else {
        works.par_iter_mut().for_each(|work| job(work, true));
    }
}

/// Adds up what the chunks of a parameter give, in their order.
pub(crate) fn total<W: Send>(
    chunks: SmallVec<[W; 1]>,
    parallel: bool,
    job: impl Fn(W) -> Sums + Send + Sync,
) -> Sums {
    let add = |mut sums: Sums, other: Sums| {
        sums.add(other);
        sums
    };
    if parallel && chunks.len() > 1 {
        let parts: Vec<Sums> = chunks.into_vec().into_par_iter().map(job).collect();
        parts.into_iter().fold(Sums::default(), add)
    } else {
        chunks.into_iter().map(job).fold(Sums::default(), add)
    }
}

/// One chunk or block of one parameter, as it is computed.
pub(super) struct Task<'a, T> {
    pub x: &'a mut [T],
    pub gradient: &'a [T],
    pub hessian: &'a [T],
    pub between: &'a mut [T],
    pub states: SmallVec<[&'a mut [T]; 4]>,
    pub links: &'a [&'a dyn Link],
    pub constants: &'a [T],
}

impl<T: Scalar> Task<'_, T> {
    pub fn run(mut self, place: Place) -> Sums {
        let mut sums = Sums::default();
        let one_loop = T::EVERY_LOOP && place.first && place.last && self.links.len() == 1;
        let mut scratch = None;
        for range in blocks(self.x.len()) {
            let square = square_sum(if place.first {
                &self.gradient[range.clone()]
            } else {
                &self.between[range.clone()]
            });
            sums.add(if one_loop && square.is_finite() {
                self.whole(range, square)
            } else {
                let scratch = scratch.get_or_insert_with(Aligned::new);
                self.through(range, square, &mut scratch.0, place)
            });
        }
        sums
    }

    /// A block of a chain that is one link: one loop from gradient to parameter.
    fn whole(&mut self, range: Range<usize>, square: f64) -> Sums {
        let gradient = &self.gradient[range.clone()];
        let block = Block {
            offset: range.start,
            flow: Flow::Whole(gradient),
            gradient,
            hessian: part(self.hessian, &range),
            x: &mut self.x[range],
            states: &mut self.states,
        };
        Sums {
            input: square,
            output: T::run(self.links[0], self.constants, block),
            ..Sums::default()
        }
    }

    /// The terms of the first link over a chunk.
    pub fn terms(mut self, first: bool) -> Sums {
        let mut sums = Sums::default();
        let Some(&link) = self.links.first() else {
            return sums;
        };
        for range in blocks(self.x.len()) {
            let gradient = &self.gradient[range.clone()];
            let block = Block {
                offset: range.start,
                flow: Flow::Whole(if first {
                    gradient
                } else {
                    &self.between[range.clone()]
                }),
                gradient,
                hessian: part(self.hessian, &range),
                x: &mut self.x[range],
                states: &mut self.states,
            };
            sums.add(Sums {
                terms: T::sums(link, &self.constants[..link.constant_count()], block),
                ..Sums::default()
            });
        }
        sums
    }

    /// A block through all links of the stage, one after the other.
    fn through(
        &mut self,
        range: Range<usize>,
        square: f64,
        scratch: &mut [T; BLOCK],
        place: Place,
    ) -> Sums {
        let u = &mut scratch[..range.len()];
        u.copy_from_slice(if place.first {
            &self.gradient[range.clone()]
        } else {
            &self.between[range.clone()]
        });
        let mut sums = Sums {
            input: square,
            ..Sums::default()
        };
        if square.is_finite() || !place.first {
            self.links(range.start, u, &self.gradient[range.clone()]);
        } else {
            sums = self.careful(range.start, u, place.policy);
        }
        sums.output = if place.last {
            subtract(&mut self.x[range], u)
        } else {
            self.between[range].copy_from_slice(u);
            square_sum(u)
        };
        sums
    }

    fn links(&mut self, offset: usize, u: &mut [T], gradient: &[T]) {
        let (mut states, mut constants) = (0, 0);
        let range = offset..offset + u.len();
        for &link in self.links {
            let count = link.constant_count();
            T::run(
                link,
                &self.constants[constants..constants + count],
                Block {
                    x: &mut self.x[range.clone()],
                    flow: Flow::Through(u),
                    gradient,
                    hessian: part(self.hessian, &range),
                    states: &mut self.states[states..],
                    offset,
                },
            );
            states += link.state_count();
            constants += count;
        }
    }

    /// A block with a gradient that is not finite: it counts as zero, and unless that is the policy, its coordinate
    /// stays as it was.
    fn careful(&mut self, offset: usize, u: &mut [T], policy: NonFinite) -> Sums {
        let (input, non_finite) = finite_square_sum(u);
        let zero = T::from_f64(0.0);
        let held: Vec<(usize, Vec<T>)> = (0..u.len())
            .filter(|&i| !u[i].is_finite())
            .map(|i| {
                (
                    i,
                    self.states.iter().map(|state| state[offset + i]).collect(),
                )
            })
            .collect();
        for (i, _) in &held {
            u[*i] = zero;
        }
        let gradient = u.to_vec();
        self.links(offset, u, &gradient);
        if policy != NonFinite::Zero {
            for (i, states) in held {
                u[i] = zero;
                for (state, value) in self.states.iter_mut().zip(states) {
                    state[offset + i] = value;
                }
            }
        }
        Sums {
            input,
            non_finite,
            ..Sums::default()
        }
    }
}

/// The part of a chunk's slice that belongs to a block; empty if the slice is.
fn part<'a, T>(values: &'a [T], range: &Range<usize>) -> &'a [T] {
    values.get(range.clone()).unwrap_or_default()
}

fn finite_square_sum<T: Scalar>(values: &[T]) -> (f64, usize) {
    let finite = values.iter().filter(|value| value.is_finite());
    let sum = finite.map(|value| value.to_f64() * value.to_f64()).sum();
    let bad = values.iter().filter(|value| !value.is_finite()).count();
    (sum, bad)
}
