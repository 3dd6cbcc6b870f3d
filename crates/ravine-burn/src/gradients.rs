//! Where a parameter's gradient comes from.

use burn::module::ParamId;
use burn::tensor::{Gradients, Tensor};

/// Gradients of the parameters of a module, handed over one by one.
///
/// What [`Tensor::backward`](burn::tensor::Tensor::backward) returns is one. Whatever stands between the backward pass and the
/// step, such as the mean over several workers or micro-batches, is another.
pub trait GradientSource {
    /// Removes and returns the gradient of a parameter, as a tensor of its shape without autodiff; `None` if there is none.
    fn take<const D: usize>(&mut self, id: ParamId, parameter: &Tensor<D>) -> Option<Tensor<D>>;
}

impl GradientSource for Gradients {
    fn take<const D: usize>(&mut self, _id: ParamId, parameter: &Tensor<D>) -> Option<Tensor<D>> {
        parameter.grad_remove(self)
    }
}

#[cfg(feature = "optim")]
impl GradientSource for burn::optim::GradientsParams {
    fn take<const D: usize>(&mut self, id: ParamId, _parameter: &Tensor<D>) -> Option<Tensor<D>> {
        self.remove(id)
    }
}

impl<G: GradientSource> GradientSource for &mut G {
    fn take<const D: usize>(&mut self, id: ParamId, parameter: &Tensor<D>) -> Option<Tensor<D>> {
        (**self).take(id, parameter)
    }
}

/// No gradient for any parameter: for what needs the values alone.
pub(crate) struct NoGradients;

impl GradientSource for NoGradients {
    fn take<const D: usize>(&mut self, _id: ParamId, _parameter: &Tensor<D>) -> Option<Tensor<D>> {
        None
    }
}
