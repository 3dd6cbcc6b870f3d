//! What several tests share: chains to try, networks with made-up gradients, and a tensor type as naive as can be.
#![allow(dead_code)]

use ravine::average::Ema;
use ravine::program::{Binary, Unary};
use ravine::rule::{
    Adagrad, Adam, AmsGrad, CenteredRmsProp, ClipGlobalNorm, ClipNorm, ClipValue, LearningRate,
    Lion, Momentum, Nesterov, RmsProp, WeightDecay,
};
use ravine::tensor::{Algebra, TensorOptimizer, TensorParameter};
use ravine::{Chain, Optimizer, Parameter, Real, Scalar, Schedule, catalogue};

/// How many kinds of link [`then`] knows.
pub const LINKS: usize = 13;

/// Puts a link of kind `which` behind `chain`, with settings that make it matter.
pub fn then(chain: Chain, which: usize) -> Chain {
    let schedule = Schedule::cosine(0.1, 0.01, 20).unwrap();
    match which {
        0 => chain.then(ClipValue::new().clip_value(0.3)),
        1 => chain.then(ClipNorm::new().clip_norm(0.5)),
        2 => chain.then(ClipGlobalNorm::new().clip_global_norm(0.7)),
        3 => chain.then(WeightDecay::new().weight_decay(0.1)),
        4 => chain.then(Momentum::new().dampening(0.2)),
        5 => chain.then(Nesterov::new()),
        6 => chain.then(Adagrad::new().initial_accumulator_value(0.1)),
        7 => chain.then(RmsProp::new().alpha(0.9)),
        8 => chain.then(CenteredRmsProp::new().alpha(0.9).eps(1e-2)),
        9 => chain.then(Adam::new()),
        10 => chain.then(AmsGrad::new().beta2(0.9)),
        11 => chain.then(Lion::new()),
        _ => chain.then(LearningRate::new().lr(schedule)),
    }
}

/// A chain of these kinds of link, with an average of the parameters at its end.
pub fn chain_of(kinds: &[usize]) -> Chain {
    kinds
        .iter()
        .fold(Chain::default(), |chain, &kind| then(chain, kind))
        .then(Ema::new().decay(0.9))
}

/// Every recipe at its defaults, and with each of its forms and options in use.
pub fn recipes() -> Vec<(String, Chain)> {
    let mut chains = Vec::new();
    for recipe in catalogue::all() {
        let mut settings = vec![
            vec![],
            vec![
                ("clip_norm", "0.5"),
                ("clip_value", "0.4"),
                ("weight_decay", "0.1"),
            ],
        ];
        let all = recipe.settings();
        for setting in &all {
            // A choice shows its words, the first of which is its default.
            for word in setting.range.split(" | ").skip(1) {
                settings.push(vec![(setting.name, word)]);
            }
            match setting.name {
                "epsilon" => settings.push(vec![("epsilon", "inside"), ("eps", "0.01")]),
                "form" => settings.push(vec![("clip_global_norm", "0.2")]),
                "momentum" => settings.push(vec![("momentum", "0.5")]),
                _ => {}
            }
        }
        for mut setting in settings {
            setting.retain(|(name, _)| all.iter().any(|known| known.name == *name));
            chains.push((
                format!("{} {setting:?}", recipe.name),
                recipe.chain(&setting).unwrap(),
            ));
        }
    }
    chains
}

/// Numbers in [−1, 1) from a counter.
pub fn numbers<T: Scalar>(seed: u64, len: usize) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        T::from_f64((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)
    };
    (0..len).map(next).collect()
}

/// Named parameters whose gradients are made up from the step and the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<T> {
    pub names: Vec<String>,
    pub values: Vec<Vec<T>>,
}

impl<T: Scalar> Network<T> {
    pub fn new(sizes: &[usize]) -> Self {
        Self {
            names: (0..sizes.len())
                .map(|i| format!("layer{i}.weight"))
                .collect(),
            values: sizes
                .iter()
                .enumerate()
                .map(|(i, &len)| numbers(i as u64 + 1, len))
                .collect(),
        }
    }

    /// The gradient of parameter `index` at `step`; now and then it is missing.
    pub fn gradient(&self, index: usize, step: u64) -> Option<Vec<T>> {
        let missing = (step + 3 * index as u64).is_multiple_of(7);
        (!missing).then(|| numbers(1000 * step + index as u64, self.values[index].len()))
    }

    /// An estimate of the Hessian's diagonal.
    pub fn hessian(&self, index: usize, step: u64) -> Vec<T> {
        numbers(77 + 1000 * step + index as u64, self.values[index].len())
    }

    /// The shape of parameter `index`: a matrix where it can be one of seven or more rows.
    pub fn shape(&self, index: usize) -> Vec<usize> {
        let len = self.values[index].len();
        if len.is_multiple_of(7) && len > 7 {
            vec![7, len / 7]
        } else {
            vec![len]
        }
    }

    /// Steps `from..to` of the optimiser.
    pub fn train(&mut self, optimizer: &mut Optimizer<T>, steps: std::ops::Range<u64>) {
        for step in steps {
            let gradients: Vec<_> = (0..self.names.len())
                .map(|index| self.gradient(index, step))
                .collect();
            let side: Vec<_> = (0..self.names.len())
                .map(|index| (self.shape(index), self.hessian(index, step)))
                .collect();
            let parameters = self.names.iter().zip(&mut self.values);
            let parameters = parameters.zip(gradients.iter().zip(&side));
            optimizer
                .step(parameters.map(|((name, values), (g, (shape, hessian)))| {
                    let parameter = Parameter::new(name, values, g.as_deref());
                    parameter.shape(shape).hessian(hessian)
                }))
                .unwrap();
        }
    }
}

/// Plain loops over vectors.
#[derive(Debug)]
pub struct Naive;

impl Algebra for Naive {
    type Tensor = Vec<f32>;

    fn unary(&self, operation: Unary, a: &Vec<f32>) -> Vec<f32> {
        let f = |a: f32| match operation {
            Unary::Negate => -a,
            Unary::Sqrt => a.sqrt(),
            Unary::Abs => a.abs(),
            Unary::Sign => Real::sign(a),
            Unary::Exp => Real::exp(a),
            Unary::Ln => Real::ln(a),
            Unary::Cbrt => Real::cbrt(a),
        };
        a.iter().map(|&a| f(a)).collect()
    }

    fn binary(&self, operation: Binary, a: &Vec<f32>, b: &Vec<f32>) -> Vec<f32> {
        let f = |a: f32, b: f32| match operation {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Max => {
                if a < b {
                    b
                } else {
                    a
                }
            }
            Binary::Min => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Binary::Power => Real::powf(a, b),
        };
        a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()
    }

    fn with_scalar(&self, operation: Binary, a: &Vec<f32>, b: f64) -> Vec<f32> {
        self.binary(operation, a, &vec![b as f32; a.len()])
    }

    fn if_less(
        &self,
        a: &Vec<f32>,
        b: &Vec<f32>,
        then: &Vec<f32>,
        otherwise: &Vec<f32>,
    ) -> Vec<f32> {
        (0..a.len())
            .map(|i| if a[i] < b[i] { then[i] } else { otherwise[i] })
            .collect()
    }

    fn full(&self, like: &Vec<f32>, value: f64) -> Vec<f32> {
        vec![value as f32; like.len()]
    }

    fn sum(&self, a: &Vec<f32>) -> f64 {
        a.iter().map(|&a| f64::from(a)).sum()
    }

    fn square_sum(&self, a: &Vec<f32>) -> f64 {
        a.iter().map(|&a| f64::from(a) * f64::from(a)).sum()
    }

    fn read(&self, a: &Vec<f32>) -> Vec<f32> {
        a.clone()
    }

    fn write(&self, values: Vec<f32>, _shape: &[usize]) -> Vec<f32> {
        values
    }
}

/// Steps `from..to` on naive tensors.
pub fn train_tensors(
    network: &mut Network<f32>,
    optimizer: &mut TensorOptimizer<Naive>,
    steps: std::ops::Range<u64>,
) {
    for step in steps {
        let mut parameters: Vec<_> = (0..network.names.len())
            .map(|index| TensorParameter {
                name: network.names[index].clone(),
                shape: network.shape(index),
                values: network.values[index].clone(),
                gradient: network.gradient(index, step),
                hessian: Some(network.hessian(index, step)),
            })
            .collect();
        optimizer.step(&mut parameters).unwrap();
        network.values = parameters
            .into_iter()
            .map(|parameter| parameter.values)
            .collect();
    }
}
