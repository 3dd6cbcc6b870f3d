//! Networks and losses: initial values, gradients against finite differences.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use ravine_nets::loss::{cross_entropy, cross_entropy_of_rows, mean_squared, mean_squared_of_rows};
use ravine_nets::model::{Activation, Init, ModelSpec, Network, models};

fn device() -> Device {
    Device::flex().autodiff()
}

/// Every weight and bias of a network, with its shape.
#[derive(Default)]
struct Values {
    path: Vec<String>,
    all: Vec<(String, Vec<usize>, Vec<f32>)>,
}

impl ModuleVisitor for Values {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }
    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let data = param.val().into_data();
        let shape = data.shape().to_vec();
        self.all
            .push((self.path.join("."), shape, data.iter().collect()));
    }
}

fn values(network: &Network) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let mut visitor = Values::default();
    network.visit(&mut visitor);
    visitor.all
}

struct GradientsOf(Gradients, Vec<Vec<f32>>);

impl ModuleVisitor for GradientsOf {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = param.val().grad(&self.0).unwrap();
        self.1.push(gradient.into_data().iter().collect());
    }
}

/// Adds to one coordinate of one parameter.
struct Nudge {
    parameter: usize,
    coordinate: usize,
    by: f32,
}

impl ModuleMapper for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let hit = self.parameter == 0;
        self.parameter = self.parameter.wrapping_sub(1);
        if !hit {
            return param;
        }
        param.map(|tensor| {
            let data = tensor.to_data();
            let shape = tensor.dims();
            let mut values: Vec<f32> = data.iter().collect();
            values[self.coordinate] += self.by;
            Tensor::from_data(TensorData::new(values, shape), &tensor.device()).require_grad()
        })
    }
}

fn inputs(rows: usize, columns: usize) -> Vec<f32> {
    (0..rows * columns)
        .map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0)
        .collect()
}

fn check_gradient(spec: &str, outputs: usize, loss: impl Fn(Tensor<2>) -> (Tensor<1>, f64)) {
    let spec: ModelSpec = spec.parse().unwrap();
    let network = Network::new(&spec, 4, outputs, 1, &device());
    let x = Tensor::<2>::from_data(TensorData::new(inputs(6, 4), [6, 4]), &device());
    let evaluate = |network: &Network| loss(network.forward(x.clone()));
    let (tensor, value) = evaluate(&network);
    let difference = f64::from(tensor.clone().into_scalar::<f32>()) - value;
    assert!(difference.abs() < 1e-6, "{spec}: {difference}");
    let mut gradients = GradientsOf(tensor.backward(), Vec::new());
    network.visit(&mut gradients);
    let mut largest: f64 = 0.0;
    for (parameter, gradient) in gradients.1.iter().enumerate() {
        for (coordinate, slope) in gradient.iter().enumerate() {
            let at = |by: f32| {
                let nudge = &mut Nudge {
                    parameter,
                    coordinate,
                    by,
                };
                evaluate(&network.clone().map(nudge)).1
            };
            let step = 1e-2;
            let differences = [at(step) - at(-step), at(2.0 * step) - at(-2.0 * step)];
            // Fourth order, so that the step can be large enough for f32.
            let expected = (8.0 * differences[0] - differences[1]) / (12.0 * f64::from(step));
            let error = (f64::from(*slope) - expected).abs();
            assert!(
                error < 2e-4,
                "{spec}: {parameter}/{coordinate}: {slope}, not {expected}"
            );
            largest = largest.max(expected.abs());
        }
    }
    assert!(largest > 0.05);
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let labels = [0, 2, 1, 1, 0, 2];
    let classes = |outputs: Tensor<2>| {
        let rows: Vec<f32> = outputs.to_data().iter().collect();
        let (sum, _) = cross_entropy_of_rows(&rows, &labels, 3);
        (cross_entropy(outputs, &labels), sum / 6.0)
    };
    // relu has a kink, at which differences mean nothing: it has a test of its own, below.
    for activation in ["tanh", "gelu", "sigmoid"] {
        check_gradient(
            &format!("mlp widths=5,3 activation={activation}"),
            3,
            classes,
        );
    }
    check_gradient("softmax", 3, classes);

    let targets = vec![0.5, -1.0, 2.0, 0.0, 1.5, -0.5];
    let values = |outputs: Tensor<2>| {
        let rows: Vec<f32> = outputs.to_data().iter().collect();
        let sum = mean_squared_of_rows(&rows, &targets);
        (mean_squared(outputs, targets.clone()), sum / 6.0)
    };
    check_gradient("mlp widths=5,3 activation=tanh", 1, values);
    check_gradient("softmax", 1, values);
}

#[test]
fn activations_are_their_formulas() {
    let x = [-3.0f32, -0.7, 0.0, 0.2, 2.5];
    let erf = |x: f64| {
        // Abramowitz and Stegun 7.1.5, the series at zero.
        let mut term = x;
        let mut sum = x;
        for n in 1..60 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        sum * 2.0 / std::f64::consts::PI.sqrt()
    };
    let formula = |activation, x: f64| match activation {
        Activation::Relu => x.max(0.0),
        Activation::Tanh => x.tanh(),
        Activation::Gelu => x * 0.5 * (1.0 + erf(x / 2f64.sqrt())),
        _ => 1.0 / (1.0 + (-x).exp()),
    };
    for activation in Activation::ALL {
        let tensor = Tensor::<1>::from_data(x, &device()).require_grad();
        let y = activation.apply(tensor.clone());
        let slopes = tensor.grad(&y.clone().sum().backward()).unwrap();
        let slopes: Vec<f32> = slopes.into_data().iter().collect();
        let y: Vec<f32> = y.into_data().iter().collect();
        for ((x, y), slope) in x.iter().zip(y).zip(slopes) {
            let at = |by: f64| formula(activation, f64::from(*x) + by);
            let error = (f64::from(y) - at(0.0)).abs();
            assert!(error < 1e-6, "{activation}({x}) = {y}, not {}", at(0.0));
            let expected = (at(1e-4) - at(-1e-4)) / 2e-4;
            // relu has none at zero; it is taken to be 0.
            let expected = if activation == Activation::Relu && *x == 0.0 {
                0.0
            } else {
                expected
            };
            let error = (f64::from(slope) - expected).abs();
            assert!(error < 1e-6, "{activation}'({x}) = {slope}, not {expected}");
        }
    }
}

#[test]
fn cross_entropy_is_the_same_fused_and_composed() {
    let labels: Vec<u32> = (0..32).map(|i| i * 7 % 10).collect();
    let data = || TensorData::new(inputs(32, 10).iter().map(|x| x * 8.0).collect(), [32, 10]);
    let gradient = |device: &Device| {
        let logits = Tensor::<2>::from_data(data(), device).require_grad();
        // The loss is not the end of the graph, so that the outer gradient is not 1.
        let loss = cross_entropy(logits.clone(), &labels) * 3.0;
        let gradient = logits.grad(&loss.backward()).unwrap();
        (
            loss.into_scalar::<f32>(),
            gradient.into_data().iter().collect::<Vec<f32>>(),
        )
    };
    let fused = gradient(&device());
    let composed = gradient(&device().gradient_checkpointing());
    let plain = cross_entropy(Tensor::from_data(data(), &Device::flex()), &labels);
    assert!((fused.0 - composed.0).abs() < 1e-5);
    assert!((fused.0 - 3.0 * plain.into_scalar::<f32>()).abs() < 1e-5);
    for (a, b) in fused.1.iter().zip(composed.1) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

#[test]
fn cross_entropy_survives_large_logits() {
    let loss = |logits: [[f32; 2]; 1], label| {
        let tensor = Tensor::<2>::from_data(logits, &device()).require_grad();
        let loss = cross_entropy(tensor.clone(), &[label]);
        let gradient = tensor.grad(&loss.backward()).unwrap();
        (
            loss.into_scalar::<f32>(),
            gradient.into_data().iter().collect::<Vec<f32>>(),
        )
    };
    assert_eq!(loss([[1e30, 0.0]], 0), (0.0, vec![0.0, 0.0]));
    assert_eq!(loss([[1e30, 0.0]], 1), (1e30, vec![1.0, -1.0]));
    assert!(loss([[f32::NAN, 0.0]], 1).0.is_nan());
    assert!(loss([[f32::INFINITY, 0.0]], 1).0.is_nan());
    let (sum, correct) = cross_entropy_of_rows(&[1e30, 0.0, 3.0, 4.0], &[1, 1], 2);
    assert_eq!((sum as f32, correct), (1e30, 1));
    let (sum, correct) = cross_entropy_of_rows(&[f32::NAN, 9.0], &[1], 2);
    assert!(sum.is_nan() && correct == 0);
}

#[test]
fn parameters_are_named_shaped_and_drawn_by_their_fans() {
    for init in Init::ALL {
        let spec: ModelSpec = format!("mlp widths=300,200 init={init}").parse().unwrap();
        let network = Network::new(&spec, 100, 10, 5, &device());
        let all = values(&network);
        let names: Vec<&str> = all.iter().map(|(name, _, _)| name.as_str()).collect();
        assert_eq!(
            names[..3],
            ["layers.0.weight", "layers.0.bias", "layers.1.weight"]
        );
        assert_eq!(
            all.iter().map(|(_, _, v)| v.len()).sum::<usize>(),
            spec.parameters(100, 10)
        );
        for (name, shape, values) in all {
            if shape.len() == 1 {
                assert!(values.iter().all(|value| *value == 0.0));
                continue;
            }
            let (fan_in, fan_out) = (shape[0] as f64, shape[1] as f64);
            let expected = match init {
                Init::HeUniform | Init::HeNormal => 2.0 / fan_in,
                Init::XavierUniform | Init::XavierNormal => 2.0 / (fan_in + fan_out),
                _ => 1.0 / fan_in,
            };
            let n = values.len() as f64;
            let moment = |k: i32| values.iter().map(|v| f64::from(*v).powi(k)).sum::<f64>() / n;
            let (mean, variance) = (moment(1), moment(2));
            assert!(
                mean.abs() < 4.0 * (expected / n).sqrt(),
                "{init} {name} {mean}"
            );
            // The variance of a square is 2σ⁴ for the normal and 0.8σ⁴ for the uniform distribution.
            let band = 4.0 * expected * (2.0 / n).sqrt();
            assert!(
                (variance - expected).abs() < band,
                "{init} {name} {variance} {expected}"
            );
            let kurtosis = moment(4) / (variance * variance);
            let largest = values.iter().fold(0.0f64, |a, b| a.max(f64::from(b.abs())));
            if init.name().ends_with("uniform") {
                assert!(
                    largest <= (3.0 * expected).sqrt() * (1.0 + 1e-6),
                    "{init} {largest}"
                );
                assert!((kurtosis - 1.8).abs() < 0.2, "{init} {name} {kurtosis}");
            } else {
                assert!(largest > 2.5 * expected.sqrt());
                assert!((kurtosis - 3.0).abs() < 0.8, "{init} {name} {kurtosis}");
            }
        }
    }
}

#[test]
fn the_seed_sets_the_initial_values() {
    let spec = ModelSpec::default();
    let draw = |seed| values(&Network::new(&spec, 8, 3, seed, &device()));
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    // Without autodiff they are the same.
    assert_eq!(
        draw(1),
        values(&Network::new(&spec, 8, 3, 1, &Device::flex()))
    );
}

#[test]
fn models_are_listed_with_settings_that_can_be_set() {
    let models = models();
    assert_eq!(models.len(), 2);
    assert_eq!(models[0].name, ModelSpec::default().name());
    for model in models {
        let mut spec = ModelSpec::named(model.name).unwrap();
        let before = spec.clone();
        for setting in &model.settings {
            spec.set(setting.name, &setting.default).unwrap();
            if setting.name != "widths" {
                for value in setting.values.split(", ") {
                    spec.clone().set(setting.name, value).unwrap();
                }
            }
        }
        assert_eq!(spec, before);
    }
}
