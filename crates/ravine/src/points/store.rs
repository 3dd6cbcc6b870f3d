//! The arrays that a method keeps, found by the parameters' names.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::take;

use super::Vector;
use crate::chain::pass::Sums;
use crate::error::Error;
use crate::{Parameter, Scalar};

/// An array that is there or not. Its memory stays for the next step.
#[derive(Debug)]
pub(super) struct Array<T> {
    values: Vec<T>,
    present: bool,
}

impl<T> Default for Array<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            present: false,
        }
    }
}

impl<T: Copy> Array<T> {
    pub fn new(values: Vec<T>) -> Self {
        Self {
            values,
            present: true,
        }
    }

    pub fn get(&self) -> Option<&[T]> {
        self.present.then_some(&self.values)
    }

    pub fn set(&mut self, values: &[T]) {
        self.values.clear();
        self.values.extend_from_slice(values);
        self.present = true;
    }

    /// The array for writing; zeros if it was not there.
    pub fn make(&mut self, len: usize, zero: T) -> &mut [T] {
        if !self.present {
            self.values.clear();
            self.values.resize(len, zero);
            self.present = true;
        }
        &mut self.values
    }

    pub fn forget(&mut self) {
        self.present = false;
    }
}

/// The place of the origin among a parameter's arrays; the method's own are behind it.
pub(super) const ORIGIN: usize = 0;

/// A parameter with its arrays.
#[derive(Debug)]
pub(super) struct Slot<T> {
    pub name: String,
    pub shape: Vec<usize>,
    pub arrays: Vec<Array<T>>,
    /// Whether it is among the parameters of the present step.
    pub takes_part: bool,
}

/// A parameter in the course of a call.
#[derive(Debug)]
pub(super) struct Part<'a, T: Clone> {
    pub name: &'a str,
    pub shape: Option<&'a [usize]>,
    pub values: &'a mut [T],
    /// The gradient, if the parameter has one and is to be moved.
    pub gradient: Option<Cow<'a, [T]>>,
    pub hessian: Option<&'a [T]>,
    /// This parameter's part of the sum that was asked for last.
    pub sums: Sums,
    /// The sum of the squares of the gradient.
    pub square: f64,
    pub arrays: Vec<Array<T>>,
    slot: usize,
}

#[derive(Debug)]
pub(super) struct Store<T> {
    slots: Vec<Slot<T>>,
    index: HashMap<String, usize>,
    /// The slots of the parameters of the present step, in the order of its first point.
    step: Vec<usize>,
    /// How many arrays each parameter has.
    arrays: usize,
}

impl<T: Scalar> Part<'_, T> {
    /// This parameter's part of a vector.
    pub fn vector(&self, vector: Vector) -> Option<&[T]> {
        match vector {
            Vector::Values => Some(self.values),
            Vector::Origin => self.arrays[ORIGIN].get().or(Some(self.values)),
            Vector::Gradient => self.gradient.as_deref(),
            Vector::Kept(array) => self.arrays[ORIGIN + 1 + array].get(),
        }
    }

    /// The parameter with a vector as its gradient, if it has a gradient.
    pub fn with_gradient(&mut self, vector: Vector) -> Parameter<'_, T> {
        let gradient = match vector {
            _ if self.gradient.is_none() => None,
            Vector::Values => None,
            Vector::Origin => self.arrays[ORIGIN].get(),
            Vector::Gradient => self.gradient.as_deref(),
            Vector::Kept(array) => self.arrays[ORIGIN + 1 + array].get(),
        };
        Parameter {
            name: self.name,
            shape: self.shape,
            values: self.values,
            gradient,
            hessian: self.hessian,
        }
    }

    /// Puts the values back to where the step began.
    pub fn restore(&mut self) {
        if let Some(origin) = self.arrays[ORIGIN].get() {
            self.values.copy_from_slice(origin);
        }
    }
}

impl<T: Scalar> Store<T> {
    /// A store of these slots.
    pub fn of(slots: Vec<Slot<T>>, arrays: usize) -> Self {
        let names = slots.iter().map(|slot| slot.name.clone());
        Self {
            index: names.zip(0..).collect(),
            step: (0..slots.len()).filter(|&i| slots[i].takes_part).collect(),
            slots,
            arrays: arrays + 1,
        }
    }

    /// The parameters that take part in the present step or have an array.
    pub fn used(&self) -> impl Iterator<Item = &Slot<T>> {
        let used = |slot: &&Slot<T>| {
            slot.takes_part || slot.arrays.iter().any(|array| array.get().is_some())
        };
        self.slots.iter().filter(used)
    }

    pub fn get(&self, name: &str) -> Option<&Slot<T>> {
        self.index.get(name).map(|&index| &self.slots[index])
    }

    /// Takes the parameters' arrays out, until [`Store::put_back`]. At the first point of a step the parameters are its
    /// parameters from then on; at any other they must be the same. `moving` are the names of those that are to be moved, in
    /// order.
    pub fn admit<'a>(
        &mut self,
        parameters: Vec<Parameter<'a, T>>,
        moving: &[String],
        first: bool,
    ) -> Result<Vec<Part<'a, T>>, Error> {
        let mut slots = Vec::with_capacity(parameters.len());
        for (position, parameter) in parameters.iter().enumerate() {
            let flat = [parameter.values.len()];
            let shape = parameter.shape.unwrap_or(&flat);
            slots.push(if first {
                self.find_or_add(position, parameter.name, shape)
            } else {
                self.find(position, parameter.name, shape)?
            });
        }
        if first {
            self.step.clone_from(&slots);
            for &slot in &slots {
                self.slots[slot].takes_part = true;
            }
        } else if slots.len() < self.step.len()
            && let Some(missing) = self.step.iter().find(|index| !slots.contains(index))
        {
            return Err(Error::Parameter {
                parameter: self.slots[*missing].name.clone(),
                problem: "is missing, but it was there when the step began; all points of a step have the same \
                          parameters"
                    .into(),
            });
        }
        let mut moving = moving.iter().peekable();
        let parts = parameters.into_iter().zip(slots).map(|(parameter, slot)| {
            let moves = moving.next_if(|name| *name == parameter.name).is_some();
            Part {
                name: parameter.name,
                shape: parameter.shape,
                values: parameter.values,
                gradient: parameter.gradient.filter(|_| moves).map(Cow::Borrowed),
                hessian: parameter.hessian,
                sums: Sums::default(),
                square: 0.0,
                arrays: take(&mut self.slots[slot].arrays),
                slot,
            }
        });
        Ok(parts.collect())
    }

    pub fn put_back(&mut self, parts: Vec<Part<'_, T>>) {
        for part in parts {
            self.slots[part.slot].arrays = part.arrays;
        }
    }

    /// Ends the step: forgets the arrays for which `lasting` does not hold.
    pub fn end(&mut self, lasting: impl Fn(usize) -> bool) {
        for &index in &self.step {
            let slot = &mut self.slots[index];
            slot.takes_part = false;
            let arrays = slot.arrays.iter_mut().enumerate();
            arrays
                .filter(|(array, _)| *array == ORIGIN || !lasting(array - 1))
                .for_each(|(_, array)| array.forget());
        }
        self.step.clear();
    }

    fn find_or_add(&mut self, position: usize, name: &str, shape: &[usize]) -> usize {
        let index = self.place(position, name).unwrap_or_else(|| {
            self.index.insert(name.into(), self.slots.len());
            self.slots.push(Slot {
                name: name.into(),
                shape: Vec::new(),
                arrays: Vec::new(),
                takes_part: false,
            });
            self.slots.len() - 1
        });
        let slot = &mut self.slots[index];
        // A step that failed before its first update may have left another shape.
        if slot.arrays.is_empty() || slot.shape != shape {
            slot.shape = shape.to_vec();
            slot.arrays = (0..self.arrays).map(|_| Array::default()).collect();
        }
        index
    }

    fn find(&self, position: usize, name: &str, shape: &[usize]) -> Result<usize, Error> {
        let problem = |problem: String| Error::Parameter {
            parameter: name.into(),
            problem,
        };
        let place = self.place(position, name);
        let Some(index) = place.filter(|&index| self.slots[index].takes_part) else {
            let text =
                "was not there when the step began; all points of a step have the same parameters";
            return Err(problem(text.into()));
        };
        let known = &self.slots[index].shape;
        if known != shape {
            return Err(problem(format!(
                "has shape {shape:?}, but had {known:?} when the step began"
            )));
        }
        Ok(index)
    }

    /// Parameters nearly always come in the same order, so the place is tried before the name is looked up.
    fn place(&self, position: usize, name: &str) -> Option<usize> {
        match self.slots.get(position) {
            Some(slot) if slot.name == name => Some(position),
            _ => self.index.get(name).copied(),
        }
    }
}
