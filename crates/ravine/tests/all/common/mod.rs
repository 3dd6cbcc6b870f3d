//! What several tests share: chains to try, networks with made-up gradients, and a tensor type as naive as can be.
#![allow(dead_code)]

use ravine::average::Ema;
use ravine::program::{Binary, Unary};
use ravine::rule::{Body, Measure, Part, Scope};
use ravine::tensor::{Algebra, TensorOptimizer, TensorParameter};
use ravine::{Chain, NonFinite, Optimizer, Parameter, Real, Scalar, Schedule, catalogue};

/// Every link of the catalogue, with settings that make it matter.
pub fn links() -> Vec<Chain> {
    let settings: &[(&str, f64)] = &[
        ("clip_value", 0.3),
        ("clip_norm", 0.5),
        ("clip_global_norm", 0.7),
        ("weight_decay", 0.1),
        ("dampening", 0.2),
        ("initial_accumulator_value", 0.1),
        ("decay", 0.9),
        ("start", 2.0),
        ("start_preconditioning_step", 2.0),
        ("precondition_frequency", 3.0),
        ("projection_gap", 4.0),
        ("t0", 2.0),
        ("clip_block_rms", 0.4),
        ("clip_percentile", 30.0),
        ("lambd", 0.1),
    ];
    let mut links = catalogue::links();
    for link in &mut links {
        for &(name, value) in settings {
            if link.get(name).is_some() {
                link.set(name, value).unwrap();
            }
        }
        if link.get("lr").is_some() {
            link.set("lr", Schedule::cosine(0.1, 0.01, 20).unwrap())
                .unwrap();
        }
    }
    links
}

/// The links for which `condition` holds, by their numbers.
pub fn kinds(condition: impl Fn(&Chain) -> bool) -> Vec<usize> {
    let links = links().into_iter().enumerate();
    links
        .filter(|(_, link)| condition(link))
        .map(|(kind, _)| kind)
        .collect()
}

/// Whether every coordinate is on its own.
pub fn elementwise(chain: &Chain) -> bool {
    chain
        .parts()
        .iter()
        .all(|part| part.measure == Measure::Nothing && matches!(part.body, Body::Program(_)))
}

/// Whether nothing is summed or remembered over several parameters.
pub fn local(chain: &Chain) -> bool {
    chain
        .parts()
        .iter()
        .all(|part| part.scope() == Scope::Parameter)
}

/// Methods whose cost grows with the cube of a side: not for large tensors in a test.
pub fn light(chain: &Chain) -> bool {
    const HEAVY: &[&str] = &[
        "shampoo",
        "soap",
        "psgd_kron",
        "galore",
        "apollo",
        "orthogonalise",
    ];
    chain.names().iter().all(|name| !HEAVY.contains(name))
}

/// A chain of these kinds of link, with an average of the parameters at its end.
pub fn chain_of(kinds: &[usize]) -> Chain {
    let links = links();
    let chosen = kinds.iter().map(|&kind| links[kind].clone());
    // What reads the final update stands last, and of that what does not change it.
    let place = |link: &Chain| {
        let parts = link.parts();
        let any = |condition: fn(&Part) -> bool| parts.iter().any(condition);
        (
            any(|part| part.reads_update),
            any(|part| !part.changes_update),
        )
    };
    let mut chosen: Vec<Chain> = chosen.collect();
    chosen.sort_by_key(place);
    chosen
        .into_iter()
        .fold(Chain::default(), Chain::join)
        .then(Ema::new().decay(0.9))
}

/// Every recipe at its defaults, and with each of its forms and options in use.
pub fn recipes() -> Vec<(String, Chain)> {
    let mut chains = Vec::new();
    for recipe in catalogue::all() {
        let mut settings: Vec<Vec<(&str, String)>> = vec![vec![]];
        let mut general = vec![
            ("clip_norm", "0.5".to_string()),
            ("clip_value", "0.4".to_string()),
        ];
        for setting in recipe.settings() {
            match setting.name {
                "weight_decay" => general.push(("weight_decay", "0.1".into())),
                "momentum" => settings.push(vec![("momentum", "0.5".into())]),
                name => {
                    // The words of a choice, but for the first, which is the default.
                    let words = setting.range.split(" | ").skip(1);
                    settings.extend(words.map(|word| vec![(name, word.to_string())]));
                }
            }
        }
        settings.push(general);
        for setting in settings {
            let given: Vec<(&str, &str)> = setting.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let chain = recipe.chain(&given).unwrap();
            chains.push((format!("{} {given:?}", recipe.name), chain));
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
#[derive(Clone, Debug)]
pub struct Network<T> {
    pub names: Vec<String>,
    pub shapes: Vec<Vec<usize>>,
    pub values: Vec<Vec<T>>,
}

/// The same bits; one NaN is as good as another.
impl<T: Scalar> PartialEq for Network<T> {
    fn eq(&self, other: &Self) -> bool {
        let bits = |network: &Self| -> Vec<u64> {
            let values = network.values.iter().flatten().map(|value| value.to_f64());
            values
                .map(|value| {
                    if value.is_nan() {
                        u64::MAX
                    } else {
                        value.to_bits()
                    }
                })
                .collect()
        };
        self.names == other.names && bits(self) == bits(other)
    }
}

/// A matrix where the number of values allows one.
fn shape_of(len: usize) -> Vec<usize> {
    let columns = [7, 4, 2]
        .into_iter()
        .find(|n| len.is_multiple_of(*n) && len > *n);
    match columns {
        Some(columns) => vec![len / columns, columns],
        None => vec![len],
    }
}

impl<T: Scalar> Network<T> {
    pub fn new(sizes: &[usize]) -> Self {
        Self {
            names: (0..sizes.len())
                .map(|i| format!("layer{i}.weight"))
                .collect(),
            shapes: sizes.iter().map(|&len| shape_of(len)).collect(),
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

    /// The estimate of the Hessian's diagonal; there are methods that want one with every step.
    pub fn hessian(&self, index: usize, step: u64) -> Vec<T> {
        numbers(77 + 1000 * step + index as u64, self.values[index].len())
    }

    /// The loss at `step`.
    pub fn loss(step: u64) -> f64 {
        2.0 + (step as f64 * 0.7).sin()
    }

    /// Steps `from..to` of the optimiser.
    pub fn train(&mut self, optimizer: &mut Optimizer<T>, steps: std::ops::Range<u64>) {
        for step in steps {
            self.step(optimizer, step, 0);
        }
    }

    /// One step, with the parameters in an order turned by so many places.
    pub fn step(&mut self, optimizer: &mut Optimizer<T>, step: u64, turn: usize) {
        let count = self.names.len();
        let gradients: Vec<_> = (0..count).map(|index| self.gradient(index, step)).collect();
        let hessians: Vec<_> = (0..count).map(|index| self.hessian(index, step)).collect();
        let mut parameters: Vec<_> = (self.names.iter().zip(&mut self.values).zip(&self.shapes))
            .zip(gradients.iter().zip(&hessians))
            .map(|(((name, values), shape), (g, h))| {
                let parameter = Parameter::new(name, values, g.as_deref());
                parameter.shape(shape).hessian(h)
            })
            .collect();
        parameters.rotate_left(turn % count);
        optimizer.set_loss(Self::loss(step));
        optimizer.step(parameters).unwrap();
    }
}

/// An optimiser for chains that may overflow: that is reported, not an error.
pub fn forgiving<T: Scalar>(chain: Chain) -> Optimizer<T> {
    Optimizer::new(chain)
        .unwrap()
        .with_non_finite(NonFinite::Zero)
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
            Unary::Tanh => Real::tanh(a),
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
                shape: network.shapes[index].clone(),
                values: network.values[index].clone(),
                gradient: network.gradient(index, step),
                hessian: Some(network.hessian(index, step)),
            })
            .collect();
        optimizer.set_loss(Network::<f32>::loss(step));
        optimizer.step(&mut parameters).unwrap();
        network.values = parameters
            .into_iter()
            .map(|parameter| parameter.values)
            .collect();
    }
}
