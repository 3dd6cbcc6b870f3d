//! The step on any backend: the chain's recorded program on tensors.

use burn::tensor::Tensor;
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Error, StepReport};

use crate::algebra::BurnAlgebra;
use crate::traverse::Parameters;

/// Replaces the parameters by those of the next step.
pub fn step(
    optimizer: &mut TensorOptimizer<BurnAlgebra>,
    parameters: &mut Parameters<Tensor<1>>,
    names: &[String],
) -> Result<StepReport, Error> {
    let (mut list, indices): (Vec<_>, Vec<_>) = parameters
        .taken
        .iter_mut()
        .zip(names)
        .enumerate()
        .filter_map(|(index, (taken, name))| {
            let parameter = TensorParameter {
                name: name.clone(),
                shape: taken.shape.clone(),
                values: taken.values.clone()?,
                gradient: taken.gradient.take(),
                hessian: None,
            };
            Some((parameter, index))
        })
        .unzip();
    let result = optimizer.step(&mut list);
    for (parameter, index) in list.into_iter().zip(indices) {
        parameters.taken[index].values = Some(parameter.values);
    }
    result
}
