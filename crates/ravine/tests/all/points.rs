//! Methods that ask for gradients at several points: against pytorch_optimizer (`tools/golden/points.py`), against naive loops
//! written from the papers, and what is promised about saving, restoring and errors.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::common::numbers;
use ravine::points::{Asam, Data, EntropySgd, Gsam, LookSam, Method, Next, Points, Sam};
use ravine::random::{self, Purpose};
use ravine::rule::ClipGlobalNorm;
use ravine::{
    Chain, Error, Group, NonFinite, Optimizer, Parameter, Scalar, Schedule, adamw, momentum, sgd,
};
use serde::Deserialize;

type Values = BTreeMap<String, Vec<f64>>;

#[derive(Deserialize)]
struct Golden {
    inputs: Vec<Vec<f64>>,
    targets: Vec<f64>,
    batch: usize,
    decay: f64,
    start: Values,
    rho: Vec<f64>,
    cases: BTreeMap<String, BTreeMap<u64, Values>>,
}

fn golden() -> Golden {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/points.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

impl Golden {
    /// The gradient of the mean of log(1 + exp(−y(xᵀw + b))) over a batch, plus decay/2 of all squares.
    fn gradient(&self, values: &Values, batch: usize) -> Values {
        let mut gradient: Values = values.clone();
        gradient
            .values_mut()
            .flatten()
            .for_each(|g| *g *= self.decay);
        for i in 0..self.batch {
            let row = (self.batch * batch + i) % self.inputs.len();
            let (x, y) = (&self.inputs[row], self.targets[row]);
            let bias = values.get("bias").map_or(0.0, |bias| bias[0]);
            let logit: f64 = x
                .iter()
                .zip(&values["weight"])
                .map(|(x, w)| x * w)
                .sum::<f64>()
                + bias;
            let slope = -y / (1.0 + (y * logit).exp()) / self.batch as f64;
            for (g, x) in gradient.get_mut("weight").unwrap().iter_mut().zip(x) {
                *g += slope * x;
            }
            if let Some(bias) = gradient.get_mut("bias") {
                bias[0] += slope;
            }
        }
        gradient
    }

    /// The same over one vector: the bias, then the weights (the order of the names).
    fn flat(&self, x: &[f64], batch: usize) -> Vec<f64> {
        let values = Values::from([
            ("bias".into(), x[..1].to_vec()),
            ("weight".into(), x[1..].to_vec()),
        ]);
        self.gradient(&values, batch)
            .into_values()
            .flatten()
            .collect()
    }

    /// One step; `batch` is the next one, and is moved on. Returns how many gradients it took.
    fn step(&self, points: &mut Points<f64>, values: &mut Values, batch: &mut usize) -> u64 {
        loop {
            let gradients = self.gradient(values, *batch);
            match points.advance(parameters(values, &gradients)).unwrap() {
                Next::Gradient(Data::Next) => *batch += 1,
                Next::Gradient(_) => {}
                Next::Done(report) => {
                    *batch += 1;
                    return report.gradients;
                }
            }
        }
    }
}

fn parameters<'a, T: Scalar>(
    values: &'a mut BTreeMap<String, Vec<T>>,
    gradients: &'a BTreeMap<String, Vec<T>>,
) -> Vec<Parameter<'a, T>> {
    let pairs = values.iter_mut().zip(gradients.values());
    pairs
        .map(|((name, v), g)| Parameter::new(name, v, Some(g)))
        .collect()
}

fn close(got: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!(
            (got - expected).abs() <= tolerance,
            "{what}: {got}, not {expected}"
        );
    }
}

fn replay(case: &str, mut points: Points<f64>, tolerance: f64) {
    let golden = golden();
    let snapshots = &golden.cases[case];
    let mut values = golden.start.clone();
    values.retain(|name, _| snapshots[&1].contains_key(name));
    let mut batch = 0;
    for step in 1..=60 {
        if case.starts_with("gsam") {
            points.set("rho", golden.rho[step as usize - 1]).unwrap();
        }
        golden.step(&mut points, &mut values, &mut batch);
        for (name, expected) in snapshots.get(&step).into_iter().flatten() {
            close(
                &values[name],
                expected,
                tolerance,
                &format!("{case}, step {step}, {name}"),
            );
        }
    }
}

fn around(method: impl Method, chain: impl Into<Chain>) -> Points<f64> {
    Points::new(method, Optimizer::new(chain).unwrap()).unwrap()
}

#[test]
fn pytorch_optimizer_agrees() {
    let tolerance = 1e-12;
    let sam = || Sam::new().rho(0.1);
    replay("sam_momentum", around(sam(), momentum(0.1)), tolerance);
    replay("sam_adamw", around(sam(), adamw(0.05)), tolerance);
    let asam = Asam::new().rho(0.5).eta(0.0);
    replay("asam_momentum", around(asam, momentum(0.1)), tolerance);
    replay(
        "gsam_adamw",
        around(Gsam::new().alpha(0.4), adamw(0.05)),
        tolerance,
    );
}

// Naive loops over one vector, written from the papers.

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `a + c·b`
fn plus(a: &[f64], c: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + c * b).collect()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// Runs `method` against a naive loop that gives the descent direction of a step; the base is momentum with lr 0.1.
fn against(
    method: Points<f64>,
    steps: u64,
    mut naive: impl FnMut(&Golden, u64, &[f64], &mut usize) -> Vec<f64>,
) -> Vec<u64> {
    let golden = golden();
    let (mut points, mut values) = (method, golden.start.clone());
    let mut x: Vec<f64> = values.values().flatten().copied().collect();
    let mut velocity = vec![0.0; x.len()];
    let (mut batch, mut naive_batch) = (0, 0);
    let mut costs = Vec::new();
    for step in 0..steps {
        costs.push(golden.step(&mut points, &mut values, &mut batch));
        let direction = naive(&golden, step, &x, &mut naive_batch);
        naive_batch += 1;
        velocity = plus(&direction, 0.9, &velocity);
        x = plus(&x, -0.1, &velocity);
        assert_eq!(batch, naive_batch);
        let got: Vec<f64> = values.values().flatten().copied().collect();
        close(&got, &x, 1e-12, &format!("step {step}"));
    }
    costs
}

#[test]
fn asam_is_that_of_the_paper() {
    let asam = around(Asam::new().rho(0.4).eta(0.05), momentum(0.1));
    let costs = against(asam, 60, |golden, _, x, batch| {
        let g = golden.flat(x, *batch);
        let t: Vec<f64> = x.iter().map(|x| x.abs() + 0.05).collect();
        let tg: Vec<f64> = t.iter().zip(&g).map(|(t, g)| t * g).collect();
        let ttg: Vec<f64> = t.iter().zip(&tg).map(|(t, g)| t * g).collect();
        golden.flat(&plus(x, 0.4 / norm(&tg), &ttg), *batch)
    });
    assert_eq!(costs, [2; 60]);
}

#[test]
fn gsam_is_that_of_the_paper() {
    let rho = Schedule::linear(0.3, 0.1, 60).unwrap();
    let gsam = around(Gsam::new().rho(rho.clone()).alpha(0.6), momentum(0.1));
    against(gsam, 60, |golden, step, x, batch| {
        let g = golden.flat(x, *batch);
        let up = golden.flat(&plus(x, rho.at(step) / norm(&g), &g), *batch);
        let unit: Vec<f64> = up.iter().map(|u| u / norm(&up)).collect();
        let orthogonal = plus(&g, -dot(&g, &unit), &unit);
        assert!(dot(&orthogonal, &up).abs() < 1e-12);
        plus(&up, -0.6, &orthogonal)
    });
}

/// LookSAM with k = 4; `eps` is added to ‖gᵥ‖.
struct NaiveLookSam {
    rho: f64,
    alpha: f64,
    eps: f64,
    kept: Vec<f64>,
}

impl NaiveLookSam {
    fn direction(&mut self, step: u64, x: &[f64], f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        let g = f(x);
        if step.is_multiple_of(4) {
            let up = f(&plus(x, self.rho / norm(&g), &g));
            let cosine = dot(&g, &up) / norm(&g) / norm(&up);
            self.kept = plus(&up, -norm(&up) * cosine / norm(&g), &g);
            up
        } else {
            let scale = self.alpha * norm(&g) / (norm(&self.kept) + self.eps);
            plus(&g, scale, &self.kept)
        }
    }
}

#[test]
fn looksam_is_that_of_the_paper() {
    let (rho, alpha) = (0.2, 0.5);
    let naive = |eps| NaiveLookSam {
        rho,
        alpha,
        eps,
        kept: Vec::new(),
    };
    let method = LookSam::new().rho(rho).alpha(alpha).every(4.0);
    let mut paper = naive(0.0);
    let costs = against(
        around(method, momentum(0.1)),
        60,
        |golden, step, x, batch| paper.direction(step, x, |x| golden.flat(x, *batch)),
    );
    assert_eq!(costs[..6], [2, 1, 1, 1, 2, 1]);

    // pytorch_optimizer agrees with the loop, but for the 1e-8 that it adds to ‖gᵥ‖ and the paper does not.
    let golden = golden();
    let mut values = Values::from([("weight".into(), golden.start["weight"].clone())]);
    let (mut theirs, mut velocity) = (naive(1e-8), vec![0.0; 4]);
    for step in 0..60 {
        let x = values["weight"].clone();
        let direction = theirs.direction(step, &x, |x| {
            let values = Values::from([("weight".into(), x.to_vec())]);
            golden
                .gradient(&values, step as usize)
                .remove("weight")
                .unwrap()
        });
        velocity = plus(&direction, 0.9, &velocity);
        values.insert("weight".into(), plus(&x, -0.1, &velocity));
        if let Some(expected) = golden.cases["looksam_momentum"].get(&(step + 1)) {
            let what = format!("step {}", step + 1);
            close(&values["weight"], &expected["weight"], 1e-12, &what);
        }
    }
}

#[test]
fn entropy_sgd_is_that_of_the_paper() {
    // γ₀(1 + γ₁)ᵗ
    let scope = "exponential(from=0.5, factor=1.01)"
        .parse::<Schedule>()
        .unwrap();
    let method = EntropySgd::new()
        .iterations(5.0)
        .scope(scope.clone())
        .walk_lr(0.2)
        .alpha(0.6)
        .noise(0.01);
    let mut noise = random::stream(9, Purpose::Walk, 0);
    let points = around(method, momentum(0.1)).with_seed(9);
    let costs = against(points, 60, |golden, step, x, batch| {
        let (mut walker, mut mean) = (x.to_vec(), x.to_vec());
        for iteration in 0..5 {
            *batch += usize::from(iteration > 0);
            let pull = plus(x, -1.0, &walker);
            let g = plus(&golden.flat(&walker, *batch), -scope.at(step), &pull);
            walker = plus(&walker, -0.2, &g);
            for w in &mut walker {
                *w += 0.2_f64.sqrt() * 0.01 * random::normal(&mut noise);
            }
            mean = plus(&plus(&mean, -0.6, &mean), 0.6, &walker);
        }
        let offset = plus(x, -1.0, &mean);
        offset.iter().map(|o| scope.at(step) * o).collect()
    });
    assert_eq!(costs, [5; 60]);
}

/// Runs some steps; the parameters' bits.
fn trained(mut points: Points<f64>) -> Vec<u64> {
    let golden = golden();
    let (mut values, mut batch) = (golden.start.clone(), 0);
    for _ in 0..20 {
        golden.step(&mut points, &mut values, &mut batch);
    }
    values.values().flatten().map(|v| v.to_bits()).collect()
}

#[test]
fn methods_meet_where_their_formulas_do() {
    let golden = golden();
    let (mut values, mut plain) = (golden.start.clone(), Optimizer::new(adamw(0.05)).unwrap());
    for batch in 0..20 {
        let gradients = golden.gradient(&values, batch);
        plain.step(parameters(&mut values, &gradients)).unwrap();
    }
    let plain: Vec<u64> = values.values().flatten().map(|v| v.to_bits()).collect();
    let base = || adamw(0.05);
    assert_eq!(trained(around(Sam::new().rho(0.0), base())), plain);
    assert_eq!(trained(around(Asam::new().rho(0.0), base())), plain);
    let sam = trained(around(Sam::new(), base()));
    assert_ne!(sam, plain);
    assert_eq!(trained(around(Gsam::new().alpha(0.0), base())), sam);
    assert_eq!(trained(around(LookSam::new().every(1.0), base())), sam);
}

type Make = fn() -> Points<f32>;

/// All methods with settings that make their states matter.
fn methods() -> Vec<(&'static str, Make)> {
    fn points(method: impl Method) -> Points<f32> {
        let chain = Chain::from(ClipGlobalNorm::new().clip_global_norm(1.0)).then(adamw(0.05));
        let optimizer = Optimizer::new(chain).unwrap();
        Points::new(method, optimizer).unwrap().with_seed(3)
    }
    vec![
        ("sam", || points(Sam::new())),
        ("asam", || points(Asam::new())),
        ("gsam", || points(Gsam::new())),
        ("looksam", || points(LookSam::new().every(3.0))),
        ("entropy_sgd", || {
            points(EntropySgd::new().iterations(3.0).noise(0.1))
        }),
    ]
}

type Network = BTreeMap<String, Vec<f32>>;

fn network(sizes: &[usize]) -> Network {
    let layers = sizes.iter().enumerate();
    layers
        .map(|(i, &len)| (format!("layer{i}"), numbers(i as u64 + 1, len)))
        .collect()
}

/// One call with gradients made of the values, so that a moved point has another gradient.
fn call(points: &mut Points<f32>, network: &mut Network) -> Next {
    let gradients = network.iter().map(|(name, values)| {
        let slope = |(i, v): (usize, &f32)| v * (1.0 + (i % 7) as f32) + 0.1 * v * v;
        (name.clone(), values.iter().enumerate().map(slope).collect())
    });
    let gradients: Network = gradients.collect();
    points.advance(parameters(network, &gradients)).unwrap()
}

fn bits(network: &Network) -> Vec<u32> {
    network.values().flatten().map(|v| v.to_bits()).collect()
}

#[test]
fn a_file_continues_exactly_also_within_a_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.safetensors");
    for (name, new) in methods() {
        for cut in 1..12 {
            let (mut whole, mut points) = (network(&[600, 9]), new());
            for _ in 0..cut {
                let _ = call(&mut points, &mut whole);
            }
            points.save(&path).unwrap();
            let (mut second, mut loaded) = (whole.clone(), new());
            loaded.load(&path).unwrap();
            assert_eq!(loaded.under_way(), points.under_way());
            for _ in 0..8 {
                let expected = call(&mut points, &mut whole);
                assert_eq!(call(&mut loaded, &mut second), expected, "{name}, {cut}");
            }
            assert_eq!(bits(&second), bits(&whole), "{name}, {cut}");
            assert_eq!(loaded.to_bytes().unwrap(), points.to_bytes().unwrap());
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for (name, new) in methods() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let (mut network, mut points) = (network(&[150_000, 77, 40_000]), new());
                for _ in 0..7 {
                    let _ = call(&mut points, &mut network);
                }
                (bits(&network), points.to_bytes().unwrap())
            })
        };
        assert!(run(1) == run(3), "{name}");
    }
}

#[test]
fn an_abandoned_step_leaves_no_trace() {
    for (name, new) in methods() {
        let (mut network, mut points) = (network(&[600, 9]), new());
        network.get_mut("layer1").unwrap()[..4].copy_from_slice(&[-0.0, 1e-42, 1e5, 3e-8]);
        for _ in 0..6 {
            let _ = call(&mut points, &mut network);
        }
        while points.under_way() || points.optimizer().steps() % 3 != 0 {
            let _ = call(&mut points, &mut network);
        }
        let (before, state) = (bits(&network), points.to_bytes().unwrap());
        let next = call(&mut points, &mut network);
        assert!(matches!(next, Next::Gradient(_)), "{name}");
        assert_ne!(bits(&network), before, "{name}");
        assert_ne!(points.to_bytes().unwrap(), state, "{name}");
        let parameters = network.iter_mut();
        points
            .abandon(parameters.map(|(name, v)| Parameter::new(name, v, None)))
            .unwrap();
        assert!(!points.under_way());
        assert_eq!(bits(&network), before, "{name}");
        assert_eq!(points.to_bytes().unwrap(), state, "{name}");
        points.abandon([]).unwrap();
    }
}

fn sam(policy: NonFinite) -> Points<f64> {
    let optimizer = Optimizer::new(sgd(0.1)).unwrap().with_non_finite(policy);
    Points::new(Sam::new().rho(0.5), optimizer).unwrap()
}

/// The step that sets `w` and `still`, with these gradients of `w` at the two points.
fn step(
    points: &mut Points<f64>,
    w: &mut [f64; 2],
    gradients: [[f64; 2]; 2],
) -> Result<Next, Error> {
    let next = points.advance([Parameter::new("w", w, Some(&gradients[0]))])?;
    if matches!(next, Next::Done(_)) {
        return Ok(next);
    }
    points.advance([Parameter::new("w", w, Some(&gradients[1]))])
}

#[test]
fn gradients_that_are_not_finite_leave_the_values_restored() {
    let (nan, good, start) = ([f64::NAN, 4.0], [3.0, 4.0], [0.1, -0.3]);
    for gradients in [[nan, good], [good, nan]] {
        let (mut points, mut w) = (sam(NonFinite::Stop), start);
        let before = points.to_bytes().unwrap();
        let error = step(&mut points, &mut w, gradients).unwrap_err();
        assert_eq!(
            error.to_string(),
            "step 1: the gradient is not finite in 'w' (1 coordinate); nothing was changed"
        );
        assert_eq!((w, points.under_way()), (start, false));
        assert_eq!(points.to_bytes().unwrap(), before);

        let (mut points, mut w) = (sam(NonFinite::Skip), start);
        let Next::Done(report) = step(&mut points, &mut w, gradients).unwrap() else {
            panic!("not done");
        };
        assert!(report.step.skipped && report.step.non_finite[0].parameter == "w");
        assert_eq!((w, points.optimizer().steps()), (start, 0));

        let (mut points, mut w) = (sam(NonFinite::Zero), start);
        let Next::Done(report) = step(&mut points, &mut w, gradients).unwrap() else {
            panic!("not done");
        };
        assert_eq!(report.step.non_finite[0].count, 1);
        let zeroed = if gradients[1][0].is_nan() { 0.0 } else { 3.0 };
        assert_eq!(w, [start[0] - 0.1 * zeroed, start[1] - 0.1 * 4.0]);
    }
    // Of a coordinate that counts as zero, the point is not moved.
    let (mut points, mut w) = (sam(NonFinite::Zero), start);
    let _ = points
        .advance([Parameter::new("w", &mut w, Some(&nan))])
        .unwrap();
    assert_eq!(w, [0.1, -0.3 + 0.5]);
}

#[test]
fn the_parameters_of_a_step_stay_the_same() {
    let mut points = sam(NonFinite::Stop);
    let (mut a, mut b, g) = ([1.0, 2.0], [3.0], [1.0, 1.0]);
    let (start_a, start_b) = (a, b);
    let _ = points
        .advance([
            Parameter::new("a", &mut a, Some(&g)),
            Parameter::new("b", &mut b, Some(&g[..1])),
        ])
        .unwrap();
    let moved = (a, b);
    let message = |result: Result<Next, Error>| result.unwrap_err().to_string();
    let error = message(points.advance([Parameter::new("a", &mut a, Some(&g))]));
    assert_eq!(
        error,
        "parameter 'b': is missing, but it was there when the step began; all points of a step have the same parameters"
    );
    let mut c = [0.0];
    let error = message(points.advance([
        Parameter::new("a", &mut a, Some(&g)),
        Parameter::new("b", &mut b, Some(&g[..1])),
        Parameter::new("c", &mut c, Some(&g[..1])),
    ]));
    assert_eq!(
        error,
        "parameter 'c': was not there when the step began; all points of a step have the same parameters"
    );
    let error = message(points.advance([
        Parameter::new("a", &mut a, Some(&g)).shape(&[1, 2]),
        Parameter::new("b", &mut b, Some(&g[..1])),
    ]));
    assert_eq!(
        error,
        "parameter 'a': has shape [1, 2], but had [2] when the step began"
    );
    let error = message(points.advance([
        Parameter::new("a", &mut a, Some(&g)),
        Parameter::new("a", &mut c, Some(&g[..1])),
    ]));
    assert!(error.starts_with("parameter 'a': "), "{error}");
    let error = message(points.advance([Parameter::new("a", &mut a, Some(&g[..1]))]));
    assert_eq!(error, "parameter 'a': has 2 values, but its gradient has 1");
    // None of this has moved anything, and the step can go on, in another order too.
    assert_eq!((a, b), moved);
    let next = points.advance([
        Parameter::new("b", &mut b, Some(&g[..1])),
        Parameter::new("a", &mut a, Some(&g)),
    ]);
    assert!(matches!(next, Ok(Next::Done(_))));
    assert_eq!(a, start_a.map(|v| v - 0.1));
    assert_eq!(b, start_b.map(|v| v - 0.1));
}

#[test]
fn missing_gradients_and_frozen_parameters_are_not_moved() {
    let group = Group::matching("frozen").freeze();
    let optimizer = Optimizer::new(sgd(0.1)).unwrap().with_group(group).unwrap();
    let mut points = Points::new(Sam::new().rho(1.0), optimizer).unwrap();
    let (mut both, mut first, mut second, mut frozen) = ([1.0], [1.0], [1.0], [1.0]);
    let (three, four, large) = ([3.0], [4.0], [1e6]);
    let _ = points
        .advance([
            Parameter::new("both", &mut both, Some(&three)),
            Parameter::new("first", &mut first, Some(&four)),
            Parameter::new("second", &mut second, None),
            Parameter::new("frozen", &mut frozen, Some(&large)),
        ])
        .unwrap();
    assert_eq!([both, first, second, frozen], [[1.6], [1.8], [1.0], [1.0]]);
    let next = points
        .advance([
            Parameter::new("both", &mut both, Some(&three)),
            Parameter::new("first", &mut first, None),
            Parameter::new("second", &mut second, Some(&four)),
            Parameter::new("frozen", &mut frozen, Some(&large)),
        ])
        .unwrap();
    let Next::Done(report) = next else {
        panic!("not done");
    };
    assert_eq!(report.step.gradient_norm, 5.0);
    assert_eq!(
        [both, first, second, frozen],
        [[1.0 - 0.1 * 3.0], [1.0], [1.0 - 0.1 * 4.0], [1.0]]
    );
}

#[test]
fn a_gradient_of_zeros_moves_nothing() {
    for (name, new) in methods().into_iter().take(4) {
        let (mut points, mut values) = (new(), [1.0_f32, -2.0]);
        for _ in 0..8 {
            let next = points.advance([Parameter::new("w", &mut values, Some(&[0.0; 2]))]);
            assert!(next.is_ok(), "{name}");
            assert!(values.iter().all(|v| v.is_finite()), "{name}");
        }
    }
}

#[test]
fn what_does_not_fit_is_not_loaded() {
    let stepped = |mut points: Points<f64>| {
        let mut w = [1.0, 2.0];
        while points.optimizer().steps() == 0 {
            let _ = points
                .advance([Parameter::new("w", &mut w, Some(&[3.0, 4.0]))])
                .unwrap();
        }
        points
    };
    let refused = |bytes: &[u8], mut points: Points<f64>| {
        let before = points.to_bytes().unwrap();
        let error = points.from_bytes(bytes).unwrap_err().to_string();
        assert_eq!(points.to_bytes().unwrap(), before);
        error
    };
    let looksam = || around(LookSam::new(), momentum(0.1));
    let saved = stepped(looksam()).to_bytes().unwrap();
    looksam().from_bytes(&saved).unwrap();
    let begin = "the saved state does not fit this optimiser, and nothing was loaded:\n  - ";
    assert_eq!(
        refused(&saved, around(Sam::new(), momentum(0.1)).with_seed(7)),
        format!(
            "{begin}the state of looksam, but this is sam\n  - noise of the seed 0, but this has the seed 7"
        )
    );
    let error = refused(&saved, around(LookSam::new(), sgd(0.1)));
    assert!(
        error.starts_with(begin) && error.contains("momentum_buffer"),
        "{error}"
    );
    let alone = stepped(looksam()).optimizer().to_bytes().unwrap();
    assert_eq!(
        refused(&alone, looksam()),
        "not a saved optimiser state: the metadata has no 'ravine.points', so this is not the state of looksam around an \
         optimiser"
    );
    looksam().optimizer_mut().from_bytes(&alone).unwrap();
    // An optimiser alone does not take what it would lose.
    let mut plain = Optimizer::<f64>::new(momentum(0.1)).unwrap();
    let error = plain.from_bytes(&saved).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a saved optimiser state: the metadata has no 'ravine.optimizer'"
    );

    let mut narrow = Points::new(
        LookSam::new(),
        Optimizer::<f32>::new(momentum(0.1)).unwrap(),
    )
    .unwrap();
    let error = narrow.from_bytes(&saved).unwrap_err().to_string();
    assert!(
        error.contains(
            "tensor 'w/looksam.flattening' is of type F64, but this optimiser computes in F32"
        ),
        "{error}"
    );
    for bytes in [&b""[..], b"nonsense", &saved[..saved.len() - 3]] {
        assert!(matches!(
            looksam().from_bytes(bytes),
            Err(Error::Format { .. })
        ));
    }
}

#[test]
fn hyper_parameters_have_ranges() {
    let optimizer = || Optimizer::<f32>::new(sgd(0.1)).unwrap();
    let error = Points::new(Sam::new().rho(-1.0), optimizer()).unwrap_err();
    assert_eq!(error.to_string(), "rho is -1, but must be in [0, ∞)");
    let error = Points::new(LookSam::new().every(0.0), optimizer()).unwrap_err();
    assert_eq!(error.to_string(), "every is 0, but must be in [1, ∞)");
    let mut points = Points::new(Gsam::new(), optimizer()).unwrap();
    let error = points.set("alpa", 0.1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown hyper-parameter 'alpa'; did you mean 'alpha'?"
    );
    assert!(points.set("alpha", f64::NAN).is_err());
    points.set("alpha", 0.1).unwrap();
    assert_eq!(points.method().name(), "gsam");
}
