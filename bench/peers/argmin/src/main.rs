//! argmin's methods on the problems of Moré, Garbow and Hillstrom, each until |∇f|∞ ≤ 1e-8: a JSON object a line, as
//! `cargo run -p ravine --example mgh` prints them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

use argmin::core::{CostFunction, Error, Executor, Gradient, Hessian, State};
use argmin::solver::conjugategradient::NonlinearConjugateGradient;
use argmin::solver::conjugategradient::beta::PolakRibiere;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::newton::NewtonCG;
use argmin::solver::quasinewton::{BFGS, LBFGS};
use ravine::minimize::Objective;
use ravine::problem::{Problem, more_garbow_hillstrom};

const MOST: u64 = 200_000;
const GRADIENT: f64 = 1e-8;

#[derive(Default)]
struct Spent {
    value: u64,
    gradient: u64,
    hessian: u64,
    /// The least |∇f|∞ seen, and the value there.
    norm: Option<f64>,
    least: f64,
}

/// A problem that counts what is asked of it, and ends the run where the gradient is small enough.
struct Counted<'a> {
    problem: &'a Problem,
    spent: &'a Mutex<Spent>,
}

impl Counted<'_> {
    fn count(&self, add: impl FnOnce(&mut Spent)) -> Result<(), Error> {
        let mut spent = self
            .spent
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        add(&mut spent);
        if spent.value + spent.gradient + spent.hessian > MOST {
            return Err(Error::msg("evaluations"));
        }
        Ok(())
    }
}

impl CostFunction for Counted<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        self.count(|spent| spent.value += 1)?;
        Ok(self.problem.value(x))
    }
}

impl Gradient for Counted<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let mut gradient = vec![0.0; x.len()];
        self.problem.gradient(x, &mut gradient);
        let norm = gradient.iter().fold(
            0.0,
            |most: f64, g| if g.is_nan() { *g } else { most.max(g.abs()) },
        );
        self.count(|spent| {
            spent.gradient += 1;
            if spent.norm.is_none_or(|before| norm < before) {
                (spent.norm, spent.least) = (Some(norm), self.problem.value(x));
            }
        })?;
        if norm <= GRADIENT {
            return Err(Error::msg("gradient"));
        }
        Ok(gradient)
    }
}

impl Hessian for Counted<'_> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, x: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        self.count(|spent| spent.hessian += 1)?;
        let n = x.len();
        let mut hessian = vec![0.0; n * n];
        self.problem.hessian(x, &mut hessian);
        Ok(hessian.chunks_exact(n).map(<[f64]>::to_vec).collect())
    }
}

macro_rules! run {
    ($problem:expr, $solver:expr, |$state:ident| $more:expr) => {
        Executor::new($problem, $solver)
            .configure(|$state| $more.max_iters(20_000))
            .run()
            .map(|result| format!("{}", result.state().get_termination_status()))
    };
}

fn run(method: &str, problem: &Problem, spent: &Mutex<Spent>) -> Result<String, Error> {
    let start = problem.start().to_vec();
    let n = start.len();
    let counted = Counted { problem, spent };
    let search = MoreThuenteLineSearch::new();
    match method {
        "argmin BFGS" => {
            let identity = (0..n)
                .map(|i| (0..n).map(|j| f64::from(i == j)).collect())
                .collect::<Vec<Vec<f64>>>();
            let solver = BFGS::new(search)
                .with_tolerance_grad(0.0)?
                .with_tolerance_cost(0.0)?;
            run!(counted, solver, |state| state
                .param(start)
                .inv_hessian(identity))
        }
        "argmin L-BFGS" => {
            let solver = LBFGS::new(search, 10)
                .with_tolerance_grad(0.0)?
                .with_tolerance_cost(0.0)?;
            run!(counted, solver, |state| state.param(start))
        }
        "argmin NonlinearCG" => {
            let search = search.with_c(1e-4, 0.1)?;
            run!(
                counted,
                NonlinearConjugateGradient::new(search, PolakRibiere::new()),
                |state| state.param(start)
            )
        }
        _ => run!(
            counted,
            NewtonCG::new(search).with_tolerance(f64::MIN_POSITIVE)?,
            |state| state.param(start)
        ),
    }
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    for method in [
        "argmin BFGS",
        "argmin L-BFGS",
        "argmin NonlinearCG",
        "argmin NewtonCG",
    ] {
        for family in more_garbow_hillstrom() {
            let problem = family.problem();
            let spent = Mutex::new(Spent::default());
            let began = Instant::now();
            let stopped = catch_unwind(AssertUnwindSafe(|| run(method, &problem, &spent)));
            let seconds = began.elapsed().as_secs_f64();
            let stopped = match stopped {
                Ok(Ok(text)) => text,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "panic".to_owned(),
            };
            let spent = spent
                .into_inner()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            println!(
                "{}",
                serde_json::json!({
                    "problem": problem.name(),
                    "n": problem.variables(),
                    "method": method,
                    "evaluations": { "value": spent.value, "gradient": spent.gradient, "hessian_vector": 0, "hessian": spent.hessian },
                    "value": spent.least,
                    "gradient_norm": spent.norm,
                    "stopped": stopped,
                    "seconds": seconds,
                })
            );
        }
    }
}
