//! Numbers that a step reads: as the caller keeps them, or as they are computed.

use std::borrow::Cow;
use std::ops::Range;

use super::block::BLOCK;
use crate::Scalar;
use crate::storage::{Stored, wide};

/// A gradient.
pub(super) enum Numbers<'a, P: Stored> {
    /// As the caller gave it.
    Given(&'a [P]),
    /// As it was made of several, or of what was not finite.
    Own(Vec<P::Compute>),
}

impl<P: Stored> Numbers<'_, P> {
    pub fn len(&self) -> usize {
        match self {
            Self::Given(values) => values.len(),
            Self::Own(values) => values.len(),
        }
    }

    /// All of them, as they are computed.
    pub fn wide(&self) -> Cow<'_, [P::Compute]> {
        match self {
            Self::Given(values) => P::full(values).map_or_else(|| wide(values).into(), Cow::from),
            Self::Own(values) => values.into(),
        }
    }

    pub fn slice(&self) -> Slice<'_, P> {
        match self {
            Self::Given(values) => Slice::new(values),
            Self::Own(values) => Slice::Full(values),
        }
    }
}

/// A part of [`Numbers`].
#[derive(Clone, Copy)]
pub(super) enum Slice<'a, P: Stored> {
    Full(&'a [P::Compute]),
    Narrow(&'a [P]),
}

impl<'a, P: Stored> Slice<'a, P> {
    pub fn new(values: &'a [P]) -> Self {
        P::full(values).map_or(Self::Narrow(values), Self::Full)
    }

    pub fn len(self) -> usize {
        match self {
            Self::Full(values) => values.len(),
            Self::Narrow(values) => values.len(),
        }
    }

    /// The numbers of a range; none if there is nothing.
    pub fn range(self, range: Range<usize>) -> Self {
        match self {
            Self::Full(values) => Self::Full(values.get(range).unwrap_or_default()),
            Self::Narrow(values) => Self::Narrow(values.get(range).unwrap_or_default()),
        }
    }

    /// The numbers, if they are there as they are computed.
    pub fn full(self) -> Option<&'a [P::Compute]> {
        match self {
            Self::Full(values) => Some(values),
            Self::Narrow(_) => None,
        }
    }

    /// The numbers, at most a block of them, put into `scratch` if they must be widened.
    pub fn wide<'s>(self, scratch: &'s mut Option<Aligned<P::Compute>>) -> &'s [P::Compute]
    where
        'a: 's,
    {
        match self {
            Self::Full(values) => values,
            Self::Narrow(values) => {
                let scratch = scratch.get_or_insert_with(Aligned::new);
                let wide = &mut scratch.0[..values.len()];
                P::widen(values, wide);
                wide
            }
        }
    }
}

/// Room for a block.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Aligned<T>(pub [T; BLOCK]);

impl<T: Scalar> Aligned<T> {
    pub fn new() -> Self {
        Self([T::from_f64(0.0); BLOCK])
    }
}

/// The ranges of the blocks of `len` numbers.
pub(super) fn blocks(len: usize) -> impl Iterator<Item = Range<usize>> {
    let range = move |offset: usize| offset..(offset + BLOCK).min(len);
    (0..len).step_by(BLOCK).map(range)
}
