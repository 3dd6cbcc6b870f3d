//! Methods that find their step size: on problems whose answer is known.

use crate::common::Network;
use ravine::rule::{LearningRate, Mechanic, ScheduleFree};
use ravine::{Chain, Error, Optimizer, Parameter, catalogue};

/// f(x) = ½ Σ aᵢ(xᵢ − x*ᵢ)², from x = 0.
struct Quadratic {
    curvature: Vec<f64>,
    solution: Vec<f64>,
}

impl Quadratic {
    fn new() -> Self {
        Self {
            curvature: (0..20).map(|i| 1.0 + f64::from(i % 5) * 0.5).collect(),
            solution: (0..20)
                .map(|i| 3.0 - f64::from(i) * 0.25 + f64::from(i % 3))
                .collect(),
        }
    }

    fn loss(&self, x: &[f64]) -> f64 {
        let gradient = self.gradient(x);
        let away = x.iter().zip(&self.solution).map(|(x, s)| x - s);
        0.5 * gradient.iter().zip(away).map(|(g, d)| g * d).sum::<f64>()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let all = self.curvature.iter().zip(x).zip(&self.solution);
        all.map(|((a, x), s)| a * (x - s)).collect()
    }

    /// The Euclidean distance from the start to the solution, and the largest of its coordinates.
    fn distances(&self) -> (f64, f64) {
        let square: f64 = self.solution.iter().map(|s| s * s).sum();
        let largest = self.solution.iter().fold(0.0, |m: f64, s| m.max(s.abs()));
        (square.sqrt(), largest)
    }

    /// The optimiser and the point, after this many steps.
    fn descend(&self, chain: Chain, steps: usize) -> (Optimizer<f64>, Vec<f64>) {
        let mut optimizer = Optimizer::new(chain).unwrap();
        let mut x = vec![0.0; self.solution.len()];
        for _ in 0..steps {
            optimizer.set_loss(self.loss(&x));
            let gradient = self.gradient(&x);
            optimizer
                .step([Parameter::new("x", &mut x, Some(&gradient))])
                .unwrap();
        }
        (optimizer, x)
    }
}

fn recipe(name: &str, settings: &[(&str, &str)]) -> Chain {
    catalogue::find(name).unwrap().chain(settings).unwrap()
}

/// How far the loss has come down.
fn remaining(problem: &Quadratic, x: &[f64]) -> f64 {
    problem.loss(x) / problem.loss(&vec![0.0; x.len()])
}

#[test]
fn estimates_of_the_distance_reach_it_within_a_factor() {
    let problem = Quadratic::new();
    let (euclidean, largest) = problem.distances();
    for (name, memory, distance) in [
        ("dadapt-sgd", "d", euclidean),
        ("dadapt-adam", "d", largest),
        ("prodigy", "d", largest),
        ("dog", "max_distance", euclidean),
        ("ldog", "max_distance", euclidean),
    ] {
        let (optimizer, x) = problem.descend(recipe(name, &[]), 1000);
        let estimate = optimizer.remembered("x", memory).unwrap();
        let ratio = estimate / distance;
        let left = remaining(&problem, &x);
        println!("{name}: {ratio} of the distance, {left} of the loss");
        assert!((0.1..2.0).contains(&ratio), "{name}: {ratio}");
        assert!(left < 0.01, "{name}: {left}");
    }
}

#[test]
fn no_learning_rate_is_needed_to_come_down() {
    let problem = Quadratic::new();
    for (name, settings) in [
        ("dowg", vec![]),
        ("cocob", vec![]),
        ("mechanic-adamw", vec![]),
        ("polyak-step", vec![]),
        ("sps", vec![]),
        ("hypergradient-sgd", vec![]),
        ("hypergradient-sgd", vec![("multiplicative", "true")]),
        (
            "hypergradient-adam",
            vec![("multiplicative", "true"), ("hypergrad_lr", "0.1")],
        ),
        ("schedule-free-sgd", vec![("lr", "0.3")]),
        ("schedule-free-adamw", vec![("lr", "0.1")]),
    ] {
        let (_, x) = problem.descend(recipe(name, &settings), 1500);
        let left = remaining(&problem, &x);
        println!("{name} {settings:?}: {left} of the loss");
        assert!(left < 0.01, "{name} {settings:?}: {left}");
    }
}

#[test]
fn d_does_not_depend_on_where_it_begins() {
    let problem = Quadratic::new();
    for name in ["dadapt-sgd", "dadapt-adam", "prodigy"] {
        let d = |d0: &str| {
            let (optimizer, _) = problem.descend(recipe(name, &[("d0", d0)]), 1000);
            optimizer.remembered("x", "d").unwrap()
        };
        let (small, large) = (d("1e-8"), d("1e-3"));
        println!("{name}: {small} and {large}");
        assert!(small / large > 0.3 && small / large < 3.0, "{name}");
    }
}

#[test]
fn growth_is_bounded_where_that_is_asked_for() {
    let problem = Quadratic::new();
    for name in ["dadapt-sgd", "dadapt-adam"] {
        let chain = recipe(name, &[("growth_rate", "1.02"), ("d0", "1e-6")]);
        let (optimizer, _) = problem.descend(chain, 100);
        let d = optimizer.remembered("x", "d").unwrap();
        let bound = 1e-6 * 1.02_f64.powi(100);
        assert!(d > 1e-6 && d <= bound * (1.0 + 1e-9), "{name}: {d}");
    }
}

#[test]
fn mechanic_finds_a_stable_scale_for_any_base_rate() {
    let problem = Quadratic::new();
    let largest = 3.0;
    // Gradient descent is stable for learning rates below 2/3; the base's are off by many orders of magnitude.
    for base in [1e-3, 1.0, 1e3] {
        let chain = Chain::from(LearningRate::new().lr(base)).then(Mechanic::new());
        let (optimizer, x) = problem.descend(chain, 2000);
        let effective = base * optimizer.remembered("x", "scale").unwrap();
        let left = remaining(&problem, &x);
        println!("base {base}: effective {effective}, {left} of the loss");
        assert!(
            (1e-3..2.0 / largest).contains(&effective),
            "{base}: {effective}"
        );
        assert!(left < 0.01, "{base}: {left}");
    }
}

#[test]
fn mechanic_rests_in_the_first_step() {
    let (optimizer, x) = Quadratic::new().descend(recipe("mechanic-adamw", &[]), 1);
    assert!(x.iter().all(|x| *x == 0.0));
    assert!(
        optimizer
            .state("x", "delta")
            .unwrap()
            .iter()
            .any(|d| *d != 0.0)
    );
}

#[test]
fn polyak_solves_a_norm_in_one_step() {
    // f(x) = ‖x‖ has the gradient x/‖x‖, so the step goes to 0.
    let mut x = vec![3.0_f64, -4.0];
    let mut optimizer = Optimizer::new(recipe("polyak-step", &[])).unwrap();
    let step = |optimizer: &mut Optimizer<f64>, x: &mut Vec<f64>| {
        let parameter = [Parameter::new("x", x, Some(&[0.6, -0.8]))];
        optimizer.step(parameter)
    };
    let error = step(&mut optimizer, &mut x).unwrap_err();
    assert!(matches!(error, Error::NoLoss { .. }), "{error}");
    optimizer.set_loss(5.0);
    step(&mut optimizer, &mut x).unwrap();
    assert!(x.iter().all(|x| x.abs() < 1e-15), "{x:?}");
    // A loss below the least one, as rounding may give, moves nothing.
    optimizer.set_loss(-1e-9);
    let before = x.clone();
    step(&mut optimizer, &mut x).unwrap();
    assert_eq!(x, before);
}

#[test]
fn hypergradients_are_the_derivative_by_the_learning_rate() {
    // The loss of the second step as a function of the first step's learning rate, by differences.
    let problem = Quadratic::new();
    let loss_after = |lr: f64| {
        let chain = recipe("hypergradient-sgd", &[("lr", &lr.to_string())]);
        problem.loss(&problem.descend(chain, 1).1)
    };
    let (lr, h) = (0.05, 1e-6);
    let derivative = (loss_after(lr + h) - loss_after(lr - h)) / (2.0 * h);
    let chain = recipe(
        "hypergradient-sgd",
        &[("lr", "0.05"), ("hypergrad_lr", "0.001")],
    );
    let (optimizer, _) = problem.descend(chain, 2);
    let learnt = optimizer.remembered("x", "adaptation").unwrap();
    assert!((learnt + 0.001 * derivative).abs() < 1e-6 * learnt.abs());
}

/// The paper's three sequences, each kept by itself.
#[test]
fn schedule_free_evaluates_at_the_average() {
    let problem = Quadratic::new();
    let (beta, lr, warmup, power) = (0.8, 0.2, 7.0, 1.0);
    let chain = Chain::from(LearningRate::new().lr(lr)).then(
        ScheduleFree::new()
            .beta1(beta)
            .warmup_steps(warmup)
            .r(power),
    );
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut network = vec![0.0; problem.solution.len()];
    let (mut x, mut z) = (network.clone(), network.clone());
    let mut total = 0.0;
    for t in 1..=60 {
        let t = f64::from(t);
        let gradient = problem.gradient(&network);
        optimizer
            .step([Parameter::new("x", &mut network, Some(&gradient))])
            .unwrap();
        let rate = lr * (t / warmup).min(1.0);
        let weight = t.powf(power) * rate * rate;
        total += weight;
        for i in 0..x.len() {
            z[i] -= rate * gradient[i];
            x[i] += weight / total * (z[i] - x[i]);
            let y = (1.0 - beta) * z[i] + beta * x[i];
            assert!((network[i] - y).abs() < 1e-12, "step {t}");
        }
        let trained = network.clone();
        optimizer
            .swap_in("schedule_free", [Parameter::new("x", &mut network, None)])
            .unwrap();
        for (got, expected) in network.iter().zip(&x) {
            assert!((got - expected).abs() < 1e-11, "step {t}");
        }
        optimizer
            .swap_out([Parameter::new("x", &mut network, None)])
            .unwrap();
        assert_eq!(network, trained);
    }
}

#[test]
fn all_go_on_from_a_saved_state_to_the_bit() {
    let family = catalogue::all()
        .iter()
        .filter(|recipe| recipe.family == "learning-rate-free");
    for recipe in family {
        let chain = recipe.chain(&[("weight_decay", "0.1")]).unwrap();
        let mut network = Network::<f32>::new(&[3, 50, 600]);
        let mut optimizer = Optimizer::new(chain.clone()).unwrap();
        network.train(&mut optimizer, 0..10);
        let (mut other, saved) = (network.clone(), optimizer.to_bytes().unwrap());
        network.train(&mut optimizer, 10..20);
        let mut loaded = Optimizer::new(chain).unwrap();
        loaded.from_bytes(&saved).unwrap();
        other.train(&mut loaded, 10..20);
        assert_eq!(network, other, "{}", recipe.name);
    }
}
