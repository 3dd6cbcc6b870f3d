//! The 35 problems of Moré, Garbow and Hillstrom from their standard starts: the methods end in a known minimum, with 8 digits of
//! its value.

use ravine::minimize::catalogue::named;
use ravine::minimize::{Answer, Limits, Objective, Stopped, Task};
use ravine::problem::{Problem, more_garbow_hillstrom};

fn run(method: &str, problem: &Problem) -> Answer<f64> {
    let limits = Limits {
        iterations: 20_000,
        ..Limits::default()
    };
    let task = Task::new(problem, problem.start()).with_limits(limits);
    task.minimize(&*named(method).unwrap().method()).unwrap()
}

/// Which of the known minima the value is, to 8 digits; of those that are 0, to 1e-14 of the value at the start.
fn known(problem: &Problem, value: f64) -> Option<usize> {
    let zero = 1e-14 * problem.value(problem.start()).max(1.0);
    problem.minima().iter().position(|minimum| {
        let error = (value - minimum.value).abs();
        error <= 1e-8 * minimum.value.abs() || (minimum.value == 0.0 && value <= zero)
    })
}

/// Meyer's gradient is a sum of numbers of 1e9 and more, so that rounding alone leaves some 1e-5 of it: there the value must have its
/// eight digits all the same, and the method must say that it found no lower one.
fn end(problem: &Problem) -> Stopped {
    match problem.name() {
        "meyer" => Stopped::NoProgress,
        _ => Stopped::Gradient,
    }
}

/// Along the valley of Powell's badly scaled function, gradients are below 1e-8 far from its minimum. Steihaug's method comes upon such a
/// point, and is right to stop there; the others happen not to.
fn is_flat(method: &str, problem: &Problem, answer: &Answer<f64>) -> bool {
    (method, problem.name()) == ("steihaug", "powell-badly-scaled") && answer.value < 1e-8
}

fn check(method: &str) {
    let mut wrong = Vec::new();
    for family in more_garbow_hillstrom() {
        let problem = family.problem();
        let answer = run(method, &problem);
        let found = known(&problem, answer.value);
        println!(
            "{method} {}: minimum {found:?} of {}, {}",
            problem.name(),
            problem.minima().len(),
            answer.stopped,
        );
        let found = found.is_some() || is_flat(method, &problem, &answer);
        if answer.stopped != end(&problem) || !found {
            wrong.push(format!("{}: {answer:?}", problem.name()));
        }
    }
    assert!(wrong.is_empty(), "{method}\n{}", wrong.join("\n"));
}

#[test]
fn bfgs() {
    check("bfgs");
}

#[test]
fn lbfgs() {
    check("lbfgs");
}

#[test]
fn newton() {
    check("newton");
}

#[test]
fn trust_region() {
    check("trust-region");
}

#[test]
fn dogleg() {
    check("dogleg");
}

#[test]
fn steihaug() {
    check("steihaug");
}

#[test]
fn lbfgsb() {
    check("lbfgsb");
}

#[test]
fn levenberg_marquardt() {
    check("levenberg-marquardt");
}

/// The Hessian has rank 1 and noise besides: whoever follows its null space ends so far away that the gradient is noise there.
#[test]
fn a_flat_function_is_no_reason_to_go_far() {
    for (name, factor) in [("linear-rank-1", 100.0), ("linear-rank-1-zero", 100.0)] {
        let problem = ravine::problem::named(name).unwrap();
        let far: Vec<f64> = problem.start().iter().map(|x| factor * x).collect();
        for method in ["trust-region", "dogleg", "steihaug"] {
            let task = Task::new(&problem, &far);
            let answer = task.minimize(&*named(method).unwrap().method()).unwrap();
            assert_eq!(answer.stopped, Stopped::Gradient, "{method} {name}");
            assert!(known(&problem, answer.value).is_some());
        }
    }
}

/// Where rounding leaves no number between the ends of an interval.
#[test]
fn the_search_of_hager_and_zhang_ends() {
    let meyer = ravine::problem::named("meyer").unwrap();
    let method = named("bfgs")
        .unwrap()
        .method_with(Some("hager-zhang"), &[])
        .unwrap();
    let answer = Task::new(&meyer, meyer.start()).minimize(&*method).unwrap();
    assert!(known(&meyer, answer.value).is_some(), "{answer:?}");
}
