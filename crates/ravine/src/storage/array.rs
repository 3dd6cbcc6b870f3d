//! An array of numbers in any of the formats.

use std::borrow::Cow;

use half::bf16;
use safetensors::Dtype;

use super::{Rounding, bf16 as brain, compensated, eight};
use crate::{Error, Scalar};

/// How the numbers of an array are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// As the type that they are computed in.
    #[default]
    Full,
    /// As sums of two bf16: see [`compensated`].
    Compensated,
    /// As bf16: see [`mod@super::bf16`].
    Bf16,
    /// In 8 bits, with a scale for each 256: see [`eight`].
    Eight,
}

impl Format {
    /// The memory of a number that is computed in `T`.
    #[must_use]
    pub fn bytes_per_number<T>(self) -> f64 {
        match self {
            Self::Full => size_of::<T>() as f64,
            Self::Compensated => 4.0,
            Self::Bf16 => 2.0,
            Self::Eight => 1.0 + 4.0 / eight::BLOCK as f64,
        }
    }

    /// Whether every number in this format is one in `other` too.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        self == other || other == Self::Full || (self, other) == (Self::Bf16, Self::Compensated)
    }
}

/// An array of numbers that are computed in `T` and kept in some [`Format`].
#[derive(Clone, Debug, PartialEq)]
pub struct StateArray<T>(Storage<T>);

/// An empty one.
impl<T> Default for StateArray<T> {
    fn default() -> Self {
        Self(Storage::Full(Vec::new()))
    }
}

/// In full.
impl<T> From<Vec<T>> for StateArray<T> {
    fn from(values: Vec<T>) -> Self {
        Self(Storage::Full(values))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Storage<T> {
    Full(Vec<T>),
    Compensated { high: Vec<bf16>, low: Vec<bf16> },
    Bf16(Vec<bf16>),
    Eight { codes: Vec<u8>, scales: Vec<f32> },
}

/// One tensor of a saved array.
#[derive(Clone, Debug, PartialEq)]
pub struct Part<'a> {
    /// What is added to the array's name: "" for the first part, ".low" or ".scale" for the second.
    pub suffix: &'static str,
    /// The type.
    pub dtype: Dtype,
    /// The shape: the array's, but for scales.
    pub shape: Vec<usize>,
    /// The numbers, little-endian as in memory.
    pub bytes: Cow<'a, [u8]>,
}

/// The suffixes that there are.
pub(crate) const SUFFIXES: [&str; 3] = ["", LOW, SCALE];
const LOW: &str = ".low";
const SCALE: &str = ".scale";

impl<T: Scalar> StateArray<T> {
    /// `len` numbers, all of them `fill`, rounded to nearest.
    #[must_use]
    pub fn new(len: usize, format: Format, fill: T) -> Self {
        let mut array = Self::zeros(len, format);
        if fill != T::from_f64(0.0) {
            let block = [fill; eight::BLOCK];
            for mut chunk in array.chunks_mut(eight::BLOCK) {
                chunk.narrow(0, &block[..chunk.len()], Rounding::Nearest);
            }
        }
        array
    }

    /// These numbers, rounded to nearest.
    #[must_use]
    pub fn from_values(values: &[T], format: Format) -> Self {
        let mut array = Self::zeros(values.len(), format);
        array.whole().narrow(0, values, Rounding::Nearest);
        array
    }

    fn zeros(len: usize, format: Format) -> Self {
        Self(match format {
            Format::Full => Storage::Full(vec![T::from_f64(0.0); len]),
            Format::Compensated => Storage::Compensated {
                high: vec![bf16::ZERO; len],
                low: vec![bf16::ZERO; len],
            },
            Format::Bf16 => Storage::Bf16(vec![bf16::ZERO; len]),
            Format::Eight => Storage::Eight {
                codes: vec![0; len],
                scales: vec![0.0; eight::scales(len)],
            },
        })
    }

    /// How the numbers are kept.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.0 {
            Storage::Full(_) => Format::Full,
            Storage::Compensated { .. } => Format::Compensated,
            Storage::Bf16(_) => Format::Bf16,
            Storage::Eight { .. } => Format::Eight,
        }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Storage::Full(values) => values.len(),
            Storage::Compensated { high, .. } => high.len(),
            Storage::Bf16(codes) => codes.len(),
            Storage::Eight { codes, .. } => codes.len(),
        }
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory that the numbers take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.0 {
            Storage::Full(values) => size_of_val(values.as_slice()),
            Storage::Compensated { high, low } => {
                size_of_val(high.as_slice()) + size_of_val(low.as_slice())
            }
            Storage::Bf16(codes) => size_of_val(codes.as_slice()),
            Storage::Eight { codes, scales } => codes.len() + size_of_val(scales.as_slice()),
        }
    }

    /// The numbers, if they are kept as they are computed.
    #[must_use]
    pub fn full(&self) -> Option<&[T]> {
        match &self.0 {
            Storage::Full(values) => Some(values),
            _ => None,
        }
    }

    /// The numbers, if they are kept as they are computed.
    pub fn full_mut(&mut self) -> Option<&mut [T]> {
        match &mut self.0 {
            Storage::Full(values) => Some(values),
            _ => None,
        }
    }

    /// All numbers, copied only if they must be.
    #[must_use]
    pub fn numbers(&self) -> Cow<'_, [T]> {
        self.full()
            .map_or_else(|| Cow::Owned(self.values()), Cow::Borrowed)
    }

    /// All numbers, moved out if they are kept as they are computed; [`StateArray::put`] brings them back.
    pub fn take(&mut self) -> Vec<T> {
        match &mut self.0 {
            Storage::Full(values) => std::mem::take(values),
            _ => self.values(),
        }
    }

    /// Replaces all numbers.
    ///
    /// # Panics
    /// If they are not as many.
    pub fn put(&mut self, values: Vec<T>, rounding: Rounding) {
        match &mut self.0 {
            Storage::Full(kept) => *kept = values,
            _ => {
                assert_eq!(values.len(), self.len(), "an array keeps its length");
                self.whole().narrow(0, &values, rounding);
            }
        }
    }

    /// The same numbers in another format, rounded to nearest.
    #[must_use]
    pub fn converted(self, format: Format) -> Self {
        if self.format() == format {
            self
        } else {
            Self::from_values(&self.numbers(), format)
        }
    }

    /// All numbers.
    #[must_use]
    pub fn values(&self) -> Vec<T> {
        let mut values = vec![T::from_f64(0.0); self.len()];
        match &self.0 {
            Storage::Full(kept) => values.copy_from_slice(kept),
            Storage::Compensated { high, low } => compensated::widen(high, low, &mut values),
            Storage::Bf16(codes) => brain::widen(codes, &mut values),
            Storage::Eight { codes, scales } => eight::widen(codes, scales, &mut values),
        }
        values
    }

    fn whole(&mut self) -> Chunk<'_, T> {
        Chunk {
            start: 0,
            slices: match &mut self.0 {
                Storage::Full(values) => Slices::Full(values),
                Storage::Compensated { high, low } => Slices::Compensated { high, low },
                Storage::Bf16(codes) => Slices::Bf16(codes),
                Storage::Eight { codes, scales } => Slices::Eight { codes, scales },
            },
        }
    }

    /// The array in pieces of `size` numbers, the last one perhaps shorter. `size` is rounded up to a multiple of
    /// [`eight::BLOCK`], so that no two pieces share a scale.
    pub fn chunks_mut(&mut self, size: usize) -> impl Iterator<Item = Chunk<'_, T>> {
        let size = size.next_multiple_of(eight::BLOCK).max(eight::BLOCK);
        let mut rest = Some(self.whole());
        std::iter::from_fn(move || {
            let chunk = rest.take().filter(|chunk| !chunk.is_empty())?;
            let (first, others) = chunk.split(size);
            rest = Some(others);
            Some(first)
        })
    }

    /// The tensors that the array is saved as, for a parameter of this shape.
    #[must_use]
    pub fn parts(&self, shape: &[usize]) -> Vec<Part<'_>> {
        fn part<'a, N: bytemuck::Pod>(
            suffix: &'static str,
            dtype: Dtype,
            shape: &[usize],
            numbers: &'a [N],
        ) -> Part<'a> {
            Part {
                suffix,
                dtype,
                shape: shape.to_vec(),
                bytes: Cow::Borrowed(bytemuck::cast_slice(numbers)),
            }
        }
        match &self.0 {
            Storage::Full(values) => vec![part("", T::DTYPE, shape, values)],
            Storage::Compensated { high, low } => vec![
                part("", Dtype::BF16, shape, high),
                part(LOW, Dtype::BF16, shape, low),
            ],
            Storage::Bf16(codes) => vec![part("", Dtype::BF16, shape, codes)],
            Storage::Eight { codes, scales } => vec![
                part("", Dtype::U8, shape, codes),
                part(SCALE, Dtype::F32, &[scales.len()], scales),
            ],
        }
    }

    /// The array of saved tensors. `tensor` finds one by its suffix. The format is told by the tensors.
    ///
    /// # Errors
    /// [`Error::Format`] if the tensors are none of the formats' or do not fit `len`.
    pub fn from_parts<'a>(
        len: usize,
        tensor: impl Fn(&str) -> Option<(Dtype, &'a [u8])>,
    ) -> Result<Self, Error> {
        let (dtype, first) = tensor("").ok_or_else(|| wrong("a tensor is missing".into()))?;
        let (low, scale) = (tensor(LOW), tensor(SCALE));
        Ok(Self(match (dtype, low, scale) {
            (Dtype::BF16, Some((Dtype::BF16, low)), None) => Storage::Compensated {
                high: numbers(first, len)?,
                low: numbers(low, len)?,
            },
            (Dtype::BF16, None, None) => Storage::Bf16(numbers(first, len)?),
            (Dtype::U8, None, Some((Dtype::F32, scales))) => Storage::Eight {
                codes: numbers(first, len)?,
                scales: numbers(scales, eight::scales(len))?,
            },
            (dtype, None, None) if dtype == T::DTYPE => Storage::Full(numbers(first, len)?),
            (dtype, low, scale) => {
                let name = |part: Option<(Dtype, _)>| match part {
                    Some((dtype, _)) => dtype.to_string(),
                    None => "none".into(),
                };
                return Err(wrong(format!(
                    "a tensor of type {dtype}, with '{LOW}' of type {} and '{SCALE}' of type {}, is no array of {}",
                    name(low),
                    name(scale),
                    T::DTYPE
                )));
            }
        }))
    }
}

fn numbers<N: bytemuck::Pod>(bytes: &[u8], len: usize) -> Result<Vec<N>, Error> {
    let size = size_of::<N>();
    if bytes.len() == len * size {
        Ok(bytemuck::pod_collect_to_vec(bytes))
    } else {
        Err(wrong(format!(
            "{} bytes where {len} numbers of {size} bytes belong",
            bytes.len()
        )))
    }
}

fn wrong(reason: String) -> Error {
    Error::Format { reason }
}

/// A piece of a [`StateArray`], to be read and written by one thread.
#[derive(Debug)]
pub struct Chunk<'a, T> {
    /// The number of the first element in the array.
    start: u64,
    slices: Slices<'a, T>,
}

#[derive(Debug)]
enum Slices<'a, T> {
    Full(&'a mut [T]),
    Compensated {
        high: &'a mut [bf16],
        low: &'a mut [bf16],
    },
    Bf16(&'a mut [bf16]),
    Eight {
        codes: &'a mut [u8],
        scales: &'a mut [f32],
    },
}

impl<'a, T: Scalar> Chunk<'a, T> {
    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.slices {
            Slices::Full(values) => values.len(),
            Slices::Compensated { high, .. } => high.len(),
            Slices::Bf16(codes) => codes.len(),
            Slices::Eight { codes, .. } => codes.len(),
        }
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers, if they are kept as they are computed: nothing need be widened then.
    pub fn full(&mut self) -> Option<&mut [T]> {
        match &mut self.slices {
            Slices::Full(values) => Some(values),
            _ => None,
        }
    }

    /// Whether the numbers are kept as they are computed.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.slices, Slices::Full(_))
    }

    /// The numbers, if they are kept as they are computed.
    #[must_use]
    pub fn into_full(self) -> Option<&'a mut [T]> {
        match self.slices {
            Slices::Full(values) => Some(values),
            _ => None,
        }
    }

    /// Reads the numbers from `offset` on, as many as `values` has room for.
    ///
    /// # Panics
    /// If the chunk ends before, or if `offset` is not a multiple of [`eight::BLOCK`].
    pub fn widen(&self, offset: usize, values: &mut [T]) {
        let (range, blocks) = place(offset, values.len());
        match &self.slices {
            Slices::Full(kept) => values.copy_from_slice(&kept[range]),
            Slices::Compensated { high, low } => {
                compensated::widen(&high[range.clone()], &low[range], values);
            }
            Slices::Bf16(codes) => brain::widen(&codes[range], values),
            Slices::Eight { codes, scales } => eight::widen(&codes[range], &scales[blocks], values),
        }
    }

    /// Writes `values` to the numbers from `offset` on. Only at the chunk's end may their number be no multiple of
    /// [`eight::BLOCK`].
    ///
    /// # Panics
    /// If that is not so, if the chunk ends before, or if `offset` is not a multiple of [`eight::BLOCK`].
    pub fn narrow(&mut self, offset: usize, values: &[T], rounding: Rounding) {
        let (range, blocks) = place(offset, values.len());
        let start = self.start + offset as u64;
        match &mut self.slices {
            Slices::Full(kept) => kept[range].copy_from_slice(values),
            Slices::Compensated { high, low } => {
                let (high, low) = (&mut high[range.clone()], &mut low[range]);
                compensated::narrow(values, high, low, start, rounding);
            }
            Slices::Bf16(codes) => brain::narrow(values, &mut codes[range], start, rounding),
            Slices::Eight { codes, scales } => {
                assert!(
                    range.end == codes.len() || range.end.is_multiple_of(eight::BLOCK),
                    "a block ends in the middle of a scale's"
                );
                let (codes, scales) = (&mut codes[range], &mut scales[blocks]);
                eight::narrow(values, codes, scales, start, rounding);
            }
        }
    }

    /// The first `size` numbers, a multiple of [`eight::BLOCK`], and the others.
    fn split(self, size: usize) -> (Self, Self) {
        let size = size.min(self.len());
        let (first, others) = match self.slices {
            Slices::Full(values) => {
                let (a, b) = values.split_at_mut(size);
                (Slices::Full(a), Slices::Full(b))
            }
            Slices::Compensated { high, low } => {
                let ((high, high_b), (low, low_b)) =
                    (high.split_at_mut(size), low.split_at_mut(size));
                let b = Slices::Compensated {
                    high: high_b,
                    low: low_b,
                };
                (Slices::Compensated { high, low }, b)
            }
            Slices::Bf16(codes) => {
                let (a, b) = codes.split_at_mut(size);
                (Slices::Bf16(a), Slices::Bf16(b))
            }
            Slices::Eight { codes, scales } => {
                let (codes, codes_b) = codes.split_at_mut(size);
                let (scales, scales_b) = scales.split_at_mut(eight::scales(size));
                let b = Slices::Eight {
                    codes: codes_b,
                    scales: scales_b,
                };
                (Slices::Eight { codes, scales }, b)
            }
        };
        let chunk = |start, slices| Chunk { start, slices };
        (
            chunk(self.start, first),
            chunk(self.start + size as u64, others),
        )
    }
}

/// Where `len` numbers from `offset` on lie, and the scales of their blocks.
fn place(offset: usize, len: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    assert!(
        offset.is_multiple_of(eight::BLOCK),
        "a block begins in the middle of a scale's"
    );
    let block = offset / eight::BLOCK;
    (offset..offset + len, block..block + eight::scales(len))
}
