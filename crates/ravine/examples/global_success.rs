//! Prints how often and how quickly the global methods find the minima of known functions, over 50 seeds, as a markdown table.
//!
//! `cargo run --release --example global_success`

use ravine::minimize::{
    BasinHopping, Bounds, CmaEs, DifferentialEvolution, Genetic, Limits, Method, MultiStart,
    NelderMead, ParticleSwarm, Powell, Restarts, Shade, SimulatedAnnealing, Task,
};
use ravine::problem;

const SEEDS: u64 = 50;

/// A function, its size and box, and a value that only points near its lowest minimum are below.
struct Goal {
    /// Its name in `ravine::problem`.
    name: &'static str,
    n: usize,
    half: f64,
    /// All coordinates of the start; random ones in the box, if none is given.
    start: Option<f64>,
    target: f64,
}

/// Where a run begins.
fn start(goal: &Goal, seed: u64) -> Vec<f64> {
    use ravine::random::{Purpose, stream, unit};
    let mut rng = stream(seed, Purpose::Probe, 0);
    let at = |_| {
        let random = goal.half * (2.0 * unit(&mut rng) - 1.0);
        goal.start.unwrap_or(random)
    };
    (0..goal.n).map(at).collect()
}

/// The evaluations of those of 50 runs that reached the target, in order.
fn evaluations(goal: &Goal, method: &dyn Method, bounded: bool, budget: u64) -> Vec<u64> {
    let Ok(function) = problem::named_with(goal.name, goal.n) else {
        return Vec::new();
    };
    let bounds = Bounds::uniform(goal.n, -goal.half, goal.half).ok();
    let limits = Limits {
        target: Some(goal.target),
        evaluations: budget,
        ..Limits::default()
    };
    let run = |seed| {
        let start = start(goal, seed);
        let mut task = Task::new(&function, &start)
            .with_limits(limits)
            .with_seed(seed);
        if let Some(bounds) = bounds.as_ref().filter(|_| bounded) {
            task = task.with_bounds(bounds);
        }
        let answer = task.minimize(method).ok()?;
        (answer.value <= goal.target).then_some(answer.evaluations.total())
    };
    let mut found: Vec<u64> = (0..SEEDS).filter_map(run).collect();
    found.sort_unstable();
    found
}

fn row(goal: &Goal, label: &str, method: &dyn Method, bounded: bool, budget: u64) {
    let found = evaluations(goal, method, bounded, budget);
    let median = found
        .get(found.len() / 2)
        .map_or("–".into(), u64::to_string);
    println!(
        "| {} | {} | {label} | {budget} | {}/{SEEDS} | {median} |",
        goal.name,
        goal.n,
        found.len()
    );
}

fn main() {
    println!("| function | n | method | budget | reached | median evaluations where reached |");
    println!("|---|---|---|---|---|---|");
    let goal = |name, n, half, target| Goal {
        name,
        n,
        half,
        start: None,
        target,
    };
    let at = |x, goal| Goal {
        start: Some(x),
        ..goal
    };
    for (goal, sigma) in [
        (at(3.0, goal("sphere", 10, 5.0, 1e-9)), 2.0),
        (at(0.1, goal("rosenbrock", 10, 5.0, 1e-9)), 0.5),
        (at(3.0, goal("ellipsoid", 10, 5.0, 1e-9)), 2.0),
        (goal("sphere", 10, 5.0, 1e-9), 2.0),
        (goal("rosenbrock", 10, 5.0, 1e-9), 2.0),
        (goal("ellipsoid", 10, 5.0, 1e-9), 2.0),
    ] {
        let from = match goal.start {
            Some(x) => format!("cma-es from ({x}, …), σ₀ = {sigma}"),
            None => format!("cma-es from random points, σ₀ = {sigma}"),
        };
        let method = CmaEs::new().with_sigma(sigma);
        row(&goal, &from, &method, false, 20_000);
    }
    for (goal, budget) in [
        (goal("rastrigin", 2, 5.12, 1e-4), 20_000),
        (goal("rastrigin", 5, 5.12, 1e-4), 50_000),
        (goal("rastrigin", 10, 5.12, 1e-4), 200_000),
        (goal("ackley", 2, 32.768, 1e-4), 20_000),
        (goal("ackley", 5, 32.768, 1e-4), 50_000),
        (goal("ackley", 10, 32.768, 1e-4), 200_000),
        // The minimum is −959.6407, the next lowest −956.9.
        (goal("eggholder", 2, 512.0, -959.64), 50_000),
    ] {
        let genetic = Genetic {
            patience: 10_000,
            ..Genetic::new()
        };
        let methods: [(&str, &dyn Method); 11] = [
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
            ("shade", &Shade::new()),
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
            row(&goal, label, method, true, budget);
        }
    }
}
