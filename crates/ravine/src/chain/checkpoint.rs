//! The saved form of an optimiser's state: safetensors, by names.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::slots::NewSlot;
use super::{Plan, Slots};
use crate::error::Error;
use crate::rule::{LearningRate, Rule};

const KEY: &str = "ravine.optimizer";
const VERSION: u32 = 1;

/// What the metadata holds beside the tensors.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    steps: u64,
    /// The rules that make the states what they are.
    chain: Vec<String>,
    states: Vec<String>,
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

pub(crate) fn write<A>(
    plan: &Plan,
    steps: u64,
    slots: &Slots<A>,
    bytes: impl Fn(&A) -> (Dtype, Cow<'_, [u8]>),
) -> Result<Vec<u8>, Error> {
    let header = Header {
        version: VERSION,
        steps,
        chain: lasting(plan),
        states: plan.states.clone(),
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
    for slot in slots.iter() {
        for (name, state) in plan.states.iter().zip(&slot.states) {
            if let Some(state) = state {
                let (dtype, bytes) = bytes(state);
                arrays.push((format!("{}/{name}", slot.name), dtype, &slot.shape, bytes));
            }
        }
    }
    let mut views = Vec::with_capacity(arrays.len());
    for (name, dtype, shape, bytes) in &arrays {
        let view = TensorView::new(*dtype, (*shape).clone(), bytes).map_err(|e| format(&e))?;
        views.push((name.as_str(), view));
    }
    let header = serde_json::to_string(&header).map_err(|e| format(&e))?;
    safetensors::serialize(views, Some(HashMap::from([(KEY.into(), header)])))
        .map_err(|e| format(&e))
}

/// The rules that have states, and the learning rate, whose place decides what a velocity is made of.
fn lasting(plan: &Plan) -> Vec<String> {
    let parts = plan.parts();
    let kept = parts
        .iter()
        .filter(|part| !part.state.is_empty() || part.name == LearningRate::NAME);
    kept.map(|part| part.name.into()).collect()
}

fn present<A>(plan: &Plan, states: &[Option<A>]) -> Vec<String> {
    let named = plan.states.iter().zip(states);
    named
        .filter(|(_, state)| state.is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

/// Reads a saved state for an optimiser with this plan and, where it has seen parameters, these slots.
pub(crate) fn read<A>(
    bytes: &[u8],
    plan: &mut Plan,
    known: &Slots<A>,
    dtype: Dtype,
    array: impl Fn(&[u8], &[usize]) -> A,
) -> Result<(u64, Slots<A>), Error> {
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

    let mut problems = Vec::new();
    if header.states != plan.states || header.chain != lasting(plan) {
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
    let mut expected = 0;
    for (name, entry) in entries {
        let mut states = Vec::with_capacity(plan.states.len());
        for state in &plan.states {
            let path = format!("{name}/{state}");
            let Ok(view) = tensors.tensor(&path) else {
                if entry.states.contains(state) {
                    problems.push(format!("tensor '{path}' is not in the file"));
                }
                states.push(None);
                continue;
            };
            expected += 1;
            match misfit(&path, &view, dtype, &entry.shape) {
                Some(problem) => problems.push(problem),
                None => states.push(Some(array(view.data(), view.shape()))),
            }
        }
        slots.push(NewSlot {
            name,
            shape: entry.shape,
            updates: entry.updates,
            states,
        });
    }
    if problems.is_empty() && expected != tensors.len() {
        problems.push(format!(
            "the file holds {} tensors, of which {expected} belong to a parameter's state",
            tensors.len()
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
    Ok((header.steps, loaded))
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
            "tensor '{path}' has shape {:?}, but its parameter {shape:?}",
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
