//! The network itself: linear layers with an activation between them.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use ravine::random::{self, Purpose};

use super::{Activation, Architecture, ModelSpec};

/// Linear layers, `y = x W + b`, with an activation between them and none after the last.
///
/// Without hidden layers it is softmax regression (or linear regression, by its loss); with them, a multi-layer perceptron.
/// The parameters are named `layers.0.weight` (shape `[inputs, outputs]`), `layers.0.bias`, `layers.1.weight`, …
#[derive(Module, Debug)]
pub struct Network {
    layers: Vec<Linear>,
    #[module(skip)]
    activation: Activation,
}

impl Network {
    /// A network for rows of `features` numbers, with `outputs` outputs: one per class, or one for regression.
    ///
    /// Its weights are drawn from the seed's stream for initialisation, layer by layer: the same seed gives the same bits,
    /// whatever the optimiser, the device or the number of threads. Biases are zero.
    #[must_use]
    pub fn new(
        spec: &ModelSpec,
        features: usize,
        outputs: usize,
        seed: u64,
        device: &Device,
    ) -> Self {
        let mut rng = random::stream(seed, Purpose::Initialization, 0);
        let layers = spec
            .sizes(features, outputs)
            .windows(2)
            .map(|size| {
                let (fan_in, fan_out) = (size[0], size[1]);
                let weight = spec.init.draw(&mut rng, fan_in, fan_out);
                let bias = vec![0.0f32; fan_out];
                Linear {
                    weight: Param::from_data(TensorData::new(weight, [fan_in, fan_out]), device),
                    bias: Some(Param::from_data(TensorData::new(bias, [fan_out]), device)),
                }
            })
            .collect();
        let activation = match spec.architecture {
            Architecture::Softmax => Activation::default(),
            Architecture::Mlp { activation, .. } => activation,
        };
        Self { layers, activation }
    }

    /// The outputs (for classes: logits), shape `[rows, outputs]`, of inputs of shape `[rows, features]`.
    #[must_use]
    pub fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
        let mut layers = self.layers.iter();
        let first = layers.next().map(|layer| layer.forward(inputs.clone()));
        layers.fold(first.unwrap_or(inputs), |x, layer| {
            layer.forward(self.activation.apply(x))
        })
    }
}
