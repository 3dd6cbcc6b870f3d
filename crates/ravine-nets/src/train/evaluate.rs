//! How good a network is on a part of the data.

use burn::tensor::{Device, Tensor, TensorData};

use crate::data::{Part, PartTargets};
use crate::loss::{cross_entropy_of_rows, mean_squared_of_rows};
use crate::model::Network;

/// Rows that go through the network at once, so that memory does not grow with the data.
const ROWS: usize = 1024;

/// How good a network is on a part of the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean over the rows, summed in f64: cross-entropy in nats, or squared error in standardised units.
    pub loss: f64,
    /// The share of rows whose largest output is the right class; `None` in regression.
    pub accuracy: Option<f64>,
}

/// Evaluates a network, which has to be without autodiff ([`Module::valid`](burn::module::Module::valid)), on a part of the
/// data. Without rows, the loss is NaN.
#[must_use]
pub fn evaluate(network: &Network, part: &Part, device: &Device) -> Evaluation {
    let mut loss = 0.0;
    let mut correct = 0;
    let features = part.features;
    for first in (0..part.len()).step_by(ROWS) {
        let last = part.len().min(first + ROWS);
        let inputs = part.inputs[first * features..last * features].to_vec();
        let inputs = TensorData::new(inputs, [last - first, features]);
        let outputs = network.forward(Tensor::from_data(inputs, device));
        let columns = outputs.dims()[1];
        let outputs: Vec<f32> = outputs.into_data().iter::<f32>().collect();
        match &part.targets {
            PartTargets::Classes(labels) => {
                let (sum, right) = cross_entropy_of_rows(&outputs, &labels[first..last], columns);
                loss += sum;
                correct += right;
            }
            PartTargets::Values(values) => {
                loss += mean_squared_of_rows(&outputs, &values[first..last]);
            }
        }
    }
    let rows = part.len() as f64;
    Evaluation {
        loss: loss / rows,
        accuracy: match part.targets {
            PartTargets::Classes(_) => Some(correct as f64 / rows),
            PartTargets::Values(_) => None,
        },
    }
}
