//! The time of an optimiser's step as a multiple of the bare memory traffic of its own arrays.
//!
//! `cargo bench -p ravine --bench step [-- NAME …]`. The traffic is that of reading parameter, gradient and states, and
//! writing parameter and states, once each, by the simplest loop on the same arrays and threads, timed in turns with the
//! step. What a norm or sums need is read twice by the step; its traffic does too. With a name that begins with `rule` every
//! elementwise rule is timed alone.
//!
//! Then the same with small states and with bf16 parameters, as a multiple of the time with f32 throughout, in turns with it.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use half::bf16;
use ravine::average::Ema;
use ravine::rule::{
    Adagrad, Adam, AmsGrad, CenteredRmsProp, ClipGlobalNorm, LearningRate, Lion, Momentum,
    Nesterov, RmsProp, WeightDecay,
};
use ravine::rule::{Body, Measure};
use ravine::storage::{Format, Rounding, Stored};
use ravine::{Chain, Optimizer, Parameter, Schedule, adam, adamw, catalogue, lion, momentum};

/// What a step must read before it can start.
#[derive(Clone, Copy, PartialEq)]
enum Again {
    Nothing,
    /// For a norm.
    Gradients,
    /// For sums that a rule makes of all that it sees.
    Everything,
}

/// One row: a chain as one type and as separate links.
struct Row {
    name: &'static str,
    fixed: Chain,
    built: Chain,
    /// What is read once more, for norms and sums.
    again: Again,
}

fn rows() -> Vec<Row> {
    let row = |name, fixed: Chain, built: Chain| Row {
        name,
        fixed,
        built,
        again: Again::Nothing,
    };
    let lr = || LearningRate::new().lr(1e-3);
    let decay = || WeightDecay::new().weight_decay(0.01);
    let schedule = || Schedule::cosine(1e-3, 0.0, 100_000).expect("a valid schedule");
    vec![
        row("sgd", lr().into(), Chain::from(lr())),
        row(
            "momentum",
            (Momentum::new(), lr()).into(),
            Chain::from(Momentum::new()).then(lr()),
        ),
        row(
            "nesterov",
            (Nesterov::new(), lr()).into(),
            Chain::from(Nesterov::new()).then(lr()),
        ),
        row(
            "adagrad",
            (Adagrad::new(), lr()).into(),
            Chain::from(Adagrad::new()).then(lr()),
        ),
        row(
            "rmsprop",
            (RmsProp::new(), lr()).into(),
            Chain::from(RmsProp::new()).then(lr()),
        ),
        row(
            "rmsprop, centred, momentum",
            (CenteredRmsProp::new(), (Momentum::new(), lr())).into(),
            Chain::from(CenteredRmsProp::new())
                .then(Momentum::new())
                .then(lr()),
        ),
        row(
            "adam",
            (Adam::new(), lr()).into(),
            Chain::from(Adam::new()).then(lr()),
        ),
        row(
            "amsgrad",
            (AmsGrad::new(), lr()).into(),
            Chain::from(AmsGrad::new()).then(lr()),
        ),
        row(
            "adamw",
            adamw(1e-3).into(),
            Chain::from(Adam::new()).then(decay()).then(lr()),
        ),
        row(
            "lion",
            (Lion::new(), (decay(), lr())).into(),
            Chain::from(Lion::new()).then(decay()).then(lr()),
        ),
        Row {
            name: "clip + adamw + schedule + ema",
            fixed: (
                ClipGlobalNorm::new().clip_global_norm(1.0),
                (adamw(schedule()), Ema::new()),
            )
                .into(),
            built: Chain::from(ClipGlobalNorm::new().clip_global_norm(1.0))
                .then(Adam::new())
                .then(decay())
                .then(LearningRate::new().lr(schedule()))
                .then(Ema::new()),
            again: Again::Gradients,
        },
    ]
}

/// Parameters and gradients of one layout.
struct Network<P = f32> {
    names: Vec<String>,
    values: Vec<Vec<P>>,
    gradients: Vec<Vec<P>>,
    /// Estimates of the Hessian's diagonal; empty where the chain reads none.
    hessians: Vec<Vec<P>>,
}

impl<P: Stored<Compute = f32>> Network<P> {
    fn new(sizes: &[usize]) -> Self {
        let mut state = 1_u32;
        let mut numbers = |len: usize, scale: f32| -> Vec<P> {
            let wide: Vec<f32> = (0..len)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((state >> 8) as f32 / 8_388_608.0 - 1.0) * scale
                })
                .collect();
            let mut kept = vec![P::zeroed(); len];
            P::narrow(&wide, &mut kept, 0, Rounding::Nearest);
            kept
        };
        Self {
            names: (0..sizes.len())
                .map(|i| format!("layers.{i}.weight"))
                .collect(),
            values: sizes.iter().map(|&len| numbers(len, 0.1)).collect(),
            gradients: sizes.iter().map(|&len| numbers(len, 0.01)).collect(),
            hessians: Vec::new(),
        }
    }

    fn step(&mut self, optimizer: &mut Optimizer<P>) {
        let gradients = self.names.iter().zip(&self.gradients);
        let mut hessians = self.hessians.iter();
        let parameters = self.values.iter_mut().zip(gradients);
        optimizer.set_loss(1.0);
        optimizer
            .step(parameters.map(|(values, (name, g))| Parameter {
                hessian: hessians.next().map(Vec::as_slice),
                ..Parameter::new(name, values, Some(g))
            }))
            .expect("finite gradients");
    }
}

impl Network {
    /// Reads what is to be read again by itself, then reads and writes all.
    fn traffic(&mut self, states: &mut [Vec<Vec<f32>>], again: Again) {
        const CHUNK: usize = 16_384;
        let read = |arrays: &[Vec<f32>]| {
            let sum: f32 = arrays
                .par_iter()
                .flat_map(|array| array.par_chunks(CHUNK))
                .map(|chunk| {
                    let mut sums = [0.0_f32; 32];
                    for row in chunk.as_chunks::<32>().0 {
                        for (sum, number) in sums.iter_mut().zip(row) {
                            *sum += number;
                        }
                    }
                    sums.iter().sum::<f32>()
                })
                .sum();
            std::hint::black_box(sum);
        };
        if again != Again::Nothing {
            read(&self.gradients);
        }
        if again == Again::Everything {
            read(&self.values);
            states.iter().for_each(|state| read(state));
        }
        read(&self.hessians);
        let mut pieces = Vec::new();
        let mut arrays: Vec<_> = states.iter_mut().map(|state| state.iter_mut()).collect();
        for (values, gradient) in self.values.iter_mut().zip(&self.gradients) {
            let mut own: Vec<_> = arrays
                .iter_mut()
                .filter_map(Iterator::next)
                .map(|state| state.chunks_mut(CHUNK))
                .collect();
            for (x, g) in values.chunks_mut(CHUNK).zip(gradient.chunks(CHUNK)) {
                let states: Vec<&mut [f32]> = own.iter_mut().filter_map(Iterator::next).collect();
                pieces.push((x, g, states));
            }
        }
        pieces.into_par_iter().for_each(|(x, g, states)| {
            for state in states {
                for s in state {
                    *s *= 1.000_001;
                }
            }
            for (x, g) in x.iter_mut().zip(g) {
                *x -= 1e-9 * g;
            }
        });
    }
}

/// The shortest times of two things done in turns.
fn in_turns(rounds: usize, mut a: impl FnMut(), mut b: impl FnMut()) -> (Duration, Duration) {
    let mut best = (Duration::MAX, Duration::MAX);
    for round in 0..rounds + 2 {
        let start = Instant::now();
        a();
        let middle = Instant::now();
        b();
        let end = Instant::now();
        if round >= 2 {
            best.0 = best.0.min(middle - start);
            best.1 = best.1.min(end - middle);
        }
    }
    best
}

/// The step's time, and its multiple of the traffic's.
fn against_traffic(sizes: &[usize], chain: &Chain, again: Again, rounds: usize) -> (f64, f64) {
    let mut stepped = Network::<f32>::new(sizes);
    let mut bare = Network::<f32>::new(sizes);
    if chain.reads_hessian() {
        stepped.hessians.clone_from(&stepped.gradients);
        bare.hessians.clone_from(&bare.gradients);
    }
    let mut optimizer = Optimizer::new(chain.clone()).expect("a valid chain");
    let mut states: Vec<Vec<Vec<f32>>> = chain
        .states()
        .iter()
        .map(|_| sizes.iter().map(|&len| vec![1e-3_f32; len]).collect())
        .collect();
    let (step, traffic) = in_turns(
        rounds,
        || stepped.step(&mut optimizer),
        || bare.traffic(&mut states, again),
    );
    (
        step.as_secs_f64(),
        step.as_secs_f64() / traffic.as_secs_f64(),
    )
}

/// Microseconds a step, averaged over many.
fn microseconds(sizes: &[usize], chain: &Chain) -> f64 {
    let mut network = Network::<f32>::new(sizes);
    let mut optimizer = Optimizer::new(chain.clone()).expect("a valid chain");
    let many = 200;
    let mut best = f64::INFINITY;
    for _ in 0..200 {
        let start = Instant::now();
        for _ in 0..many {
            network.step(&mut optimizer);
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(many));
    }
    best * 1e6
}

/// The time of a step with states in `format`, on parameters of type `P`, as a multiple of the same in f32.
fn against_full<P: Stored<Compute = f32>>(sizes: &[usize], chain: &Chain, format: Format) -> f64 {
    let mut full = Network::<f32>::new(sizes);
    let mut small = Network::<P>::new(sizes);
    let mut full_optimizer = Optimizer::new(chain.clone()).expect("a valid chain");
    let optimizer = Optimizer::new(chain.clone()).expect("a valid chain");
    let mut optimizer = optimizer.with_states(format);
    let (full, small) = in_turns(
        25,
        || full.step(&mut full_optimizer),
        || small.step(&mut optimizer),
    );
    small.as_secs_f64() / full.as_secs_f64()
}

/// Every elementwise rule alone, in the loop that the compiler makes of it.
fn every_rule(wanted: &[String], large: &[usize]) {
    println!("\nevery rule alone: multiples of the bare traffic of its own arrays");
    println!("{:32} {:>6} {:>7} {:>9}", "", "states", "ratio", "ms");
    let mut worst: Vec<(f64, String)> = Vec::new();
    for mut chain in catalogue::links() {
        let part = chain.parts().remove(0);
        let name = format!("rule {}", part.name);
        if !matches!(part.body, Body::Program(_)) || !is_wanted(wanted, &name) {
            continue;
        }
        for (hyper, value) in [
            ("clip_value", 1.0),
            ("clip_norm", 1.0),
            ("clip_global_norm", 1.0),
            ("weight_decay", 0.1),
        ] {
            if chain.get(hyper).is_some() {
                chain.set(hyper, value).expect("a value in range");
            }
        }
        if chain.get("lr").is_some() {
            chain.set("lr", 1e-6).expect("a value in range");
        }
        let again = match part.measure {
            Measure::Nothing => Again::Nothing,
            Measure::ParameterNorm | Measure::GlobalNorm => Again::Gradients,
            Measure::ParameterSums | Measure::GlobalSums => Again::Everything,
        };
        let (seconds, ratio) = against_traffic(large, &chain, again, 15);
        println!(
            "{name:32} {:6} {ratio:7.2} {:9.2}",
            part.state.len(),
            seconds * 1e3
        );
        worst.push((ratio, name));
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    let above = worst.iter().filter(|(ratio, _)| *ratio > 1.2).count();
    println!("{above} of {} above 1.2", worst.len());
}

fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()))
}

fn small_states(wanted: &[String], large: &[usize]) {
    println!("\nmultiples of the time in f32 (large), with states in");
    println!(
        "{:32} {:>11} {:>6} {:>6}   {:>6} {:>6}",
        "", "compensated", "bf16", "8 bits", "bf16 parameters: f32", "8 bits"
    );
    let chains: [(&str, Chain); 4] = [
        ("momentum, small states", momentum(1e-3).into()),
        ("lion, small states", lion(1e-3).into()),
        ("adam, small states", adam(1e-3).into()),
        ("adamw, small states", adamw(1e-3).into()),
    ];
    for (name, chain) in chains {
        if !is_wanted(wanted, name) {
            continue;
        }
        let full = |format| against_full::<f32>(large, &chain, format);
        let half = |format| against_full::<bf16>(large, &chain, format);
        println!(
            "{name:32} {:11.2} {:6.2} {:6.2} {:22.2} {:6.2}",
            full(Format::Compensated),
            full(Format::Bf16),
            full(Format::Eight),
            half(Format::Full),
            half(Format::Eight),
        );
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let large = vec![500_000; 50];
    let many = vec![2_500; 10_000];
    let small = [64 * 64, 64, 64 * 32, 32, 32 * 10, 10];
    println!(
        "{} threads; times are the shortest of many rounds",
        rayon::current_num_threads()
    );
    println!(
        "large: 25 M f32 parameters in 50 tensors; many: 10,000 tensors of 2,500; network: 64-64-32-10, 6,570 parameters"
    );
    println!("type, chain, many: multiples of the bare memory traffic\n");
    println!(
        "{:32} {:>6} {:>6} {:>9} {:>6} {:>11}",
        "", "type", "chain", "ms (type)", "many", "network, µs"
    );
    for row in rows() {
        if !is_wanted(&wanted, row.name) {
            continue;
        }
        let (seconds, fixed) = against_traffic(&large, &row.fixed, row.again, 25);
        let (_, built) = against_traffic(&large, &row.built, row.again, 25);
        let (_, tensors) = against_traffic(&many, &row.fixed, row.again, 25);
        let network = microseconds(&small, &row.fixed);
        println!(
            "{:32} {fixed:6.2} {built:6.2} {:9.2} {tensors:6.2} {network:11.2}",
            row.name,
            seconds * 1e3
        );
    }
    small_states(&wanted, &large);
    every_rule(&wanted, &large);
}
