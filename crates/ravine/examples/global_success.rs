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
    /// All coordinates of the start; random ones in the box, if none is given.
    start: Option<f64>,
    target: f64,
}

/// Where a run begins.
fn start(problem: &Problem, seed: u64) -> Vec<f64> {
    use ravine::random::{Purpose, stream, unit};
    let mut rng = stream(seed, Purpose::Probe, 0);
    let at = |_| {
        let random = problem.half * (2.0 * unit(&mut rng) - 1.0);
        problem.start.unwrap_or(random)
    };
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

fn row(problem: &Problem, label: &str, method: &dyn Method, bounded: bool, budget: u64) {
    let found = evaluations(problem, method, bounded, budget);
    let median = found
        .get(found.len() / 2)
        .map_or("–".into(), u64::to_string);
    println!(
        "| {} | {} | {label} | {budget} | {}/{SEEDS} | {median} |",
        problem.name,
        problem.n,
        found.len()
    );
}

fn main() {
    println!("| function | n | method | budget | reached | median evaluations where reached |");
    println!("|---|---|---|---|---|---|");
    let problem = |name, function, n, half, target| Problem {
        name,
        function,
        n,
        half,
        start: None,
        target,
    };
    let at = |x, problem| Problem {
        start: Some(x),
        ..problem
    };
    for (problem, sigma) in [
        (at(3.0, problem("sphere", sphere, 10, 5.0, 1e-9)), 2.0),
        (
            at(0.1, problem("Rosenbrock", rosenbrock, 10, 5.0, 1e-9)),
            0.5,
        ),
        (
            at(3.0, problem("ellipsoid, κ = 10⁶", ellipsoid, 10, 5.0, 1e-9)),
            2.0,
        ),
        (problem("sphere", sphere, 10, 5.0, 1e-9), 2.0),
        (problem("Rosenbrock", rosenbrock, 10, 5.0, 1e-9), 2.0),
        (problem("ellipsoid, κ = 10⁶", ellipsoid, 10, 5.0, 1e-9), 2.0),
    ] {
        let from = match problem.start {
            Some(x) => format!("cma-es from ({x}, …), σ₀ = {sigma}"),
            None => format!("cma-es from random points, σ₀ = {sigma}"),
        };
        let method = CmaEs::new().with_sigma(sigma);
        row(&problem, &from, &method, false, 20_000);
    }
    for (problem, budget) in [
        (problem("Rastrigin", rastrigin, 2, 5.12, 1e-4), 20_000),
        (problem("Rastrigin", rastrigin, 5, 5.12, 1e-4), 50_000),
        (problem("Rastrigin", rastrigin, 10, 5.12, 1e-4), 200_000),
        (problem("Ackley", ackley, 2, 32.768, 1e-4), 20_000),
        (problem("Ackley", ackley, 5, 32.768, 1e-4), 50_000),
        (problem("Ackley", ackley, 10, 32.768, 1e-4), 200_000),
        // The minimum is −959.6407, the next lowest −956.9.
        (problem("eggholder", eggholder, 2, 512.0, -959.64), 50_000),
    ] {
        let genetic = Genetic {
            patience: 10_000,
            ..Genetic::new()
        };
        let methods: [(&str, &dyn Method); 10] = [
            ("simulated-annealing", &SimulatedAnnealing::new()),
            (
                "simulated-annealing, again while it may",
                &SimulatedAnnealing::new().with_anneals(100),
            ),
            ("genetic", &genetic),
            ("differential-evolution", &DifferentialEvolution::new()),
            (
                "differential-evolution, 50 points, CR = 0.2",
                &DifferentialEvolution::new()
                    .with_population(50)
                    .with_crossover(0.2),
            ),
            (
                "differential-evolution, best/1/bin",
                &DifferentialEvolution::best(),
            ),
            ("particle-swarm", &ParticleSwarm::new()),
            (
                "cma-es, BIPOP",
                &CmaEs::new().with_restarts(Restarts::Bipop(9)),
            ),
            (
                "basin-hopping with powell",
                &BasinHopping::new(Powell::new()).with_hops(100_000),
            ),
            (
                "multi-start of 200 nelder-mead",
                &MultiStart::new(NelderMead::new()).with_starts(200),
            ),
        ];
        for (label, method) in methods {
            row(&problem, label, method, true, budget);
        }
    }
}
