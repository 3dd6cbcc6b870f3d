//! A chunk of a parameter as it is kept, which a pass computes on in full, block by block.

use smallvec::SmallVec;

use super::link::Link;
use super::numbers::{Aligned, Slice, blocks};
use super::pass::{Place, Sums, Task};
use crate::storage::{Chunk, Rounding, Stored};

/// One chunk of one parameter.
pub(super) struct Piece<'a, P: Stored> {
    pub x: Values<'a, P>,
    pub gradient: Slice<'a, P>,
    /// Empty if there is none.
    pub hessian: Slice<'a, P>,
    pub between: &'a mut [P::Compute],
    pub states: SmallVec<[(Chunk<'a, P::Compute>, Rounding); 4]>,
    pub links: &'a [&'a dyn Link],
    pub constants: &'a [P::Compute],
}

impl<'a, P: Stored> Piece<'a, P> {
    pub fn run(self, place: Place) -> Sums {
        if self.is_full() {
            self.task().run(place)
        } else {
            self.by_blocks(place.last, true, |task| task.run(place))
        }
    }

    /// The terms of the first link.
    pub fn terms(self, first: bool) -> Sums {
        if self.is_full() {
            self.task().terms(first)
        } else {
            self.by_blocks(false, false, |task| task.terms(first))
        }
    }

    /// Whether nothing in it need be widened.
    fn is_full(&self) -> bool {
        !P::NARROW && self.states.iter().all(|(state, _)| state.is_full())
    }

    /// The chunk itself, in full.
    fn task(self) -> Task<'a, P::Compute> {
        let states = self.states.into_iter();
        Task {
            x: P::full_mut(self.x.values).unwrap_or_default(),
            gradient: self.gradient.full().unwrap_or_default(),
            hessian: self.hessian.full().unwrap_or_default(),
            between: self.between,
            states: states.filter_map(|(state, _)| state.into_full()).collect(),
            links: self.links,
            constants: self.constants,
        }
    }

    /// Does the job on each block widened, then rounds what it may have changed: the parameter, the states.
    fn by_blocks(
        mut self,
        moves: bool,
        changes: bool,
        job: impl Fn(Task<'_, P::Compute>) -> Sums,
    ) -> Sums {
        let mut sums = Sums::default();
        let (mut gradient, mut hessian) = (None, None);
        let mut x = Aligned::new();
        let mut scratch: SmallVec<[_; 2]> = self.states.iter().map(|_| Aligned::new()).collect();
        for range in blocks(self.x.values.len()) {
            let len = range.len();
            for ((state, _), scratch) in self.states.iter().zip(&mut scratch) {
                if !state.is_full() {
                    state.widen(range.start, &mut scratch.0[..len]);
                }
            }
            let states = self.states.iter_mut().zip(&mut scratch);
            let states = states.map(|((state, _), scratch)| match state.full() {
                Some(full) => &mut full[range.clone()],
                None => &mut scratch.0[..len],
            });
            self.x.widen(range.start, &mut x.0[..len]);
            let mut one = job(Task {
                x: match P::full_mut(&mut self.x.values[range.clone()]) {
                    Some(full) => full,
                    None => &mut x.0[..len],
                },
                gradient: self.gradient.range(range.clone()).wide(&mut gradient),
                hessian: self.hessian.range(range.clone()).wide(&mut hessian),
                between: self.between.get_mut(range.clone()).unwrap_or_default(),
                states: states.collect(),
                links: self.links,
                constants: self.constants,
            });
            if moves {
                one.overflowed |= self.x.narrow(range.start, &x.0[..len]);
            }
            if changes {
                for ((state, rounding), scratch) in self.states.iter_mut().zip(&scratch) {
                    if !state.is_full() {
                        state.narrow(range.start, &scratch.0[..len], *rounding);
                    }
                }
            }
            sums.add(one);
        }
        sums
    }
}

/// A parameter's numbers, from number `start` on.
pub(super) struct Values<'a, P: Stored> {
    pub start: usize,
    pub values: &'a mut [P],
    /// The same in full; empty if there are none.
    pub master: &'a mut [P::Compute],
    /// How the numbers are rounded.
    pub rounding: Rounding,
}

impl<P: Stored> Values<'_, P> {
    /// Reads the numbers from `offset` on, those that are narrow.
    ///
    /// A master weight counts unless the caller has changed the parameter: then it begins anew.
    pub fn widen(&self, offset: usize, x: &mut [P::Compute]) {
        if !P::NARROW {
            return;
        }
        let values = &self.values[offset..offset + x.len()];
        P::widen(values, x);
        if self.master.is_empty() {
            return;
        }
        let master = &self.master[offset..offset + x.len()];
        let mut rounded = [P::zeroed(); super::block::BLOCK];
        for ((values, master), x) in values
            .chunks(rounded.len())
            .zip(master.chunks(rounded.len()))
            .zip(x.chunks_mut(rounded.len()))
        {
            let rounded = &mut rounded[..values.len()];
            P::narrow(master, rounded, 0, Rounding::Nearest);
            if bytemuck::cast_slice::<P, u8>(rounded) == bytemuck::cast_slice::<P, u8>(values) {
                x.copy_from_slice(master);
                continue;
            }
            for ((x, master), (value, rounded)) in
                x.iter_mut().zip(master).zip(values.iter().zip(&*rounded))
            {
                if value == rounded {
                    *x = *master;
                }
            }
        }
    }

    /// Writes the numbers from `offset` on, those that are narrow; whether a finite one has become infinite.
    pub fn narrow(&mut self, offset: usize, x: &[P::Compute]) -> bool {
        if !P::NARROW {
            return false;
        }
        let range = offset..offset + x.len();
        let start = (self.start + offset) as u64;
        let values = &mut self.values[range.clone()];
        P::narrow(x, values, start, self.rounding);
        if let Some(master) = self.master.get_mut(range) {
            master.copy_from_slice(x);
        }
        P::any_infinite(values)
    }
}
