//! Cross-entropy of a softmax, for classes.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::ops::FloatTensorOps;
use burn::backend::{Autodiff, Flex};
use burn::tensor::{Int, Shape, Tensor, TensorData, activation};

/// The mean over the rows of `−log softmax(logits)[label]`, in nats.
///
/// `logits` has shape `[rows, classes]`; `labels` has one class for each row, each less than `classes`. The result has
/// shape `[1]`.
///
/// On Burn's `flex` it is one operation with a backward pass of its own, on other backends it is composed of Burn's.
///
/// # Panics
/// If there are not as many labels as rows, or a label is not a class.
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, labels: &[u32]) -> Tensor<1> {
    let [rows, classes] = logits.dims();
    assert!(
        labels.len() == rows && labels.iter().all(|label| (*label as usize) < classes),
        "one label less than {classes} for each of {rows} rows"
    );
    match logits.clone().try_into_primitive::<Autodiff<Flex>>() {
        Ok(logits) => fused(logits, labels, classes),
        Err(_) => composed(logits, labels),
    }
}

fn composed(logits: Tensor<2>, labels: &[u32]) -> Tensor<1> {
    let labels: Vec<i64> = labels.iter().map(|label| i64::from(*label)).collect();
    let shape = [labels.len(), 1];
    let labels = Tensor::<2, Int>::from_data(TensorData::new(labels, shape), &logits.device());
    activation::log_softmax(logits, 1)
        .gather(1, labels)
        .mean()
        .neg()
}

type Primitive = <Autodiff<Flex> as burn::backend::BackendTypes>::FloatTensorPrimitive;

fn fused(logits: Primitive, labels: &[u32], classes: usize) -> Tensor<1> {
    /// Its state is the gradient with respect to the logits, which the forward pass has at hand.
    #[derive(Debug)]
    struct CrossEntropy;

    impl Backward<Flex, 1> for CrossEntropy {
        type State = FlexTensor;

        fn backward(
            self,
            ops: Ops<FlexTensor, 1>,
            gradients: &mut Gradients,
            _checkpointer: &mut Checkpointer,
        ) {
            let [parent] = ops.parents;
            let outer = gradients.consume::<Flex>(&ops.node);
            if let Some(parent) = parent {
                let outer = Flex::float_reshape(outer, Shape::new([1, 1]));
                gradients.register::<Flex>(parent.id, Flex::float_mul(ops.state, outer));
            }
        }
    }

    let (logits, node) = logits.into_parts();
    let rows = labels.len();
    let mut slope = logits
        .to_contiguous()
        .as_slice::<f32>()
        .unwrap_or_default()
        .to_vec();
    let loss = value_and_gradient(&mut slope, labels, classes);
    let loss = FlexTensor::from_data(TensorData::new(vec![loss], [1]));
    let output = match CrossEntropy
        .prepare::<NoCheckpointing>([node])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prep) => {
            let slope = FlexTensor::from_data(TensorData::new(slope, [rows, classes]));
            prep.finish(slope, loss)
        }
        OpsKind::UnTracked(prep) => prep.finish(loss),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(output)
}

/// The loss; the logits are replaced by its gradient, `(softmax(logits) − one_hot(label)) / rows`.
fn value_and_gradient(logits: &mut [f32], labels: &[u32], classes: usize) -> f32 {
    let scale = 1.0 / labels.len() as f32;
    let mut loss = 0.0;
    for (row, label) in logits.chunks_exact_mut(classes).zip(labels) {
        let label = *label as usize;
        let largest = row.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        let shifted = row[label] - largest;
        let mut sum = 0.0;
        for value in row.iter_mut() {
            *value = (*value - largest).exp();
            sum += *value;
        }
        loss += sum.ln() - shifted;
        let factor = scale / sum;
        for value in row.iter_mut() {
            *value *= factor;
        }
        row[label] -= scale;
    }
    loss * scale
}

/// The sum over the rows of `−log softmax(logits)[label]` in f64, and how many rows have their largest logit at the label.
///
/// For reporting: no gradient. `logits` is row-major with `classes` columns. A row with a NaN counts as wrong and makes the
/// sum NaN.
#[must_use]
pub fn cross_entropy_of_rows(logits: &[f32], labels: &[u32], classes: usize) -> (f64, usize) {
    let mut loss = 0.0;
    let mut correct = 0;
    for (row, label) in logits.chunks_exact(classes.max(1)).zip(labels) {
        let label = *label as usize;
        let largest = row.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        let sum: f64 = row
            .iter()
            .map(|value| (f64::from(*value) - f64::from(largest)).exp())
            .sum();
        loss += sum.ln() + f64::from(largest) - f64::from(row[label]);
        let first = row.iter().position(|value| *value == largest);
        correct += usize::from(first == Some(label) && !row.iter().any(|value| value.is_nan()));
    }
    (loss, correct)
}
