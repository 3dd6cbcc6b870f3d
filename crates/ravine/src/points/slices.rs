//! Whole vectors over parameters held as slices.

use std::mem::take;

use smallvec::SmallVec;

use super::noise::Noise;
use super::store::{ORIGIN, Part};
use super::{Space, Vector};
use crate::Scalar;
use crate::chain::block::BLOCK;
use crate::chain::pass::{CHUNK, Sums, each, read, total};
use crate::error::NonFiniteValues;

/// The parameters of a step as one vector.
pub(super) struct Slices<'s, 'a, T: Scalar> {
    pub parts: &'s mut [Part<'a, T>],
    pub noise: &'s mut Noise,
}

/// Reads the gradients: the sums of their squares, and what is not finite in them.
pub(super) fn measure<T: Scalar>(parts: &mut [Part<'_, T>]) -> Vec<NonFiniteValues> {
    sum(parts, |part, parallel| {
        squares(part, Vector::Gradient, parallel)
    });
    for part in parts.iter_mut() {
        part.square = part.sums.input;
    }
    let bad = parts.iter().filter(|part| part.sums.non_finite > 0);
    bad.map(|part| NonFiniteValues {
        parameter: part.name.into(),
        count: part.sums.non_finite,
    })
    .collect()
}

/// Sets what is not finite in the gradients to zero.
pub(super) fn clean<T: Scalar>(parts: &mut [Part<'_, T>], bad: &[NonFiniteValues]) {
    let is_bad = |part: &&mut Part<'_, T>| bad.iter().any(|values| values.parameter == part.name);
    for part in parts.iter_mut().filter(is_bad) {
        let gradient = part.gradient.as_mut().map(|gradient| gradient.to_mut());
        for value in gradient.into_iter().flatten().filter(|v| !v.is_finite()) {
            *value = T::from_f64(0.0);
        }
    }
}

impl<T: Scalar> Space for Slices<'_, '_, T> {
    fn dot(&mut self, a: Vector, b: Vector) -> f64 {
        if (a, b) == (Vector::Gradient, Vector::Gradient) {
            return self.parts.iter().map(|part| part.square).sum();
        }
        sum(self.parts, |part, parallel| {
            if a == b {
                squares(part, a, parallel)
            } else {
                products(part, a, b, parallel)
            }
        })
    }

    fn keep(&mut self, array: usize, terms: &[(f64, Vector)]) {
        combine(self.parts, Vector::Kept(array), terms);
    }

    fn keep_weighed(&mut self, array: usize, by: Vector, offset: f64, vector: Vector) {
        assign(
            self.parts,
            Vector::Kept(array),
            &[by, vector],
            |sources, into| {
                let [Some(by), Some(vector)] = *sources else {
                    return;
                };
                for ((into, by), v) in into.iter_mut().zip(by).zip(vector) {
                    *into = (by.to_f64().abs() + offset) * v.to_f64();
                }
            },
        );
    }

    fn move_to(&mut self, terms: &[(f64, Vector)]) {
        keep_origin(self.parts);
        combine(self.parts, Vector::Values, terms);
    }

    fn shake(&mut self, scale: f64) {
        keep_origin(self.parts);
        for part in self.parts.iter_mut().filter(|part| part.gradient.is_some()) {
            for value in part.values.iter_mut() {
                *value = T::from_f64(value.to_f64() + scale * self.noise.normal());
            }
        }
    }
}

/// Keeps the values of the parameters that are about to be moved for the first time.
fn keep_origin<T: Scalar>(parts: &mut [Part<'_, T>]) {
    each_moving(parts, |part, _| {
        let origin = &mut part.arrays[ORIGIN];
        if origin.get().is_none() {
            origin.set(part.values);
        }
    });
}

/// Does the job for each parameter that has a gradient.
fn each_moving<'a, T: Scalar>(
    parts: &mut [Part<'a, T>],
    job: impl Fn(&mut Part<'a, T>, bool) + Send + Sync,
) {
    let moving = parts.iter().filter(|part| part.gradient.is_some());
    let elements = moving.map(|part| part.values.len()).sum();
    each(parts, elements, |part, parallel| {
        if part.gradient.is_some() {
            job(part, parallel);
        }
    });
}

/// Adds up what the parameters give, in their order; leaves each one's part with it.
fn sum<'a, T: Scalar>(
    parts: &mut [Part<'a, T>],
    job: impl Fn(&Part<'a, T>, bool) -> Sums + Send + Sync,
) -> f64 {
    for part in parts.iter_mut() {
        part.sums = Sums::default();
    }
    each_moving(parts, |part, parallel| part.sums = job(part, parallel));
    parts.iter().map(|part| part.sums.input).sum()
}

fn squares<T: Scalar>(part: &Part<'_, T>, vector: Vector, parallel: bool) -> Sums {
    let values = part.vector(vector).unwrap_or_default();
    total(values.chunks(CHUNK).collect(), parallel, read)
}

fn products<T: Scalar>(part: &Part<'_, T>, a: Vector, b: Vector, parallel: bool) -> Sums {
    let [a, b] = [a, b].map(|vector| part.vector(vector).unwrap_or_default());
    let chunks = a.chunks(CHUNK).zip(b.chunks(CHUNK)).collect();
    total(chunks, parallel, |(a, b)| Sums {
        input: dot(a, b),
        ..Sums::default()
    })
}

/// `Σ aᵢbᵢ`, in interleaved partial sums.
fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    const LANES: usize = 16;
    let mut partial = [0.0; LANES];
    for (a, b) in a.chunks(LANES).zip(b.chunks(LANES)) {
        for ((sum, a), b) in partial.iter_mut().zip(a).zip(b) {
            *sum += a.to_f64() * b.to_f64();
        }
    }
    partial.iter().sum()
}

fn combine<T: Scalar>(parts: &mut [Part<'_, T>], target: Vector, terms: &[(f64, Vector)]) {
    let vectors: SmallVec<[Vector; 4]> = terms.iter().map(|term| term.1).collect();
    assign(parts, target, &vectors, |sources, into| {
        for ((c, _), source) in terms.iter().zip(sources) {
            for (into, v) in into.iter_mut().zip(source.unwrap_or_default()) {
                *into += c * v.to_f64();
            }
        }
    });
}

/// Sets the values or an array to what `formula` adds up from the sources, of which the target may be one.
fn assign<T: Scalar>(
    parts: &mut [Part<'_, T>],
    target: Vector,
    sources: &[Vector],
    formula: impl Fn(&[Option<&[T]>], &mut [f64]) + Send + Sync,
) {
    each_moving(parts, |part, parallel| {
        // The target is taken out, so that it can be written while the others are read.
        if let Vector::Kept(index) = target {
            let mut array = take(&mut part.arrays[ORIGIN + 1 + index]);
            let into = array.make(part.values.len(), T::from_f64(0.0));
            fill(into, target, part, sources, parallel, &formula);
            part.arrays[ORIGIN + 1 + index] = array;
        } else {
            let values = take(&mut part.values);
            fill(values, target, part, sources, parallel, &formula);
            part.values = values;
        }
    });
}

/// Fills the target of one parameter, block by block.
fn fill<T: Scalar>(
    into: &mut [T],
    target: Vector,
    part: &Part<'_, T>,
    sources: &[Vector],
    parallel: bool,
    formula: &(impl Fn(&[Option<&[T]>], &mut [f64]) + Send + Sync),
) {
    let sources: SmallVec<[_; 4]> = sources.iter().map(|&s| (s, part.vector(s))).collect();
    let chunks = into.chunks_mut(CHUNK).zip((0..).step_by(CHUNK)).collect();
    total(chunks, parallel, |(chunk, offset): (&mut [T], usize)| {
        for (block, place) in chunk.chunks_mut(BLOCK).zip((offset..).step_by(BLOCK)) {
            let mut result = [0.0; BLOCK];
            let result = &mut result[..block.len()];
            let views = sources.iter().map(|(source, values)| {
                if *source == target {
                    Some(&*block)
                } else {
                    values.map(|values| &values[place..place + block.len()])
                }
            });
            formula(&views.collect::<SmallVec<[_; 4]>>(), result);
            for (value, result) in block.iter_mut().zip(result) {
                *value = T::from_f64(*result);
            }
        }
        Sums::default()
    });
}
