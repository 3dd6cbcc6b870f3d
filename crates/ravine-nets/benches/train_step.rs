//! The time of one training step, alone and with as many trainings side by side as there are cores.
//!
//! `cargo bench -p ravine-nets --bench train_step`, with `-- parts` or `-- whole` for one of the two.

use std::ops::ControlFlow;
use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use ravine_burn::BurnOptimizer;
use ravine_nets::data::{Fractions, PartTargets, digits};
use ravine_nets::loss::cross_entropy;
use ravine_nets::model::{ModelSpec, Network};
use ravine_nets::train::{TrainingConfig, train};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STEPS: u32 = 5000;
const BATCH: usize = 64;

fn main() {
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    if !asked("whole") {
        parts();
    }
    if !asked("parts") {
        whole();
    }
}

/// Where the time of a step goes.
fn parts() {
    let split = digits().split(Fractions::default(), 0).unwrap();
    let PartTargets::Classes(labels) = &split.train.targets else {
        return;
    };
    let inputs = split.train.inputs[..BATCH * 64].to_vec();
    let labels = &labels[..BATCH];
    let plain = Device::flex();
    println!("microseconds of a step on digits, batch {BATCH}");
    println!("model                 optimizer  forward  loss  backward  step  total");
    for model in ["softmax", "mlp widths=64,32", "mlp widths=256,256"] {
        let spec: ModelSpec = model.parse().unwrap();
        for (name, chain) in [
            ("sgd", ravine::Chain::from(ravine::sgd(0.01))),
            ("adamw", ravine::Chain::from(ravine::adamw(0.001))),
        ] {
            let mut network = Network::new(&spec, 64, 10, 0, &plain.clone().autodiff());
            let mut optimizer = BurnOptimizer::new(chain).unwrap();
            let mut spent = [0.0; 4];
            for step in 0..STEPS + STEPS / 10 {
                if step == STEPS / 10 {
                    spent = [0.0; 4];
                }
                let mut before = Instant::now();
                let mut lap = |index: usize| {
                    let now = Instant::now();
                    spent[index] += (now - before).as_secs_f64() * 1e6 / f64::from(STEPS);
                    before = now;
                };
                let data = TensorData::new(inputs.clone(), [BATCH, 64]);
                let outputs = network.forward(Tensor::from_data(data, &plain));
                lap(0);
                let loss = cross_entropy(outputs, labels);
                lap(1);
                let gradients = loss.backward();
                lap(2);
                optimizer.step(&mut network, gradients).unwrap();
                lap(3);
            }
            let [forward, loss, backward, step] = spent;
            let total: f64 = spent.iter().sum();
            println!(
                "{model:20}  {name:9}  {forward:7.1}  {loss:4.1}  {backward:8.1}  {step:4.1}  {total:5.1}"
            );
        }
    }
}

/// Whole trainings, evaluations and all.
fn whole() {
    let split = digits().split(Fractions::default(), 0).unwrap();
    let config = TrainingConfig::default();
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    println!(
        "\nmicroseconds per step of whole trainings ({} epochs) with adamw, side by side",
        config.epochs
    );
    for threads in [1, cores] {
        let begin = Instant::now();
        let steps: u64 = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        let mut steps = 0;
                        for _ in 0..5 {
                            let outcome = train(&config, &split, ravine::adamw(1e-3), &mut |_| {
                                ControlFlow::Continue(())
                            });
                            steps += outcome.unwrap().steps;
                        }
                        steps
                    })
                })
                .collect();
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap())
                .sum()
        });
        let each = begin.elapsed().as_secs_f64() * 1e6 * threads as f64 / steps as f64;
        println!("{threads:3} threads  {each:5.1}");
    }
}
