//! Runs methods on the 35 problems of Moré, Garbow and Hillstrom, from the standard starts to |∇f|∞ ≤ 1e-8:
//!
//! ```text
//! cargo run --release -p ravine --example mgh -- bfgs lbfgs cg-hz:hager-zhang
//! ```
//! Prints a JSON object a line for each method and problem. A method is a name of `ravine minimize`, alone or with a step size behind
//! a colon; without any, all that compare with SciPy's are run.

use std::time::Instant;

use ravine::minimize::catalogue::named;
use ravine::minimize::{Error, Limits, Method, Task};
use ravine::problem::{Problem, more_garbow_hillstrom};
use serde_json::json;

const METHODS: &[&str] = &[
    "bfgs",
    "lbfgs",
    "lbfgsb",
    "cg-fr",
    "cg-pr",
    "cg-hs",
    "cg-dy",
    "cg-hz",
    "newton",
    "newton-cg",
    "steihaug",
    "trust-region",
    "dogleg",
    "levenberg-marquardt",
];

fn method(name: &str) -> Result<Box<dyn Method>, Error> {
    match name.split_once(':') {
        Some((name, step_size)) => named(name)?.method_with(Some(step_size), &[]),
        None => Ok(named(name)?.method()),
    }
}

fn report(name: &str, problem: &Problem) -> Result<serde_json::Value, Error> {
    let limits = Limits {
        iterations: 20_000,
        evaluations: 200_000,
        ..Limits::default()
    };
    let began = Instant::now();
    let answer = Task::new(problem, problem.start())
        .with_limits(limits)
        .minimize(&*method(name)?)?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(json!({
        "problem": problem.name(),
        "n": problem.variables(),
        "method": name,
        "evaluations": {
            "value": answer.evaluations.value,
            "gradient": answer.evaluations.gradient,
            "hessian_vector": answer.evaluations.hessian_vector,
            "hessian": answer.evaluations.hessian,
        },
        "iterations": answer.iterations,
        "value": answer.value,
        "gradient_norm": answer.gradient_norm,
        "stopped": answer.stopped.name(),
        "seconds": seconds,
    }))
}

fn main() -> Result<(), Error> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asked = asked.iter().map(String::as_str).collect::<Vec<_>>();
    let names = if asked.is_empty() { METHODS } else { &asked };
    for name in names {
        for family in more_garbow_hillstrom() {
            println!("{}", report(name, &family.problem())?);
        }
    }
    Ok(())
}
