//! What stands between the layers of a multi-layer perceptron.

use burn::tensor::{Tensor, activation};

use super::named::named;

/// An activation function, applied to each number of a hidden layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Activation {
    /// `max(0, x)`. Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    #[default]
    Relu,
    /// `tanh x`
    Tanh,
    /// `x · Φ(x)`, Φ the distribution function of the standard normal distribution (not its approximation by tanh).
    /// Hendrycks and Gimpel, "Gaussian error linear units", 2016, equation 1.
    Gelu,
    /// `1 / (1 + exp(−x))`
    Sigmoid,
}

impl Activation {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Relu, Self::Tanh, Self::Gelu, Self::Sigmoid];

    /// Its name in configurations: `relu`, `tanh`, `gelu`, `sigmoid`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Gelu => "gelu",
            Self::Sigmoid => "sigmoid",
        }
    }

    /// The function, on a tensor of any shape.
    #[must_use]
    pub fn apply<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Relu => activation::relu(x),
            Self::Tanh => activation::tanh(x),
            Self::Gelu => activation::gelu(x),
            Self::Sigmoid => activation::sigmoid(x),
        }
    }
}

named!(Activation, "activation");
