//! The values of a parameter, taken out of its module: what an engine works on.

use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::{DType, Tensor};

/// A tensor without its rank, in the form that an engine works on.
pub trait Held: Sized {
    /// Takes a tensor without autodiff. The error says what is wrong with it and what would be right.
    fn hold<const D: usize>(tensor: Tensor<D>) -> Result<Self, String>;

    /// The tensor of this shape.
    fn release<const D: usize>(self, shape: [usize; D]) -> Tensor<D>;
}

fn check_type<const D: usize>(tensor: &Tensor<D>) -> Result<(), String> {
    match tensor.dtype() {
        DType::F32 => Ok(()),
        other => Err(format!(
            "holds {other:?}, but BurnOptimizer works on F32: cast the module, or freeze the parameter"
        )),
    }
}

impl Held for FlexTensor {
    fn hold<const D: usize>(tensor: Tensor<D>) -> Result<Self, String> {
        check_type(&tensor)?;
        tensor.try_into_primitive::<Flex>().map_err(|_| {
            "lies on another backend than the first parameter (flex): move the module to one device"
                .to_owned()
        })
    }

    fn release<const D: usize>(self, _shape: [usize; D]) -> Tensor<D> {
        Tensor::from_primitive::<Flex>(self)
    }
}

impl Held for Tensor<1> {
    fn hold<const D: usize>(tensor: Tensor<D>) -> Result<Self, String> {
        check_type(&tensor)?;
        let count = tensor.shape().num_elements();
        Ok(tensor.reshape([count]))
    }

    fn release<const D: usize>(self, shape: [usize; D]) -> Tensor<D> {
        self.reshape(shape)
    }
}
