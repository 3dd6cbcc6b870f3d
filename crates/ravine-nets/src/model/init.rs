//! The values that weights have before the first step.

use ravine::random::{self, ChaCha8Rng};

use super::named::named;

/// How the weights of a layer are drawn: with mean zero and a variance that depends on the layer's fan.
///
/// A layer with `fan_in` inputs and `fan_out` outputs has a weight of shape `[fan_in, fan_out]`. The variance is
///
/// | rule | variance | meant for | source |
/// |---|---|---|---|
/// | He | 2 / fan_in | relu, gelu | He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equation 10 |
/// | Xavier | 2 / (fan_in + fan_out) | tanh, sigmoid | Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 12 |
/// | LeCun | 1 / fan_in | tanh, linear | LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, equation 16 |
///
/// and it is the same for the uniform distribution on `[−b, b)`, with `b = √(3 · variance)`, and for the normal one. No rule
/// looks at the activation, and none has a gain. Biases begin at zero.
///
/// These are PyTorch's `kaiming_*_(nonlinearity="relu")`, `xavier_*_` and `kaiming_*_(nonlinearity="linear")`. PyTorch's
/// `nn.Linear` itself draws from a third of LeCun's variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Init {
    /// Variance 2 / fan_in, uniform.
    #[default]
    HeUniform,
    /// Variance 2 / fan_in, normal.
    HeNormal,
    /// Variance 2 / (fan_in + fan_out), uniform.
    XavierUniform,
    /// Variance 2 / (fan_in + fan_out), normal.
    XavierNormal,
    /// Variance 1 / fan_in, uniform.
    LecunUniform,
    /// Variance 1 / fan_in, normal.
    LecunNormal,
}

impl Init {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::HeUniform,
        Self::HeNormal,
        Self::XavierUniform,
        Self::XavierNormal,
        Self::LecunUniform,
        Self::LecunNormal,
    ];

    /// Its name in configurations: `he-uniform`, …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HeUniform => "he-uniform",
            Self::HeNormal => "he-normal",
            Self::XavierUniform => "xavier-uniform",
            Self::XavierNormal => "xavier-normal",
            Self::LecunUniform => "lecun-uniform",
            Self::LecunNormal => "lecun-normal",
        }
    }

    /// The variance of each weight of a layer with `fan_in` inputs and `fan_out` outputs.
    #[must_use]
    pub fn variance(self, fan_in: usize, fan_out: usize) -> f64 {
        match self {
            Self::HeUniform | Self::HeNormal => 2.0 / fan_in as f64,
            Self::XavierUniform | Self::XavierNormal => 2.0 / (fan_in + fan_out) as f64,
            Self::LecunUniform | Self::LecunNormal => 1.0 / fan_in as f64,
        }
    }

    /// Draws the `fan_in · fan_out` weights of a layer, row by row.
    #[must_use]
    pub fn draw(self, rng: &mut ChaCha8Rng, fan_in: usize, fan_out: usize) -> Vec<f32> {
        let variance = self.variance(fan_in, fan_out);
        let count = fan_in * fan_out;
        match self {
            Self::HeUniform | Self::XavierUniform | Self::LecunUniform => {
                let bound = (3.0 * variance).sqrt() as f32;
                (0..count).map(|_| random::uniform(rng, bound)).collect()
            }
            Self::HeNormal | Self::XavierNormal | Self::LecunNormal => {
                let deviation = variance.sqrt();
                (0..count)
                    .map(|_| (deviation * random::normal(rng)) as f32)
                    .collect()
            }
        }
    }
}

named!(Init, "initialisation");
