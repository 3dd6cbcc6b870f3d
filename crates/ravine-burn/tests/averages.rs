//! The module at an average of its parameters, on both paths; accumulation, the loss, and remembered numbers.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData, activation};
use ravine::average::{Ema, Lookahead, Polyak};
use ravine::rule::{Adam, At, LearningRate, Measure, Rule, Step};
use ravine::storage::Format;
use ravine::{Chain, Error, Real, StepReport, hyper, hyper::Range, momentum};
use ravine_burn::BurnOptimizer;

#[derive(Module, Debug)]
struct Net {
    hidden: Linear,
    out: Linear,
    unused: Param<Tensor<1>>,
}

fn device() -> Device {
    Device::flex().autodiff()
}

/// Fixed numbers between −1 and 1.
fn tensor<const D: usize>(shape: [usize; D], seed: u64) -> Tensor<D> {
    let count = shape.iter().product::<usize>() as u64;
    let number = |i: u64| {
        let mixed = (i + 1 + 1000 * seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        mixed as f32 / (1 << 23) as f32 - 1.0
    };
    let data = TensorData::new((0..count).map(number).collect::<Vec<_>>(), shape);
    Tensor::from_data(data, &device())
}

fn linear(inputs: usize, outputs: usize, seed: u64) -> Linear {
    Linear {
        weight: Param::from_tensor(tensor([inputs, outputs], seed)),
        bias: Some(Param::from_tensor(tensor([outputs], seed + 1))),
    }
}

fn net() -> Net {
    Net {
        hidden: linear(5, 6, 1),
        out: linear(6, 2, 3),
        unused: Param::from_tensor(tensor([3], 5)),
    }
}

impl Net {
    fn loss(&self, batch: u64) -> Tensor<1> {
        let hidden = activation::tanh(self.hidden.forward(tensor([4, 5], 100 + batch)));
        (self.out.forward(hidden) - tensor([4, 2], 200 + batch))
            .square()
            .mean()
    }

    fn values(&self) -> Vec<f32> {
        let matrices = [&self.hidden, &self.out].map(|layer| layer.weight.val().to_data());
        let biases = [&self.hidden, &self.out]
            .map(|layer| layer.bias.as_ref().map(|bias| bias.val().to_data()));
        let mut values: Vec<f32> = matrices
            .iter()
            .flat_map(|data| data.iter::<f32>())
            .collect();
        values.extend(biases.iter().flatten().flat_map(|data| data.iter::<f32>()));
        values.extend(self.unused.val().to_data().iter::<f32>());
        values
    }
}

fn step(optimizer: &mut BurnOptimizer, net: &mut Net, batch: u64) -> Result<StepReport, Error> {
    optimizer.step(net, net.loss(batch).backward())
}

/// An optimiser in place and one on tensors.
fn both(chain: impl Into<Chain>) -> [BurnOptimizer; 2] {
    let chain = chain.into();
    let new = || BurnOptimizer::new(chain.clone()).unwrap();
    [new(), new().with_tensor_path()]
}

fn close(a: &[f32], b: &[f32], tolerance: f32) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() <= tolerance, "{a} and {b}");
    }
}

#[test]
fn the_module_is_evaluated_at_the_mean_of_its_iterates() {
    for mut optimizer in both(Chain::from(momentum(0.05)).then(Polyak::new())) {
        let mut net = net();
        let mut iterates: Vec<Vec<f32>> = Vec::new();
        for batch in 0..6 {
            step(&mut optimizer, &mut net, batch).unwrap();
            iterates.push(net.values());
        }
        let mean: Vec<f32> = (0..iterates[0].len())
            .map(|k| iterates.iter().map(|x| x[k]).sum::<f32>() / 6.0)
            .collect();
        optimizer.swap_in("polyak", &mut net).unwrap();
        close(&net.values(), &mean, 1e-6);
        assert_ne!(net.values(), iterates[5]);
        optimizer.swap_out(&mut net).unwrap();
        assert_eq!(net.values(), iterates[5], "to the bit");
        assert_eq!(optimizer.copies(), 0);

        let evaluated = optimizer
            .at_average("polyak", &mut net, Net::values)
            .unwrap();
        close(&evaluated, &mean, 1e-6);
        assert_eq!(net.values(), iterates[5]);
        step(&mut optimizer, &mut net, 6).unwrap();
    }
}

#[test]
fn whichever_average_is_asked_for() {
    let chain = Chain::from(momentum(0.05))
        .then(Lookahead::new().lookahead_steps(2.0))
        .then(Ema::new().decay(0.5));
    let [mut in_place, mut on_tensors] = both(chain);
    let (mut a, mut b) = (net(), net());
    for batch in 0..5 {
        step(&mut in_place, &mut a, batch).unwrap();
        step(&mut on_tensors, &mut b, batch).unwrap();
    }
    let mut seen = vec![a.values()];
    for average in ["lookahead", "ema"] {
        let first = in_place.at_average(average, &mut a, Net::values).unwrap();
        let second = on_tensors.at_average(average, &mut b, Net::values).unwrap();
        close(&first, &second, 1e-6);
        let state = if average == "ema" { "ema" } else { "slow" };
        let weight = in_place.state("hidden.weight", state).unwrap();
        assert_eq!(&first[..weight.len()], &*weight);
        assert!(!seen.contains(&first));
        seen.push(first);
    }
}

#[test]
fn an_average_cannot_be_trained_nor_put_in_twice() {
    for mut optimizer in both(Chain::from(momentum(0.1)).then(Ema::new())) {
        let mut net = net();
        // Nothing has been trained yet, so nothing changes.
        optimizer.swap_in("ema", &mut net).unwrap();
        step(&mut optimizer, &mut net, 0).unwrap();
        let unknown = optimizer.swap_in("emma", &mut net).unwrap_err();
        assert!(
            unknown.to_string().contains("did you mean 'ema'"),
            "{unknown}"
        );
        optimizer.swap_in("ema", &mut net).unwrap();
        let averaged = net.values();
        let twice = optimizer.swap_in("ema", &mut net).unwrap_err();
        assert!(matches!(twice, Error::Averaged { .. }), "{twice}");
        let trained = step(&mut optimizer, &mut net, 0).unwrap_err();
        assert!(matches!(trained, Error::Averaged { .. }), "{trained}");
        assert_eq!(net.values(), averaged, "complete");
    }
}

#[test]
fn a_clone_kept_for_evaluation_is_left_alone() {
    let [mut optimizer, _] = both(Chain::from(momentum(0.1)).then(Ema::new().decay(0.5)));
    let mut net = net();
    step(&mut optimizer, &mut net, 0).unwrap();
    let before = net.values();
    optimizer.swap_in("ema", &mut net).unwrap();
    let kept = net.clone();
    let averaged = kept.values();
    optimizer.swap_out(&mut net).unwrap();
    assert_eq!(net.values(), before);
    assert_eq!(kept.values(), averaged);
}

#[test]
fn a_step_of_two_micro_batches_sees_their_mean() {
    for index in 0..2 {
        let mut optimizer = both(momentum(0.1)).into_iter().nth(index).unwrap();
        let mut accumulating = both(momentum(0.1))
            .into_iter()
            .nth(index)
            .unwrap()
            .with_accumulation(2)
            .unwrap();
        let (mut a, mut b) = (net(), net());
        for round in 0..3 {
            let (first, second) = (2 * round, 2 * round + 1);
            let loss = (a.loss(first) + a.loss(second)).div_scalar(2.0);
            optimizer.step(&mut a, loss.backward()).unwrap();
            let before = b.values();
            assert!(step(&mut accumulating, &mut b, first).unwrap().gathered);
            assert_eq!(b.values(), before);
            let report = step(&mut accumulating, &mut b, second).unwrap();
            assert!(!report.gathered);
            assert_eq!(report.step, round + 1);
        }
        close(&a.values(), &b.values(), 1e-6);
    }
    assert!(
        BurnOptimizer::new(momentum(0.1))
            .unwrap()
            .with_accumulation(0)
            .is_err()
    );
}

hyper! {
    /// Divides by the smallest loss seen so far.
    BySmallest {
        /// c, added to the loss
        offset: 1.0, Range::POSITIVE;
    }
}

impl Rule for BySmallest {
    const NAME: &'static str = "by_smallest_loss";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["1/(l + c)"];
    const MEASURE: Measure = Measure::GlobalNorm;
    const MEMORY: &'static [&'static str] = &["smallest"];
    const NEEDS_LOSS: bool = true;
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [1.0 / (step.memory[0] + step.value(&self.offset))]
    }

    #[inline(always)]
    fn apply<T: Real>([c]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *c * g
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        memory[0] = memory[0].min(step.loss);
    }

    fn initial_memory(&self, _number: usize) -> f64 {
        f64::INFINITY
    }
}

#[test]
fn a_method_gets_the_loss_and_remembers_it() {
    let chain = Chain::from(BySmallest::new()).then(LearningRate::new().lr(0.1));
    for mut optimizer in both(chain) {
        let mut net = net();
        let missing = step(&mut optimizer, &mut net, 0).unwrap_err();
        assert!(matches!(missing, Error::NoLoss { .. }), "{missing}");
        let mut smallest = f64::INFINITY;
        for batch in 0..4 {
            let loss = net.loss(batch);
            let value = f64::from(loss.clone().into_scalar::<f32>());
            smallest = smallest.min(value);
            optimizer.set_loss(value);
            optimizer.step(&mut net, loss.backward()).unwrap();
            assert_eq!(
                optimizer.remembered("out.weight", "smallest"),
                Some(smallest)
            );
        }
        // It holds for one step.
        assert!(step(&mut optimizer, &mut net, 0).is_err());
    }
}

#[test]
fn an_average_made_on_one_path_is_the_same_on_the_other() {
    let chain = Chain::from((
        Adam::new(),
        (LearningRate::new().lr(1e-2), Ema::new().decay(0.9)),
    ));
    let [mut in_place, mut on_tensors] = both(chain);
    let mut net = net();
    for batch in 0..4 {
        step(&mut in_place, &mut net, batch).unwrap();
    }
    on_tensors
        .from_bytes(&in_place.to_bytes().unwrap())
        .unwrap();
    let first = in_place.at_average("ema", &mut net, Net::values).unwrap();
    let second = on_tensors.at_average("ema", &mut net, Net::values).unwrap();
    assert_eq!(first, second);
}

#[test]
fn states_in_eight_bits_are_for_flex() {
    let mut large = Linear {
        weight: Param::from_tensor(tensor([64, 128], 1)),
        bias: None,
    };
    let gradients = |layer: &Linear| layer.forward(tensor([2, 64], 2)).square().mean().backward();
    let mut small = BurnOptimizer::new(momentum(0.1))
        .unwrap()
        .with_states(Format::Eight)
        .with_seed(5);
    let first = gradients(&large);
    small.step(&mut large, first).unwrap();
    let exact = BurnOptimizer::new(momentum(0.1)).unwrap();
    let (small, exact) = (small.to_bytes().unwrap(), {
        let (mut exact, again) = (exact, gradients(&large));
        exact.step(&mut large, again).unwrap();
        exact.to_bytes().unwrap()
    });
    assert!(
        3 * small.len() < exact.len(),
        "{} and {}",
        small.len(),
        exact.len()
    );

    let mut on_tensors = BurnOptimizer::new(momentum(0.1))
        .unwrap()
        .with_states(Format::Eight)
        .with_tensor_path();
    let gradients = gradients(&large);
    let error = on_tensors.step(&mut large, gradients).unwrap_err();
    assert!(matches!(error, Error::Device { .. }), "{error}");
}
