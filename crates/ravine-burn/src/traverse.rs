//! Taking the parameters out of a module, and putting them back.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::{Device, DispatchTensor, GradientCheckpointingStrategy, Tensor};

use crate::GradientSource;
use crate::held::Held;
use crate::path::Path;

/// A parameter that was taken out of a module.
pub struct Taken<H> {
    pub values: Option<H>,
    pub gradient: Option<H>,
    pub shape: Vec<usize>,
    strategy: Option<GradientCheckpointingStrategy>,
    /// In how many places of the module it stands.
    places: usize,
    /// The tensor as it was put back in the first of several places.
    restored: Option<DispatchTensor>,
}

/// Lets `work` have the trainable parameters of a module, with their names, and puts them back.
pub fn borrow<M: Module, H: Held, R>(
    module: &mut M,
    gradients: &mut impl GradientSource,
    names: &mut Vec<String>,
    work: impl FnOnce(&mut Parameters<H>, &[String]) -> Result<R, ravine::Error>,
) -> Result<R, ravine::Error> {
    // A module can only be mapped by value, so the parameters are taken out of a clone. The clone's tensors are shared
    // with the module until this is overwritten by the emptied clone.
    let (emptied, mut parameters) = take(module.clone(), gradients, names)?;
    *module = emptied.clone();
    let result = work(&mut parameters, names);
    *module = put(emptied, parameters);
    result
}

/// Takes every trainable parameter out of the module and its gradient out of `gradients`.
///
/// What is left in the module is empty until [`put`]. `names` becomes the path of each parameter taken; a parameter that
/// stands in several places is taken once, under the first path.
fn take<M: Module, H: Held>(
    module: M,
    gradients: &mut impl GradientSource,
    names: &mut Vec<String>,
) -> Result<(M, Parameters<H>), ravine::Error> {
    let mut mapper = Take {
        gradients,
        names,
        path: Path::default(),
        indices: HashMap::new(),
        parameters: Parameters {
            taken: Vec::new(),
            order: Vec::new(),
        },
        error: None,
    };
    let module = module.map(&mut mapper);
    match mapper.error {
        None => Ok((module, mapper.parameters)),
        Some(error) => Err(error),
    }
}

/// Puts the parameters back into the module that they were taken from.
fn put<M: Module, H: Held>(module: M, parameters: Parameters<H>) -> M {
    module.map(&mut Put {
        taken: parameters.taken,
        order: parameters.order.into_iter(),
    })
}

/// The trainable parameters of a module.
pub struct Parameters<H> {
    /// Each of them once, in the order of the module.
    pub taken: Vec<Taken<H>>,
    /// For each float parameter of the module which of `taken` it is; `None` if it is not trainable.
    order: Vec<Option<usize>>,
}

struct Take<'a, G, H> {
    gradients: &'a mut G,
    names: &'a mut Vec<String>,
    path: Path,
    indices: HashMap<ParamId, usize>,
    parameters: Parameters<H>,
    error: Option<ravine::Error>,
}

impl<G: GradientSource, H: Held> Take<'_, G, H> {
    /// Holds a parameter and its gradient; its index.
    fn hold<const D: usize>(
        &mut self,
        id: ParamId,
        tensor: Tensor<D>,
    ) -> Result<usize, ravine::Error> {
        let taken = &mut self.parameters.taken;
        if let Some(&index) = self.indices.get(&id) {
            taken[index].places += 1;
            return Ok(index);
        }
        let index = taken.len();
        match self.names.get_mut(index) {
            Some(name) => self.path.write_to(name),
            None => self.names.push(self.path.as_str().to_owned()),
        }
        let problem = |problem| ravine::Error::Parameter {
            parameter: self.names[index].clone(),
            problem,
        };
        let gradient = self.gradients.take(id, &tensor);
        let shape = tensor.dims();
        if let Some(other) = gradient.as_ref().map(Tensor::dims)
            && other != shape
        {
            let text = format!("has shape {shape:?}, but its gradient has {other:?}");
            return Err(problem(text));
        }
        taken.push(Taken {
            shape: shape.to_vec(),
            strategy: tensor.gradient_checkpointing_strategy(),
            values: Some(H::hold(tensor.inner()).map_err(problem)?),
            gradient: gradient.map(H::hold).transpose().map_err(problem)?,
            places: 1,
            restored: None,
        });
        self.indices.insert(id, index);
        Ok(index)
    }
}

impl<G: GradientSource, H: Held> ModuleMapper for Take<'_, G, H> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name);
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.error.is_some() || !param.is_require_grad() {
            self.parameters.order.push(None);
            return param;
        }
        let (id, tensor, mapper) = param.consume();
        match self.hold(id, tensor) {
            Ok(index) => self.parameters.order.push(Some(index)),
            Err(error) => self.error = Some(error),
        }
        let empty = Tensor::empty([0; D], &Device::flex());
        Param::from_mapped_value(id, empty, mapper)
    }
}

struct Put<H> {
    taken: Vec<Taken<H>>,
    order: std::vec::IntoIter<Option<usize>>,
}

impl<H: Held> Put<H> {
    fn restore<const D: usize>(&mut self, index: usize) -> Option<Tensor<D>> {
        let taken = self.taken.get_mut(index)?;
        if let Some(values) = taken.values.take() {
            let shape = taken.shape.as_slice().try_into().ok()?;
            let mut tensor = Tensor::from_inner(values.release::<D>(shape));
            if let Some(strategy) = taken.strategy {
                tensor = tensor.with_gradient_checkpointing_strategy(strategy);
            }
            let tensor = tensor.require_grad();
            if taken.places > 1 {
                taken.restored = Some(tensor.clone().into_dispatch());
            }
            return Some(tensor);
        }
        taken.restored.clone().map(Tensor::from_dispatch)
    }
}

impl<H: Held> ModuleMapper for Put<H> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(index) = self.order.next().flatten() else {
            return param;
        };
        let (id, empty, mapper) = param.consume();
        Param::from_mapped_value(id, self.restore(index).unwrap_or(empty), mapper)
    }
}
