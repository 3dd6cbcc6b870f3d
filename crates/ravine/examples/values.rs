//! Runs the methods that only ask for values, from starts that SciPy's are then run from (`bench/peers/minimize.py --values`):
//!
//! ```text
//! cargo run --release -p ravine --example values
//! ```
//! Prints a JSON object a line for each method, problem and start: which evaluation was the first within 1e-8 of the least value (of
//! the functions with many minima 1e-4), or null. Afterwards the same for the methods of one variable, which end by themselves.

use std::sync::atomic::{AtomicU64, Ordering};

use ravine::minimize::{
    BasinHopping, Bounds, CmaEs, DifferentialEvolution, Error, Limits, Method, NelderMead,
    Objective, Powell, Restarts, Shade, SimulatedAnnealing, Task, brent, golden_section,
};
use ravine::problem::{self, Problem};
use ravine::random::{Purpose, stream, unit};
use serde_json::json;

const STARTS: u64 = 25;

/// Name, variables, evaluations.
const SMOOTH: [(&str, usize, u64); 6] = [
    ("rosenbrock", 2, 5_000),
    ("rosenbrock", 5, 20_000),
    ("beale", 2, 5_000),
    ("powell-singular", 4, 10_000),
    ("wood", 4, 10_000),
    ("himmelblau", 2, 5_000),
];
const RUGGED: [(&str, usize, u64); 6] = [
    ("himmelblau", 2, 5_000),
    ("rastrigin", 2, 20_000),
    ("rastrigin", 5, 50_000),
    ("ackley", 2, 20_000),
    ("ackley", 5, 50_000),
    ("eggholder", 2, 50_000),
];

/// A problem that notes which evaluation was the first to reach the target.
struct Noted<'a> {
    problem: &'a Problem,
    target: f64,
    calls: AtomicU64,
    reached: AtomicU64,
}

impl Objective for Noted<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        let value = self.problem.value(x);
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if value <= self.target {
            self.reached.fetch_min(call, Ordering::Relaxed);
        }
        value
    }
}

fn find(name: &str, n: usize) -> Result<Problem, problem::Error> {
    problem::named(name)
        .ok()
        .filter(|problem| problem.variables() == n)
        .map_or_else(|| problem::named_with(name, n), Ok)
}

fn report(
    (name, n, evaluations): (&str, usize, u64),
    (method, label): (&dyn Method, &str),
    bounded: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let problem = find(name, n)?;
    // Cut on one side: methods that try the middle of the box would be lucky with minima there.
    let cut = |&(l, u): &(f64, f64)| {
        if bounded {
            (l + 0.2 * (u - l), u)
        } else {
            (l, u)
        }
    };
    let domain: Vec<(f64, f64)> = problem.domain().iter().map(cut).collect();
    let (lower, upper) = domain.iter().copied().unzip();
    let bounds = Bounds::new(lower, upper)?;
    let least = problem.minima().first().map_or(0.0, |m| m.value);
    let target = least + if bounded { 1e-4 } else { 1e-8 };
    for seed in 0..STARTS {
        let mut rng = stream(seed, Purpose::Probe, 0);
        let random = domain.iter();
        let random = random.map(|(l, u)| l + (u - l) * unit(&mut rng));
        let start: Vec<f64> = match seed {
            0 => problem.start().to_vec(),
            _ => random.collect(),
        };
        let noted = Noted {
            problem: &problem,
            target,
            calls: AtomicU64::new(0),
            reached: AtomicU64::new(u64::MAX),
        };
        let limits = Limits {
            target: Some(target),
            evaluations,
            ..Limits::default()
        };
        let mut task = Task::new(&noted, &start)
            .with_limits(limits)
            .with_seed(seed);
        if bounded {
            task = task.with_bounds(&bounds);
        }
        let answer = task.minimize(method)?;
        let reached = Some(noted.reached.into_inner()).filter(|&at| at < u64::MAX);
        println!(
            "{}",
            json!({
                "problem": name,
                "method": label,
                "start": start,
                "seed": seed,
                "bounds": bounded.then_some(&domain),
                "target": target,
                "budget": evaluations,
                "reached": reached,
                "stopped": answer.stopped.name(),
            })
        );
    }
    Ok(())
}

/// Brent's function (1973, section 5.7), which has a minimum between the squares of 1 and 2, of 2 and 3 … of 19 and 20.
fn poles(x: f64) -> f64 {
    let terms = (1..=20).map(f64::from);
    terms.map(|i| ((2.0 * i - 5.0) / (x - i * i)).powi(2)).sum()
}

fn intervals() -> Result<(), Error> {
    for i in 1..20 {
        let (i, edge) = (f64::from(i), 1e-9);
        let (lower, upper) = (i * i + edge, (i + 1.0) * (i + 1.0) - edge);
        for (name, found) in [
            ("brent", brent(poles, lower, upper, 1e-8)?),
            ("golden-section", golden_section(poles, lower, upper, 1e-8)?),
        ] {
            let row = json!({"interval": [lower, upper], "method": name, "x": found.x, "evaluations": found.evaluations});
            println!("{row}");
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for problem in SMOOTH {
        report(problem, (&NelderMead::new(), "nelder-mead"), false)?;
        report(problem, (&Powell::new(), "powell"), false)?;
    }
    let annealing = SimulatedAnnealing::new().with_anneals(1000);
    let hopping = BasinHopping::new(Powell::new()).with_hops(100_000);
    let bipop = CmaEs::new().with_restarts(Restarts::Bipop(9));
    for problem in RUGGED {
        let evolution = DifferentialEvolution::new();
        report(problem, (&evolution, "differential-evolution"), true)?;
        let best = DifferentialEvolution::best();
        report(problem, (&best, "differential-evolution, best/1/bin"), true)?;
        report(problem, (&Shade::new(), "shade"), true)?;
        report(problem, (&annealing, "simulated-annealing"), true)?;
        report(problem, (&hopping, "basin-hopping"), true)?;
        report(problem, (&bipop, "cma-es, BIPOP"), true)?;
    }
    Ok(intervals()?)
}
