//! The saved form: the optimiser's file, with the method's arrays beside the states.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::Method;
use super::noise::Position;
use super::store::{Array, Slot, Store};
use crate::Scalar;
use crate::chain::checkpoint::misfit;
use crate::error::Error;

const KEY: &str = "ravine.points";
const VERSION: u32 = 1;

/// What the metadata holds beside the tensors.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    method: String,
    /// Gradients of the step under way so far.
    point: u64,
    noise: Position,
    parameters: BTreeMap<String, Entry>,
    /// The metadata of the optimiser's own file. One key in all, since safetensors writes several in any order.
    optimizer: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    shape: Vec<usize>,
    /// The arrays that the parameter has by now.
    arrays: Vec<String>,
    /// Whether it is among the parameters of the step under way.
    takes_part: bool,
    /// The place among the parameters.
    order: usize,
}

/// The names of a parameter's arrays, in order.
pub(super) fn names(method: &dyn Method) -> impl Iterator<Item = &'static str> {
    let own = method.arrays().iter().map(|kept| kept.name);
    std::iter::once("origin").chain(own)
}

fn path(parameter: &str, method: &str, array: &str) -> String {
    format!("{parameter}/{method}.{array}")
}

fn format(reason: impl ToString) -> Error {
    Error::Format {
        reason: reason.to_string(),
    }
}

/// Metadata of a file, by keys.
fn metadata(bytes: &[u8]) -> Result<HashMap<String, String>, Error> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(format)?;
    Ok(metadata.metadata().clone().unwrap_or_default())
}

/// `inner` is the optimiser's file.
pub(super) fn write<T: Scalar>(
    inner: &[u8],
    method: &dyn Method,
    store: &Store<T>,
    point: u64,
    noise: Position,
) -> Result<Vec<u8>, Error> {
    let mut parameters = BTreeMap::new();
    let mut tensors: Vec<(String, TensorView<'_>)> =
        SafeTensors::deserialize(inner).map_err(format)?.tensors();
    for (order, slot) in store.used().enumerate() {
        let arrays = names(method).zip(&slot.arrays);
        let present: Vec<_> = arrays.filter_map(|(n, a)| Some((n, a.get()?))).collect();
        for (name, values) in &present {
            let bytes = bytemuck::cast_slice(values);
            let view = TensorView::new(T::DTYPE, slot.shape.clone(), bytes).map_err(format)?;
            tensors.push((path(&slot.name, method.name(), name), view));
        }
        let entry = Entry {
            shape: slot.shape.clone(),
            arrays: present.iter().map(|(name, _)| (*name).into()).collect(),
            takes_part: slot.takes_part,
            order,
        };
        parameters.insert(slot.name.clone(), entry);
    }
    let header = Header {
        version: VERSION,
        method: method.name().into(),
        point,
        noise,
        parameters,
        optimizer: metadata(inner)?.into_iter().collect(),
    };
    let header = serde_json::to_string(&header).map_err(format)?;
    safetensors::serialize(tensors, Some(HashMap::from([(KEY.into(), header)]))).map_err(format)
}

/// What was read from a file.
pub(super) struct Loaded<T> {
    /// The optimiser's file.
    pub inner: Vec<u8>,
    pub store: Store<T>,
    pub point: u64,
    pub noise: Position,
}

/// Reads a file for this method, whose noise stands at `noise`.
pub(super) fn read<T: Scalar>(
    bytes: &[u8],
    method: &dyn Method,
    noise: Position,
) -> Result<Loaded<T>, Error> {
    let tensors = SafeTensors::deserialize(bytes).map_err(format)?;
    let header = metadata(bytes)?.remove(KEY).ok_or_else(|| {
        format(format_args!(
            "the metadata has no '{KEY}', so this is not the state of {} around an optimiser",
            method.name()
        ))
    })?;
    let header: Header = serde_json::from_str(&header).map_err(format)?;
    if header.version != VERSION {
        return Err(format(format_args!(
            "version {} is not known; this version of ravine reads {VERSION}",
            header.version
        )));
    }
    let mut problems = Vec::new();
    if header.method != method.name() {
        problems.push(format!(
            "the state of {}, but this is {}",
            header.method,
            method.name()
        ));
    }
    if header.noise.seed != noise.seed {
        problems.push(format!(
            "noise of the seed {}, but this has the seed {}",
            header.noise.seed, noise.seed
        ));
    }
    let mut inner: BTreeMap<String, TensorView<'_>> = tensors.tensors().into_iter().collect();
    let mut entries: Vec<_> = header.parameters.into_iter().collect();
    entries.sort_by_key(|(_, entry)| entry.order);
    let mut slots = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        let mut arrays = Vec::new();
        for array in names(method) {
            let path = path(&name, method.name(), array);
            let known = entry.arrays.iter().any(|known| known == array);
            let mut loaded = Array::default();
            match inner.remove(&path).filter(|_| known) {
                None if known => problems.push(format!("tensor '{path}' is not in the file")),
                None => {}
                Some(view) => match misfit(&path, &view, T::DTYPE, &entry.shape) {
                    Some(problem) => problems.push(problem),
                    None => loaded = Array::new(bytemuck::pod_collect_to_vec(view.data())),
                },
            }
            arrays.push(loaded);
        }
        slots.push(Slot {
            name,
            shape: entry.shape,
            arrays,
            takes_part: entry.takes_part,
        });
    }
    // No step asks for as many gradients as that.
    if header.point > u64::from(u32::MAX) {
        problems.push(format!("the step under way has {} gradients", header.point));
    }
    if !problems.is_empty() {
        return Err(Error::Mismatch { problems });
    }
    Ok(Loaded {
        inner: safetensors::serialize(inner, Some(header.optimizer.into_iter().collect()))
            .map_err(format)?,
        store: Store::of(slots, method.arrays().len()),
        point: header.point,
        noise: header.noise,
    })
}
