//! Prints how often and how quickly the global methods find the minima of known functions, over 50 seeds, as a markdown table.
//!
//! `cargo run --release --example global_success`

use ravine::minimize::{
    BasinHopping, Bounds, CmaEs, DifferentialEvolution, Function, Genetic, Limits, Method,
    MultiStart, NelderMead, ParticleSwarm, Powell, Restarts, SimulatedAnnealing, Task,
};

const SEEDS: u64 = 50;

fn sphere(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

fn rosenbrock(x: &[f64]) -> f64 {
    let pairs = x.windows(2);
    pairs
        .map(|p| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2))
        .sum()
}

fn ellipsoid(x: &[f64]) -> f64 {
    let last = (x.len() - 1) as f64;
    let scaled = x.iter().enumerate();
    scaled
        .map(|(i, x)| 1e6f64.powf(i as f64 / last) * x * x)
        .sum()
}

fn rastrigin(x: &[f64]) -> f64 {
    let turn = 2.0 * std::f64::consts::PI;
    let terms = x.iter().map(|x| x * x - 10.0 * (turn * x).cos() + 10.0);
    terms.sum()
}

fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let square = sphere(x) / n;
    let turn = 2.0 * std::f64::consts::PI;
    let wave = x.iter().map(|x| (turn * x).cos()).sum::<f64>() / n;
    20.0 - 20.0 * (-0.2 * square.sqrt()).exp() + std::f64::consts::E - wave.exp()
}

fn eggholder(x: &[f64]) -> f64 {
    let (x, y) = (x[0], x[1] + 47.0);
    -y * (0.5 * x + y).abs().sqrt().sin() - x * (x - y).abs().sqrt().sin()
}

/// A function, its size and box, and a value that only points near its lowest minimum are below.
struct Problem {
    name: &'static str,
    function: fn(&[f64]) -> f64,
    n: usize,
    half: f64,
    target: f64,
}

/// A random point of [−half, half]ⁿ.
fn start(problem: &Problem, seed: u64) -> Vec<f64> {
    use ravine::random::{Purpose, stream, unit};
    let mut rng = stream(seed, Purpose::Probe, 0);
    let at = |_| problem.half * (2.0 * unit(&mut rng) - 1.0);
    (0..problem.n).map(at).collect()
}

/// The evaluations of those of 50 runs that reached the target, in order.
fn evaluations(problem: &Problem, method: &dyn Method, bounded: bool, budget: u64) -> Vec<u64> {
    let function = Function::new(problem.function);
    let bounds = Bounds::uniform(problem.n, -problem.half, problem.half).ok();
    let limits = Limits {
        target: Some(problem.target),
        evaluations: budget,
        ..Limits::default()
    };
    let run = |seed| {
        let start = start(problem, seed);
        let mut task = Task::new(&function, &start)
            .with_limits(limits)
            .with_seed(seed);
        if let Some(bounds) = bounds.as_ref().filter(|_| bounded) {
            task = task.with_bounds(bounds);
        }
        let answer = task.minimize(method).ok()?;
        (answer.value <= problem.target).then_some(answer.evaluations.total())
    };
    let mut found: Vec<u64> = (0..SEEDS).filter_map(run).collect();
    found.sort_unstable();
    found
}

fn row(problem: &Problem, method: &dyn Method, bounded: bool, budget: u64) {
    let found = evaluations(problem, method, bounded, budget);
    let median = found.get(found.len() / 2).copied().unwrap_or(0);
    println!(
        "| {} | {} | {} | {budget} | {}/{SEEDS} | {median} |",
        problem.name,
        problem.n,
        method.name(),
        found.len()
    );
}

fn main() {
    println!("| function | n | method | budget | reached | median evaluations where reached |");
    println!("|---|---|---|---|---|---|");
    let cma = CmaEs::new().with_sigma(2.0);
    for (name, function) in [
        ("sphere", sphere as fn(&[f64]) -> f64),
        ("Rosenbrock", rosenbrock),
        ("ellipsoid, 10⁶", ellipsoid),
    ] {
        let problem = Problem {
            name,
            function,
            n: 10,
            half: 5.0,
            target: 1e-9,
        };
        row(&problem, &cma, false, 20_000);
    }
    let problem = |name, function, n, half, target| Problem {
        name,
        function,
        n,
        half,
        target,
    };
    for (problem, budget) in [
        (problem("Rastrigin", rastrigin, 2, 5.12, 1e-6), 20_000),
        (problem("Rastrigin", rastrigin, 5, 5.12, 1e-6), 50_000),
        (problem("Rastrigin", rastrigin, 10, 5.12, 1e-6), 200_000),
        (problem("Ackley", ackley, 2, 32.768, 1e-6), 20_000),
        (problem("Ackley", ackley, 5, 32.768, 1e-6), 50_000),
        (problem("Ackley", ackley, 10, 32.768, 1e-6), 200_000),
        (problem("eggholder", eggholder, 2, 512.0, -959.64), 50_000),
    ] {
        let genetic = Genetic {
            patience: 10_000,
            ..Genetic::new()
        };
        let bipop = CmaEs::new().with_restarts(Restarts::Bipop(9));
        let hopping = BasinHopping::new(Powell::new()).with_hops(100_000);
        let starts = MultiStart::new(NelderMead::new()).with_starts(200);
        let methods: [&dyn Method; 8] = [
            &SimulatedAnnealing::new(),
            &genetic,
            &DifferentialEvolution::new(),
            &DifferentialEvolution::best(),
            &ParticleSwarm::new(),
            &bipop,
            &hopping,
            &starts,
        ];
        for method in methods {
            row(&problem, method, true, budget);
        }
    }
}
