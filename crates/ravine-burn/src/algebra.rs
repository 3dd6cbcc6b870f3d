//! What Ravine's recorded programs need of a Burn tensor.

use burn::tensor::{Device, Tensor, TensorData};
use ravine::program::{Binary, Unary};
use ravine::tensor::Algebra;

/// Burn's tensors, flat and in f32, on one device.
#[derive(Debug)]
pub struct BurnAlgebra {
    /// Where states that are loaded from a file go; a device without autodiff.
    pub device: Device,
}

impl Algebra for BurnAlgebra {
    type Tensor = Tensor<1>;

    fn unary(&self, operation: Unary, a: &Tensor<1>) -> Tensor<1> {
        let a = a.clone();
        match operation {
            Unary::Negate => a.neg(),
            Unary::Sqrt => a.sqrt(),
            Unary::Abs => a.abs(),
            Unary::Sign => a.sign(),
            Unary::Exp => a.exp(),
            Unary::Ln => a.log(),
            // Burn's powers of negative numbers are NaN.
            Unary::Cbrt => a.clone().sign().mul(a.abs().powf_scalar(1.0 / 3.0)),
            Unary::Tanh => a.tanh(),
        }
    }

    fn binary(&self, operation: Binary, a: &Tensor<1>, b: &Tensor<1>) -> Tensor<1> {
        let (a, b) = (a.clone(), b.clone());
        match operation {
            Binary::Add => a.add(b),
            Binary::Subtract => a.sub(b),
            Binary::Multiply => a.mul(b),
            Binary::Divide => a.div(b),
            Binary::Max => a.max_pair(b),
            Binary::Min => a.min_pair(b),
            Binary::Power => a.powf(b),
        }
    }

    fn with_scalar(&self, operation: Binary, a: &Tensor<1>, b: f64) -> Tensor<1> {
        let a = a.clone();
        match operation {
            Binary::Add => a.add_scalar(b),
            Binary::Subtract => a.sub_scalar(b),
            Binary::Multiply => a.mul_scalar(b),
            Binary::Divide => a.div_scalar(b),
            Binary::Max => a.clamp_min(b),
            Binary::Min => a.clamp_max(b),
            Binary::Power => a.powf_scalar(b),
        }
    }

    fn if_less(
        &self,
        a: &Tensor<1>,
        b: &Tensor<1>,
        then: &Tensor<1>,
        otherwise: &Tensor<1>,
    ) -> Tensor<1> {
        let less = a.clone().lower(b.clone());
        otherwise.clone().mask_where(less, then.clone())
    }

    fn full(&self, like: &Tensor<1>, value: f64) -> Tensor<1> {
        like.full_like(value)
    }

    fn sum(&self, a: &Tensor<1>) -> f64 {
        f64::from(a.clone().sum().into_scalar::<f32>())
    }

    fn square_sum(&self, a: &Tensor<1>) -> f64 {
        f64::from(a.clone().square().sum().into_scalar::<f32>())
    }

    fn read(&self, a: &Tensor<1>) -> Vec<f32> {
        a.to_data().iter::<f32>().collect()
    }

    fn write(&self, values: Vec<f32>, _shape: &[usize]) -> Tensor<1> {
        let count = values.len();
        Tensor::from_data(TensorData::new(values, [count]), &self.device)
    }
}
