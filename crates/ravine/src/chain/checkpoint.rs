//! The saved form of an optimiser's state: safetensors, by names.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::core::Core;
use super::link::StateKind;
use super::slots::{NewSlot, Slot};
use super::{Plan, Slots};
use crate::Scalar;
use crate::error::Error;
use crate::rule::{LearningRate, Rule, Scope};
use crate::storage::{Format, Part, SUFFIXES, StateArray};

const KEY: &str = "ravine.optimizer";
const VERSION: u32 = 1;

/// What the metadata holds beside the tensors.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    steps: u64,
    /// The seed of stochastic rounding.
    #[serde(default)]
    seed: u64,
    /// Micro-batches gathered for the coming step; their sums are in the tensors named `gathered_gradient`.
    #[serde(default)]
    gathered: u64,
    /// The rules that make the states what they are.
    chain: Vec<String>,
    states: Vec<String>,
    /// The numbers that rules remember; their values are in the tensors named `remembered`.
    #[serde(default)]
    memory: Vec<String>,
    parameters: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    shape: Vec<usize>,
    updates: u64,
    /// The states that the parameter has by now.
    states: Vec<String>,
    /// The place among the parameters.
    order: usize,
}

/// Steps up to which a number of f64 counts them.
const MOST_STEPS: u64 = 1 << 53;

/// The name of the tensor with what rules remember: for each parameter, and under `EVERYONE` for all.
const MEMORY: &str = "remembered";
pub(crate) const EVERYONE: &str = "*";
/// The name of the tensor with the sum of the gradients of micro-batches.
const GATHERED: &str = "gathered_gradient";
/// The name of the tensor with a parameter's values in full.
pub(crate) const MASTER: &str = "master";

pub(crate) fn write<A>(
    core: &Core<A>,
    parts: impl for<'a> Fn(&'a A, &[usize]) -> Vec<Part<'a>>,
) -> Result<Vec<u8>, Error> {
    let Core { plan, slots, .. } = core;
    let header = Header {
        version: VERSION,
        steps: core.steps,
        seed: core.seed,
        gathered: core.accumulation.gathered,
        chain: lasting(plan),
        states: plan.states.clone(),
        memory: plan.memory_names.clone(),
        parameters: slots
            .iter()
            .enumerate()
            .map(|(order, slot)| {
                let entry = Entry {
                    shape: slot.shape.clone(),
                    updates: slot.updates,
                    states: present(plan, &slot.states),
                    order,
                };
                (slot.name.clone(), entry)
            })
            .collect(),
    };
    let format = |error: &dyn std::fmt::Display| Error::Format {
        reason: error.to_string(),
    };
    let mut arrays = Vec::new();
    let mut add = |slot: &Slot<A>, name: &str, array, shape: &[usize]| {
        arrays.extend(parts(array, shape).into_iter().map(|part| {
            let name = format!("{}/{name}{}", slot.name, part.suffix);
            (name, part.dtype, part.shape, part.bytes)
        }));
    };
    for slot in slots.iter() {
        for ((name, state), kind) in plan.states.iter().zip(&slot.states).zip(&slot.kinds) {
            if let (Some(state), Some(kind)) = (state, kind) {
                add(
                    slot,
                    name,
                    state,
                    kind.shape.as_ref().unwrap_or(&slot.shape),
                );
            }
        }
        for (name, array) in [(GATHERED, &slot.gathered), (MASTER, &slot.master)] {
            if let Some(array) = array {
                add(slot, name, array, &slot.shape);
            }
        }
    }
    let everyone = (EVERYONE, &core.memory);
    let each = slots.iter().map(|slot| (slot.name.as_str(), &slot.memory));
    for (name, memory) in each
        .chain([everyone])
        .filter(|(_, memory)| !memory.is_empty())
    {
        let bytes = Cow::Borrowed(bytemuck::cast_slice(memory));
        arrays.push((
            format!("{name}/{MEMORY}"),
            Dtype::F64,
            vec![memory.len()],
            bytes,
        ));
    }
    let mut views = Vec::with_capacity(arrays.len());
    for (name, dtype, shape, bytes) in &arrays {
        let view = TensorView::new(*dtype, shape.clone(), bytes).map_err(|e| format(&e))?;
        views.push((name.as_str(), view));
    }
    let header = serde_json::to_string(&header).map_err(|e| format(&e))?;
    safetensors::serialize(views, Some(HashMap::from([(KEY.into(), header)])))
        .map_err(|e| format(&e))
}

/// The rules that have states, and the learning rate, whose place decides what a velocity is made of.
fn lasting(plan: &Plan) -> Vec<String> {
    let parts = plan.parts();
    let kept = parts.iter().filter(|part| {
        !part.state.is_empty() || !part.memory.is_empty() || part.name == LearningRate::NAME
    });
    kept.map(|part| part.name.into()).collect()
}

fn present<A>(plan: &Plan, states: &[Option<A>]) -> Vec<String> {
    let named = plan.states.iter().zip(states);
    named
        .filter(|(_, state)| state.is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

/// An array in a file.
pub(crate) struct Saved<'f, 'd> {
    path: &'f str,
    tensors: &'f SafeTensors<'d>,
}

impl<'d> Saved<'_, 'd> {
    fn part(&self, suffix: &str) -> Option<TensorView<'d>> {
        self.tensors.tensor(&format!("{}{suffix}", self.path)).ok()
    }

    /// The numbers in full, with the shape.
    pub fn full<T: Scalar>(&self) -> Result<(Vec<T>, Vec<usize>), String> {
        let mut array = self.array(|_| Format::Full)?;
        let shape = self.part("").map(|view| view.shape().to_vec());
        Ok((array.take(), shape.unwrap_or_default()))
    }

    /// The numbers in the format that so many are to be kept in; refused where it would round them.
    pub fn array<T: Scalar>(
        &self,
        format: impl Fn(usize) -> Format,
    ) -> Result<StateArray<T>, String> {
        let path = self.path;
        let first = self
            .part("")
            .ok_or_else(|| format!("tensor '{path}' is not in the file"))?;
        if [Dtype::F32, Dtype::F64].contains(&first.dtype()) && first.dtype() != T::DTYPE {
            return Err(format!(
                "tensor '{path}' is of type {}, but this optimiser computes in {}",
                first.dtype(),
                T::DTYPE
            ));
        }
        let len = first.shape().iter().product();
        let part = |suffix: &str| self.part(suffix).map(|view| (view.dtype(), view.data()));
        let array = StateArray::from_parts(len, part)
            .map_err(|error| format!("tensor '{path}': {error}"))?;
        let (saved, wanted) = (array.format(), format(len));
        if saved.is_within(wanted) {
            Ok(array.converted(wanted))
        } else {
            Err(format!(
                "tensor '{path}' is kept in format {saved:?}, but this optimiser keeps it in {wanted:?}, which would round it; load it with_states(Format::{saved:?}), and say with_states(Format::{wanted:?}) behind that to round it"
            ))
        }
    }
}

/// Puts a saved state into an optimiser; where it does not fit, nothing is changed.
pub(crate) fn read<A>(
    bytes: &[u8],
    core: &mut Core<A>,
    has_masters: bool,
    array: impl Fn(Saved<'_, '_>, Option<&StateKind>) -> Result<A, String>,
) -> Result<(), Error> {
    let size = core.accumulation.size;
    let Core {
        plan, slots: known, ..
    } = core;
    let format = |reason: String| Error::Format { reason };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| format(e.to_string()))?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| format(e.to_string()))?;
    let header = metadata
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(KEY))
        .ok_or_else(|| format(format!("the metadata has no '{KEY}'")))?;
    let header: Header = serde_json::from_str(header).map_err(|e| format(e.to_string()))?;
    if header.version != VERSION {
        return Err(format(format!(
            "version {} is not known; this version of ravine reads {VERSION}",
            header.version
        )));
    }

    if header.steps > MOST_STEPS {
        return Err(format(format!(
            "{} steps are more than can be",
            header.steps
        )));
    }
    if let Some(slot) = known.iter().find(|slot| slot.stash.is_some()) {
        return Err(Error::Averaged {
            parameter: slot.name.clone(),
        });
    }

    let mut problems = Vec::new();
    if header.gathered >= size {
        problems.push(format!(
            "{} micro-batches are gathered for the coming step, but this optimiser makes a step of {}",
            header.gathered, size
        ));
    }
    let same = (&header.states, &header.memory) == (&plan.states, &plan.memory_names);
    if !same || header.chain != lasting(plan) {
        problems.push(format!(
            "states [{}] of the chain {}, but this optimiser keeps [{}] of the chain {}",
            header.states.join(", "),
            header.chain.join(" → "),
            plan.states.join(", "),
            lasting(plan).join(" → ")
        ));
    }
    if !known.is_empty() {
        for slot in known.iter() {
            match header.parameters.get(&slot.name) {
                None => problems.push(format!("parameter '{}' is not in the file", slot.name)),
                Some(entry) if entry.shape != slot.shape => problems.push(format!(
                    "parameter '{}' has shape {:?}, but {:?} in the file",
                    slot.name, slot.shape, entry.shape
                )),
                Some(_) => {}
            }
        }
        for name in header.parameters.keys() {
            if known.get(name).is_none() {
                problems.push(format!("parameter '{name}' in the file is not known here"));
            }
        }
    }
    let mut entries: Vec<_> = header.parameters.into_iter().collect();
    entries.sort_by_key(|(_, entry)| entry.order);
    let mut slots = Vec::with_capacity(entries.len());
    let (mut expected, mut expected_memory) = (0, 0);
    // `None` where the file has no such array, `Some(None)` where it does not fit.
    let mut take = |name: &str,
                    state: &str,
                    shape: &[usize],
                    kind: Option<&StateKind>,
                    problems: &mut Vec<String>|
     -> Option<Option<A>> {
        let path = format!("{name}/{state}");
        let view = tensors.tensor(&path).ok()?;
        let saved = Saved {
            path: &path,
            tensors: &tensors,
        };
        expected += SUFFIXES.iter().filter_map(|s| saved.part(s)).count();
        let array = if view.shape() == shape {
            array(saved, kind)
        } else {
            Err(format!(
                "tensor '{path}' has shape {:?}, but should have {shape:?}",
                view.shape(),
            ))
        };
        Some(array.map_err(|problem| problems.push(problem)).ok())
    };
    let mut memory = |name: &str, len: usize, problems: &mut Vec<String>| -> Vec<f64> {
        let path = format!("{name}/{MEMORY}");
        if len == 0 {
            return Vec::new();
        }
        expected_memory += 1;
        match tensors.tensor(&path) {
            Ok(view) if view.dtype() == Dtype::F64 && view.shape() == [len] => {
                bytemuck::pod_collect_to_vec(view.data())
            }
            _ => {
                problems.push(format!(
                    "tensor '{path}' is missing, or not {len} numbers of type F64"
                ));
                Vec::new()
            }
        }
    };
    let everyone = memory(
        EVERYONE,
        plan.initial_memory(Scope::Global).len(),
        &mut problems,
    );
    let own = plan.initial_memory(Scope::Parameter).len();
    for (name, entry) in entries {
        let product = entry
            .shape
            .iter()
            .try_fold(1_usize, |n, &d| n.checked_mul(d));
        if product.is_none() || entry.updates > header.steps {
            problems.push(format!(
                "parameter '{name}' has shape {:?} and {} updates in {} steps, which cannot be",
                entry.shape, entry.updates, header.steps
            ));
            continue;
        }
        let variant = plan.variant(&name, &entry.shape)?;
        let kinds = plan.variants[variant].states(&entry.shape);
        let mut states = Vec::with_capacity(plan.states.len());
        for (state, kind) in plan.states.iter().zip(kinds) {
            let shape = kind.as_ref().and_then(|kind| kind.shape.as_ref());
            let shape = shape.unwrap_or(&entry.shape);
            let found = take(&name, state, shape, kind.as_ref(), &mut problems);
            if found.is_some() && kind.is_none() {
                problems.push(format!(
                    "tensor '{name}/{state}' belongs to a link that the parameter does not pass through here"
                ));
            }
            if found.is_none() && entry.states.contains(state) {
                problems.push(format!("tensor '{name}/{state}' is not in the file"));
            }
            states.push(found.flatten());
        }
        let gathered = take(&name, GATHERED, &entry.shape, None, &mut problems);
        if gathered.is_some() && header.gathered == 0 {
            problems.push(format!(
                "tensor '{name}/{GATHERED}' is there, but no micro-batch is gathered"
            ));
        }
        let master = take(&name, MASTER, &entry.shape, None, &mut problems);
        if master.is_some() && !has_masters {
            problems.push(format!(
                "parameter '{name}' has a master weight in the file, but this optimiser keeps none"
            ));
        }
        slots.push(NewSlot {
            gathered: gathered.flatten(),
            master: master.flatten(),
            memory: memory(&name, own, &mut problems),
            name,
            shape: entry.shape,
            updates: entry.updates,
            states,
        });
    }
    if problems.is_empty() && expected + expected_memory != tensors.len() {
        problems.push(format!(
            "the file holds {} tensors, of which {} belong to a parameter's state",
            tensors.len(),
            expected + expected_memory
        ));
    }
    if !problems.is_empty() {
        return Err(Error::Mismatch { problems });
    }
    let mut loaded = Slots::default();
    for slot in slots {
        loaded.add(plan, slot)?;
    }
    loaded.sealed = !loaded.is_empty();
    core.steps = header.steps;
    core.seed = header.seed;
    core.slots = loaded;
    core.memory = everyone;
    core.accumulation.gathered = header.gathered;
    Ok(())
}

/// What keeps a tensor from being a parameter's array, if anything does.
pub(crate) fn misfit(
    path: &str,
    view: &TensorView<'_>,
    dtype: Dtype,
    shape: &[usize],
) -> Option<String> {
    if view.dtype() != dtype {
        Some(format!(
            "tensor '{path}' is of type {}, but this optimiser computes in {dtype}",
            view.dtype()
        ))
    } else if view.shape() != shape {
        Some(format!(
            "tensor '{path}' has shape {:?}, but should have {shape:?}",
            view.shape()
        ))
    } else {
        None
    }
}

pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let file = |source| Error::File {
        path: path.into(),
        source,
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".partial");
    let written = fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
        .map_err(file)
}

pub(crate) fn load(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}
