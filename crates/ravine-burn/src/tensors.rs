//! The parameters on any backend: tensors, which are replaced.

use burn::tensor::Tensor;
use ravine::tensor::TensorParameter;

use crate::traverse::Parameters;

/// Hands the parameters to `work`, and takes back what it made of them.
pub fn with<R>(
    parameters: &mut Parameters<Tensor<1>>,
    names: &[String],
    work: impl FnOnce(&mut [TensorParameter<Tensor<1>>]) -> R,
) -> R {
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
    let result = work(&mut list);
    for (parameter, index) in list.into_iter().zip(indices) {
        parameters.taken[index].values = Some(parameter.values);
    }
    result
}
