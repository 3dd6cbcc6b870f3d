//! The optimiser on modules: both paths, names, copies, frozen and tied parameters, saving.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData, activation};
use ravine::{Chain, Group, NonFinite, Schedule, catalogue};
use ravine_burn::{BurnOptimizer, GradientSource};

#[derive(Module, Debug)]
struct Net {
    hidden: Vec<Linear>,
    out: Linear,
    scale: Param<Tensor<1>>,
    unused: Param<Tensor<3>>,
}

fn device() -> Device {
    Device::flex().autodiff()
}

/// Fixed numbers between −1 and 1.
fn numbers(count: usize, seed: u64) -> Vec<f32> {
    (0..count as u64)
        .map(|i| {
            let mixed = (i + 1 + 1000 * seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            mixed as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

fn tensor<const D: usize>(shape: [usize; D], seed: u64) -> Tensor<D> {
    let data = TensorData::new(numbers(shape.iter().product(), seed), shape);
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
        hidden: vec![linear(5, 7, 1), linear(7, 6, 3)],
        out: linear(6, 2, 5),
        scale: Param::from_tensor(tensor([2], 7)),
        unused: Param::from_tensor(tensor([2, 2, 2], 8)),
    }
}

impl Net {
    fn loss(&self, step: u64) -> Tensor<1> {
        let mut x = tensor([4, 5], 100 + step);
        for layer in &self.hidden {
            x = activation::tanh(layer.forward(x));
        }
        let y = self.out.forward(x) * self.scale.val().unsqueeze();
        (y - tensor([4, 2], 200 + step)).square().mean()
    }
}

fn values<const D: usize>(param: &Param<Tensor<D>>) -> Vec<f32> {
    param.val().to_data().iter::<f32>().collect()
}

fn all_values(net: &Net) -> Vec<Vec<f32>> {
    let mut all = Vec::new();
    for layer in net.hidden.iter().chain([&net.out]) {
        all.push(values(&layer.weight));
        all.extend(layer.bias.as_ref().map(values));
    }
    all.push(values(&net.scale));
    all.push(values(&net.unused));
    all
}

fn run(optimizer: &mut BurnOptimizer, net: &mut Net, steps: std::ops::Range<u64>) {
    for step in steps {
        let loss = net.loss(step);
        optimizer.set_loss(loss.clone().into_scalar::<f32>().into());
        let report = optimizer.step(net, loss.backward()).unwrap();
        assert_eq!(report.step, step + 1);
    }
}

fn adam() -> Chain {
    ravine::adamw(Schedule::cosine(1e-2, 1e-3, 20).unwrap()).into()
}

#[test]
fn both_paths_agree_for_every_recipe() {
    for recipe in catalogue::all().iter().filter(|r| !r.needs_hessian()) {
        let lr = recipe.usual_learning_rate.to_string();
        let mut settings = vec![vec![("lr", lr.as_str())]];
        let chain = recipe.chain(&settings[0]).unwrap();
        if chain.get("weight_decay").is_some() {
            settings.push(vec![("lr", lr.as_str()), ("weight_decay", "0.05")]);
        }
        for settings in settings {
            let optimizer = || BurnOptimizer::new(recipe.chain(&settings).unwrap()).unwrap();
            let (mut in_place, mut on_tensors) = (optimizer(), optimizer().with_tensor_path());
            let (mut a, mut b) = (net(), net());
            for step in 0..20 {
                let losses = (a.loss(step), b.loss(step));
                in_place.set_loss(losses.0.clone().into_scalar::<f32>().into());
                on_tensors.set_loss(losses.1.clone().into_scalar::<f32>().into());
                let gradients = (losses.0.backward(), losses.1.backward());
                let first = in_place.step(&mut a, gradients.0).unwrap();
                let second = on_tensors.step(&mut b, gradients.1).unwrap();
                assert_eq!(first.learning_rate, second.learning_rate);
                let (first, second) = (first.update_norm, second.update_norm);
                // Mechanic does not move in its first step. Step sizes that come from losses, distances and gradients pass their
                // rounding on to the network, and so to the next.
                let searches = recipe.family == "learning-rate-free";
                let tolerance = if searches { 1e-3 } else { 1e-4 };
                let close = (first - second).abs() <= tolerance * second;
                assert!(close, "{} {first} {second}", recipe.name);
            }
            // A few of f32's last places, of a number of any size. Newton–Schulz makes more of them at every step: a small
            // singular value's error grows by up to 3.4445⁵ = 485. The golden values of these methods have the same bound in f32.
            // Estimates of a distance begin with displacements of few digits, and the step grows with them.
            let bound = match recipe.family {
                "matrix" | "learning-rate-free" => 1e-4,
                _ => 1e-6,
            };
            for (a, b) in all_values(&a).iter().zip(all_values(&b)) {
                for (a, b) in a.iter().zip(b) {
                    assert!(
                        (a - b).abs() < bound * a.abs().max(1.0),
                        "{} {settings:?}: {a} {b}",
                        recipe.name
                    );
                }
            }
            assert_ne!(all_values(&a)[..7], all_values(&net())[..7]);
        }
    }
}

#[test]
fn no_tensor_is_copied_on_flex() {
    for recipe in catalogue::all().iter().filter(|r| !r.needs_hessian()) {
        let mut optimizer = BurnOptimizer::new(recipe.chain(&[]).unwrap()).unwrap();
        let mut net = net();
        run(&mut optimizer, &mut net, 0..20);
        assert_eq!(optimizer.copies(), 0, "{}", recipe.name);
    }
}

#[test]
fn the_memory_of_the_parameters_stays_where_it_is() {
    let address = |net: &Net| {
        let weight = net.out.weight.val().inner();
        let flex = weight.try_into_primitive::<burn::backend::Flex>().unwrap();
        flex.bytes().as_ptr().addr()
    };
    let mut net = net();
    let before = address(&net);
    run(&mut BurnOptimizer::new(adam()).unwrap(), &mut net, 0..3);
    assert_eq!(address(&net), before);
}

#[test]
fn a_clone_keeps_its_values_and_costs_one_copy_of_each_tensor() {
    let mut optimizer = BurnOptimizer::new(adam()).unwrap();
    let mut moving = net();
    let kept = moving.clone();
    run(&mut optimizer, &mut moving, 0..2);
    assert_eq!(all_values(&kept), all_values(&net()));
    assert_ne!(all_values(&moving)[0], all_values(&net())[0]);
    assert_eq!(optimizer.copies(), 8);
}

#[test]
fn a_parameter_that_is_not_contiguous_is_copied_once() {
    let transposed = || Linear {
        weight: Param::from_tensor(tensor([3, 4], 1).transpose()),
        bias: None,
    };
    let mut layer = transposed();
    let mut optimizer = BurnOptimizer::new(ravine::sgd(0.1)).unwrap();
    for _ in 0..3 {
        let loss = layer.forward(tensor([2, 4], 2)).square().mean();
        optimizer.step(&mut layer, loss.backward()).unwrap();
    }
    assert_eq!(optimizer.copies(), 1);
    let mut other = transposed();
    let mut optimizer = BurnOptimizer::new(ravine::sgd(0.1))
        .unwrap()
        .with_tensor_path();
    for _ in 0..3 {
        let loss = other.forward(tensor([2, 4], 2)).square().mean();
        optimizer.step(&mut other, loss.backward()).unwrap();
    }
    for (a, b) in values(&layer.weight).iter().zip(values(&other.weight)) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn names_are_paths_and_groups_select_by_them() {
    for tensors in [false, true] {
        let mut optimizer = BurnOptimizer::new(adam())
            .unwrap()
            .with_group(Group::matching("*.bias").freeze())
            .unwrap();
        if tensors {
            optimizer = optimizer.with_tensor_path();
        }
        let mut net = net();
        let before = all_values(&net);
        run(&mut optimizer, &mut net, 0..2);
        assert_eq!(
            optimizer.names(),
            [
                "hidden.0.weight",
                "hidden.0.bias",
                "hidden.1.weight",
                "hidden.1.bias",
                "out.weight",
                "out.bias",
                "scale",
                "unused"
            ]
        );
        let after = all_values(&net);
        let moved: Vec<bool> = (0..8).map(|i| after[i] != before[i]).collect();
        assert_eq!(moved, [true, false, true, false, true, false, true, false]);
        assert_eq!(optimizer.state("out.weight", "exp_avg").unwrap().len(), 12);
        assert!(optimizer.state("out.bias", "exp_avg").is_none());
    }
}

#[test]
fn a_parameter_without_a_gradient_stays_and_has_no_state() {
    let mut optimizer = BurnOptimizer::new(adam()).unwrap();
    let mut net = net();
    run(&mut optimizer, &mut net, 0..3);
    assert_eq!(values(&net.unused), numbers(8, 8));
    assert!(optimizer.state("unused", "exp_avg").is_none());
    assert!(net.unused.is_require_grad());
}

#[test]
fn frozen_parameters_are_left_alone_and_can_be_thawed() {
    let mut net = net();
    net.out = net.out.no_grad();
    let before = values(&net.out.weight);
    let mut optimizer = BurnOptimizer::new(adam()).unwrap();
    run(&mut optimizer, &mut net, 0..2);
    assert_eq!(values(&net.out.weight), before);
    assert!(!net.out.weight.is_require_grad());
    assert!(!optimizer.names().iter().any(|name| name.starts_with("out")));
    net.out.weight = net.out.weight.set_require_grad(true);
    run(&mut optimizer, &mut net, 2..3);
    assert_ne!(values(&net.out.weight), before);
    assert!(optimizer.names().contains(&"out.weight".to_owned()));
}

#[test]
fn tied_weights_are_one_parameter_and_stay_tied() {
    #[derive(Module, Debug)]
    struct Tied {
        first: Linear,
        second: Linear,
    }
    let first = LinearConfig::new(4, 4).with_bias(false).init(&device());
    let mut tied = Tied {
        second: first.clone(),
        first,
    };
    let start = values(&tied.first.weight);
    let mut optimizer = BurnOptimizer::new(ravine::sgd(0.1)).unwrap();
    let x = tensor([3, 4], 9);
    for _ in 0..3 {
        let loss = tied.second.forward(tied.first.forward(x.clone()));
        optimizer
            .step(&mut tied, loss.square().mean().backward())
            .unwrap();
    }
    assert_eq!(optimizer.names(), ["first.weight"]);
    assert_eq!(optimizer.copies(), 0);
    assert_eq!(values(&tied.first.weight), values(&tied.second.weight));

    let mut weight = Tensor::<2>::from_data(TensorData::new(start, [4, 4]), &device());
    for _ in 0..3 {
        weight = weight.detach().require_grad();
        let loss = x.clone().matmul(weight.clone()).matmul(weight.clone());
        let gradient = weight.grad(&loss.square().mean().backward()).unwrap();
        weight = weight.inner() - gradient.mul_scalar(0.1);
        weight = Tensor::from_inner(weight);
    }
    let expected: Vec<f32> = weight.to_data().iter().collect();
    for (a, b) in values(&tied.first.weight).iter().zip(expected) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn saved_and_loaded_it_continues_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("optimizer.safetensors");
    for tensors in [false, true] {
        let new = || {
            let optimizer = BurnOptimizer::new(adam()).unwrap();
            if tensors {
                optimizer.with_tensor_path()
            } else {
                optimizer
            }
        };
        let (mut whole, mut net) = (new(), net());
        run(&mut whole, &mut net, 0..5);
        whole.save(&file).unwrap();
        let mut continued = new();
        continued.load(&file).unwrap();
        let mut other = net.clone();
        run(&mut whole, &mut net, 5..10);
        run(&mut continued, &mut other, 5..10);
        assert_eq!(all_values(&net), all_values(&other));
        assert_eq!(whole.to_bytes().unwrap(), continued.to_bytes().unwrap());
    }
}

#[test]
fn a_state_saved_on_one_path_continues_on_the_other() {
    let (mut in_place, mut net) = (BurnOptimizer::new(adam()).unwrap(), net());
    run(&mut in_place, &mut net, 0..5);
    let mut on_tensors = BurnOptimizer::new(adam()).unwrap().with_tensor_path();
    on_tensors
        .from_bytes(&in_place.to_bytes().unwrap())
        .unwrap();
    let mut other = net.clone();
    run(&mut in_place, &mut net, 5..10);
    run(&mut on_tensors, &mut other, 5..10);
    for (a, b) in all_values(&net)
        .concat()
        .iter()
        .zip(all_values(&other).concat())
    {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn an_error_leaves_the_module_complete() {
    let infinite = |net: &Net| {
        let mut gradients = net.loss(0).backward();
        let bad = Tensor::<2>::full([6, 2], f32::INFINITY, &Device::flex());
        net.out.weight.val().grad_replace(&mut gradients, bad);
        gradients
    };
    for tensors in [false, true] {
        let mut optimizer = BurnOptimizer::new(adam()).unwrap();
        if tensors {
            optimizer = optimizer.with_tensor_path();
        }
        let mut stopped = net();
        let gradients = infinite(&stopped);
        let error = optimizer.step(&mut stopped, gradients).unwrap_err();
        assert!(error.to_string().contains("out.weight"), "{error}");
        assert_eq!(values(&stopped.out.weight), values(&net().out.weight));
        run(&mut BurnOptimizer::new(adam()).unwrap(), &mut stopped, 0..1);

        let mut skipping = BurnOptimizer::new(adam())
            .unwrap()
            .with_non_finite(NonFinite::Skip);
        let mut skipped = net();
        let gradients = infinite(&skipped);
        assert!(skipping.step(&mut skipped, gradients).unwrap().skipped);
        assert_eq!(all_values(&skipped), all_values(&net()));
    }
}

#[test]
fn parameters_of_another_type_are_an_error_with_the_name() {
    let data = TensorData::new(vec![1.0f64, 2.0], [2, 1]);
    let weight = Tensor::<2>::from_data(data, (&device(), burn::tensor::DType::F64));
    let mut layer = Linear {
        weight: Param::from_tensor(weight),
        bias: None,
    };
    let input = Tensor::<2>::from_data(
        TensorData::new(vec![1.0f64, 1.0], [1, 2]),
        (&device(), burn::tensor::DType::F64),
    );
    let mut optimizer = BurnOptimizer::new(ravine::sgd(0.1)).unwrap();
    let gradients = layer.forward(input).sum().backward();
    let error = optimizer
        .step(&mut layer, gradients)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("'weight'") && error.contains("F64"),
        "{error}"
    );
    assert_eq!(
        layer
            .weight
            .val()
            .to_data()
            .iter::<f64>()
            .collect::<Vec<_>>(),
        [1.0, 2.0]
    );
}

#[test]
fn gradients_may_come_from_elsewhere() {
    /// The gradient of each parameter is the parameter itself.
    struct Decay;
    impl GradientSource for Decay {
        fn take<const D: usize>(
            &mut self,
            _id: burn::module::ParamId,
            parameter: &Tensor<D>,
        ) -> Option<Tensor<D>> {
            Some(parameter.clone().inner())
        }
    }
    let mut net = net();
    let before = all_values(&net).concat();
    BurnOptimizer::new(ravine::sgd(0.5))
        .unwrap()
        .step(&mut net, Decay)
        .unwrap();
    for (after, before) in all_values(&net).concat().iter().zip(before) {
        assert_eq!(*after, before * 0.5);
    }
}

#[test]
fn gradient_checkpointing_is_kept() {
    let device = device().gradient_checkpointing();
    let mut layer = LinearConfig::new(3, 2).init(&device);
    let mut optimizer = BurnOptimizer::new(adam()).unwrap();
    let x = Tensor::<2>::ones([4, 3], &device);
    for _ in 0..2 {
        let loss = activation::gelu(layer.forward(x.clone())).square().mean();
        optimizer.step(&mut layer, loss.backward()).unwrap();
    }
    assert_eq!(layer.weight.val().device(), device);
}

#[cfg(feature = "optim")]
#[test]
fn gradients_of_burn_optim_are_the_same_gradients() {
    use burn::optim::GradientsParams;
    let (mut a, mut b) = (net(), net());
    let optimizer = || BurnOptimizer::new(adam()).unwrap();
    let gradients = GradientsParams::from_grads(a.loss(0).backward(), &a);
    optimizer().step(&mut a, gradients).unwrap();
    run(&mut optimizer(), &mut b, 0..1);
    assert_eq!(all_values(&a), all_values(&b));
}
