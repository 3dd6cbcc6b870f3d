//! Matrix methods where golden values do not reach: threads, failures, shapes of states, and the pieces by hand.

use std::collections::BTreeMap;

use crate::common::numbers;
use ravine::matrix::algebra::{
    Matrix, inverse_root, inverse_root_relative, ordered_iteration, rayleigh_quotients,
    spectral_norm,
};
use ravine::matrix::{Orthogonalise, ShapeFactor};
use ravine::rule::{Adam, Layout, Step, run};
use ravine::{Optimizer, Parameter, StepReport, catalogue};
use rayon::ThreadPoolBuilder;

const SHAPES: &[&[usize]] = &[
    &[200, 150],
    &[96, 32, 3],
    &[33, 257],
    &[70],
    &[],
    &[1, 40],
    &[0, 3],
];

struct Model {
    shapes: Vec<Vec<usize>>,
    values: Vec<Vec<f32>>,
}

impl Model {
    fn new(shapes: &[&[usize]]) -> Self {
        let shapes: Vec<Vec<usize>> = shapes.iter().map(|shape| shape.to_vec()).collect();
        let lens = shapes.iter().map(|shape| shape.iter().product());
        let values = lens
            .enumerate()
            .map(|(i, len)| numbers(i as u64 + 1, len))
            .collect();
        Self { shapes, values }
    }

    fn step(
        &mut self,
        optimizer: &mut Optimizer<f32>,
        gradient: impl Fn(usize, usize) -> Vec<f32>,
    ) -> StepReport {
        let gradients: Vec<Vec<f32>> = (self.values.iter().enumerate())
            .map(|(i, values)| gradient(i, values.len()))
            .collect();
        let names: Vec<String> = (0..self.values.len()).map(|i| format!("w{i}")).collect();
        let parts = self.values.iter_mut().zip(&gradients).zip(&self.shapes);
        let parameters = parts
            .zip(&names)
            .map(|(((values, gradient), shape), name)| {
                Parameter::new(name, values, Some(gradient)).shape(shape)
            });
        optimizer.step(parameters).unwrap()
    }
}

/// All recipes of the family, with settings that let everything happen within a few steps.
fn recipes() -> impl Iterator<Item = (&'static str, ravine::Chain)> {
    let quick: BTreeMap<&str, f64> = [
        ("block_size", 64.0),
        ("start_preconditioning_step", 2.0),
        ("precondition_frequency", 3.0),
        ("projection_gap", 3.0),
        ("rank", 8.0),
        ("balance_every", 2.0),
        ("max_precondition_dim", 200.0),
        ("max_size_triangular", 200.0),
    ]
    .into();
    let family = catalogue::all().iter().filter(|r| r.family == "matrix");
    family.map(move |recipe| {
        let mut chain = recipe.chain(&[]).unwrap();
        for (name, value) in &quick {
            if chain.get(name).is_some() {
                chain.set(name, *value).unwrap();
            }
        }
        (recipe.name, chain)
    })
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (name, chain) in recipes() {
        let train = |threads: usize| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let mut model = Model::new(SHAPES);
                let mut optimizer = Optimizer::new(chain.clone()).unwrap();
                for step in 0..7 {
                    let report =
                        model.step(&mut optimizer, |i, len| numbers(100 * step + i as u64, len));
                    assert!(
                        report.fallbacks.is_empty(),
                        "{name}: {:?}",
                        report.fallbacks
                    );
                }
                (model.values, optimizer.to_bytes().unwrap())
            })
        };
        let alone = train(1);
        assert!(alone.0.iter().flatten().all(|x| x.is_finite()), "{name}");
        for threads in [2, 5] {
            assert!(train(threads) == alone, "{name}, {threads} threads");
        }
    }
}

#[test]
fn zero_gradients_move_nothing_but_by_decay() {
    for (name, mut chain) in recipes() {
        chain.set("weight_decay", 0.0).unwrap();
        let mut model = Model::new(SHAPES);
        let before = model.values.clone();
        let mut optimizer = Optimizer::new(chain).unwrap();
        for _ in 0..5 {
            model.step(&mut optimizer, |_, len| vec![0.0; len]);
        }
        assert!(model.values == before, "{name}");
    }
}

#[test]
fn matrices_turn_towards_a_minimum() {
    // f = ½‖A(X − X*)B‖² with ill-conditioned A and B: every method must make it a tenth or less.
    for (name, mut chain) in recipes() {
        let lr = if name == "scion" { 3e-4 } else { 0.01 };
        chain.set("lr", lr).unwrap();
        chain.set("weight_decay", 0.0).unwrap();
        let (rows, cols) = (12, 8);
        let scale = |k: usize| 1.0 / (1.0 + (k % cols) as f32) / (1.0 + (k / cols) as f32 / 3.0);
        let target: Vec<f32> = numbers(3, rows * cols);
        let mut x = vec![0.0_f32; rows * cols];
        let loss = |x: &[f32]| -> f32 {
            let terms = x.iter().zip(&target).enumerate();
            terms.map(|(k, (x, t))| scale(k) * (x - t) * (x - t)).sum()
        };
        let start = loss(&x);
        let mut optimizer = Optimizer::new(chain).unwrap();
        for _ in 0..600 {
            let terms = x.iter().zip(&target).enumerate();
            let g: Vec<f32> = terms.map(|(k, (x, t))| scale(k) * (x - t)).collect();
            optimizer
                .step([Parameter::new("x", &mut x, Some(&g)).shape(&[rows, cols])])
                .unwrap();
        }
        let end = loss(&x);
        assert!(end < 0.1 * start, "{name}: {start} to {end}");
    }
}

#[test]
fn a_failing_root_is_reported_and_the_last_one_stays() {
    let settings = [
        ("ridge", "absolute"),
        ("matrix_eps", "0"),
        ("shampoo_beta", "1"),
        ("graft", "sgd"),
        ("momentum", "0"),
        ("start_preconditioning_step", "1"),
        ("precondition_frequency", "1"),
        ("lr", "1"),
    ];
    let chain = catalogue::find("shampoo")
        .unwrap()
        .chain(&settings)
        .unwrap();
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut x = [0.0; 4];
    // A gradient of rank 1 has singular statistics, and without ε no root: the identity stands in for it.
    let mut step = |x: &mut [f64; 4], g: [f64; 4]| {
        let report = optimizer
            .step([Parameter::new("x", x, Some(&g)).shape(&[2, 2])])
            .unwrap();
        report.fallbacks.len()
    };
    assert_eq!(step(&mut x, [1.0, 0.0, 0.0, 0.0]), 1);
    assert_eq!(x, [-1.0, 0.0, 0.0, 0.0]);
    // L = R = diag(1, 16): both fourth roots are regular, d = diag(0, 1), and the graft's size is 4.
    assert_eq!(step(&mut x, [0.0, 0.0, 0.0, 4.0]), 0);
    for (x, expected) in x.iter().zip([-1.0, 0.0, 0.0, -4.0]) {
        assert!((x - expected).abs() < 1e-12, "{x}");
    }
}

#[test]
fn what_cannot_be_orthogonalised_moves_nothing() {
    let mut optimizer = Optimizer::<f64>::new(Orthogonalise::new()).unwrap();
    let mut x = [1.0; 4];
    let report = optimizer
        .step([Parameter::new("x", &mut x, Some(&[1e300; 4])).shape(&[2, 2])])
        .unwrap();
    assert_eq!(x, [1.0; 4]);
    assert_eq!(report.fallbacks.len(), 1);
    assert!(report.fallbacks[0].reason.contains("no step was made"));
}

#[test]
fn one_row_is_orthogonalised_to_a_number_known_by_hand() {
    // Its only singular value is its norm, 5. Divided by it, 1 becomes φ⁵(1), φ(σ) = 3.4445σ − 4.775σ³ + 2.0315σ⁵.
    let polynomial = |s: f64| 3.4445 * s - 4.775 * s.powi(3) + 2.0315 * s.powi(5);
    let value = (0..5).fold(5.0 / (5.0 + 1e-7), |s, _| polynomial(s));
    for (layout, factor) in [(Layout::OutIn, 1.0), (Layout::InOut, 2_f64.sqrt())] {
        let rule = Orthogonalise::new()
            .shape_factor(ShapeFactor::Original)
            .layout(layout);
        let mut optimizer = Optimizer::<f64>::new(rule).unwrap();
        let mut x = [0.0; 2];
        optimizer
            .step([Parameter::new("x", &mut x, Some(&[3.0, -4.0])).shape(&[1, 2])])
            .unwrap();
        assert!((x[0] + 0.6 * factor * value).abs() < 1e-12, "{}", x[0]);
        assert!((x[1] - 0.8 * factor * value).abs() < 1e-12, "{}", x[1]);
    }
}

#[test]
fn shape_factors() {
    assert_eq!(ShapeFactor::Original.of(64, 16), 2.0);
    assert_eq!(ShapeFactor::Original.of(16, 64), 1.0);
    assert_eq!(ShapeFactor::MatchAdamW.of(100, 25), 2.0);
    assert_eq!(ShapeFactor::MatchAdamW.of(25, 100), 2.0);
    assert_eq!(ShapeFactor::Spectral.of(16, 64), 0.5);
}

#[test]
fn constrained_scion_stays_in_its_ball() {
    let settings = [("constrained", "true"), ("radius", "2"), ("lr", "0.1")];
    let chain = catalogue::find("scion").unwrap().chain(&settings).unwrap();
    let mut optimizer = Optimizer::<f32>::new(chain).unwrap();
    let mut x: Vec<f32> = numbers::<f32>(1, 20 * 30).iter().map(|x| 3.0 * x).collect();
    for step in 0..100 {
        let g = numbers(step, x.len());
        optimizer
            .step([Parameter::new("x", &mut x, Some(&g)).shape(&[20, 30])])
            .unwrap();
    }
    // Newton–Schulz' singular values go up to 1.14.
    let radius = 2.0 * (20.0_f64 / 30.0).sqrt() * 1.14;
    let norm = spectral_norm(Matrix::new(&x, 20, 30).unwrap(), 50).unwrap();
    assert!(norm < 1.01 * radius, "{norm} beyond {radius}");
}

#[test]
fn states_are_as_small_as_promised() {
    let size = |recipe: &str, settings: &[(&str, &str)], state: &str| {
        let chain = catalogue::find(recipe).unwrap().chain(settings).unwrap();
        let mut optimizer = Optimizer::<f32>::new(chain).unwrap();
        let mut x = vec![0.5; 20 * 12];
        let g = numbers(1, x.len());
        optimizer
            .step([Parameter::new("x", &mut x, Some(&g)).shape(&[20, 12])])
            .unwrap();
        optimizer.state("x", state).map(|values| values.len())
    };
    let rank = [("rank", "3")];
    assert_eq!(size("galore", &rank, "exp_avg"), Some(20 * 3));
    assert_eq!(size("galore", &rank, "projector"), Some(3 * 12));
    assert_eq!(size("apollo", &rank, "exp_avg_sq"), Some(20 * 3));
    assert_eq!(size("apollo-mini", &[], "exp_avg_sq"), Some(20));
    let blocks = [("block_size", "8")];
    let left = 2 * (8 * 8 + 8 * 8 + 4 * 4);
    assert_eq!(size("shampoo", &blocks, "statistics_left"), Some(left));
    let longest = [("max_precondition_dim", "12")];
    assert_eq!(size("soap", &longest, "basis_left"), None);
    assert_eq!(size("soap", &longest, "basis_right"), Some(12 * 12));
    let triangular = [("max_size_triangular", "12")];
    assert_eq!(size("psgd-kron", &triangular, "factor_left"), Some(20));
}

#[test]
fn a_rule_runs_on_slices_as_in_a_chain() {
    let len = 40_000;
    let (mut x, start) = (vec![0.0_f32; len], vec![0.0_f32; len]);
    let mut optimizer = Optimizer::new(Adam::new()).unwrap();
    let mut states = vec![start.clone(), start];
    for updates in 1..4 {
        let g: Vec<f32> = numbers(updates, len);
        let before = x.clone();
        optimizer
            .step([Parameter::new("x", &mut x, Some(&g))])
            .unwrap();
        let step = Step {
            index: updates - 1,
            updates,
            norm: f64::NAN,
            sums: [f64::NAN; 4],
            elements: 0,
            memory: &[],
            learning_rate: f64::NAN,
            loss: f64::NAN,
            has_hessian: false,
        };
        let mut u = g;
        run(&Adam::new(), &step, &mut u, &mut states).unwrap();
        assert!(before.iter().zip(&u).zip(&x).all(|((b, u), x)| b - u == *x));
        assert!(states[0] == *optimizer.state("x", "exp_avg").unwrap());

        let mut short = vec![vec![0.0_f32; len], vec![0.0; len - 1]];
        assert!(run(&Adam::new(), &step, &mut u, &mut short).is_err());
    }
}

#[test]
fn a_relative_ridge_scales_with_the_matrix() {
    let a = [4.0_f64, 1.0, 1.0, 3.0];
    let largest = (7.0 + 5_f64.sqrt()) / 2.0;
    let matrix = Matrix::new(&a, 2, 2).unwrap();
    let absolute = inverse_root(matrix, 4.0, 0.1 * largest).unwrap();
    let relative = inverse_root_relative(matrix, 4.0, 0.1).unwrap();
    for (a, b) in absolute.iter().zip(&relative) {
        assert!((a - b).abs() < 1e-14);
    }
    let zero = [0.0_f64; 4];
    let root = inverse_root_relative(Matrix::new(&zero, 2, 2).unwrap(), 4.0, 0.1).unwrap();
    assert!((root[0] / 1e17_f64.powf(0.25) - 1.0).abs() < 1e-12 && root[1] == 0.0);
}

#[test]
fn an_ordered_iteration_follows_its_order() {
    // The basis is the eigenvectors, in the wrong order: it comes back in the right one.
    let p = [1.0_f64, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 3.0];
    let identity = [1.0_f64, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let p = Matrix::new(&p, 3, 3).unwrap();
    let (basis, order) = ordered_iteration(p, Matrix::new(&identity, 3, 3).unwrap()).unwrap();
    assert_eq!(order, [1, 2, 0]);
    let values = rayleigh_quotients(p, Matrix::new(&basis, 3, 3).unwrap()).unwrap();
    for (value, expected) in values.iter().zip([5.0, 3.0, 1.0]) {
        assert!((value - expected).abs() < 1e-14);
    }
}
