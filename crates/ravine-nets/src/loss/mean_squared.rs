//! Mean squared error, for values.

use burn::tensor::{Tensor, TensorData};

/// The mean over rows and columns of `(output − target)²`.
///
/// `outputs` has shape `[rows, columns]`; `targets` holds as many numbers, row-major. The result has shape `[1]`.
///
/// # Panics
/// If there are not as many targets as outputs.
#[must_use]
pub fn mean_squared(outputs: Tensor<2>, targets: Vec<f32>) -> Tensor<1> {
    let shape = outputs.dims();
    let device = outputs.device().without_autodiff();
    let targets = Tensor::<2>::from_data(TensorData::new(targets, shape), &device);
    (outputs - targets).square().mean()
}

/// The sum of `(output − target)²` in f64. For reporting: no gradient.
#[must_use]
pub fn mean_squared_of_rows(outputs: &[f32], targets: &[f32]) -> f64 {
    outputs
        .iter()
        .zip(targets)
        .map(|(output, target)| (f64::from(*output) - f64::from(*target)).powi(2))
        .sum()
}
