//! Methods and step sizes by name.

use ravine::minimize::catalogue::{
    FAMILIES, methods, named, named_step_size, sensible, step_sizes,
};
use ravine::minimize::{Bounds, Function, Limits, Objective, Task};
use ravine::problem;

#[test]
fn names_are_the_methods_own() {
    for method in methods() {
        assert!(FAMILIES.contains(&method.family), "{}", method.name);
        let own = method.method().name();
        let own = own.split(" with ").next().unwrap_or_default();
        assert_eq!(own, method.name);
        assert_eq!(named(method.name).unwrap().name, method.name);
    }
}

/// Every method lowers a parabola, in as many variables as it is for.
#[test]
fn every_method_minimizes() {
    for method in methods() {
        let n = if ["brent", "golden-section"].contains(&method.name) {
            1
        } else {
            2
        };
        let problem = problem::named("booth").unwrap();
        let parabola =
            Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
        let least_squares = problem::named("rosenbrock").unwrap();
        let objective: &dyn Objective = match method.name {
            "brent" | "golden-section" => &parabola,
            "levenberg-marquardt" | "gauss-newton" => &least_squares,
            _ => &problem,
        };
        let bounds = Bounds::uniform(n, -3.0, 5.0).unwrap();
        let start = vec![2.0; n];
        let limits = Limits {
            evaluations: 20_000,
            ..Limits::default()
        };
        let mut task = Task::new(objective, &start).with_limits(limits);
        if method.wants_bounds() {
            task = task.with_bounds(&bounds);
        }
        let answer = task.minimize(&*method.method()).unwrap();
        let before = objective.value(&start);
        assert!(answer.value < 1e-2 * before, "{}: {answer:?}", method.name);
    }
}

#[test]
fn every_step_size_goes_with_a_direction() {
    let booth = problem::named("booth").unwrap();
    for step_size in step_sizes() {
        let method = named("steepest-descent")
            .unwrap()
            .method_with(step_size.name)
            .unwrap();
        let answer = Task::new(&booth, &[0.0, 0.0]).minimize(&*method).unwrap();
        assert_eq!(
            method.name(),
            format!("steepest-descent with {}", step_size.name)
        );
        assert!(answer.value < 0.74, "{}: {answer:?}", step_size.name);
    }
}

#[test]
fn mistakes_are_named_with_their_cure() {
    let said = |result: Result<(), _>| {
        result
            .map_err(|e: ravine::minimize::Error| e.to_string())
            .unwrap_err()
    };
    assert_eq!(
        said(named("bgfs").map(drop)),
        "unknown method 'bgfs'; did you mean 'bfgs'?"
    );
    assert_eq!(
        said(named_step_size("armijo=2").map(drop)),
        "the step size armijo takes no number"
    );
    assert_eq!(
        said(named_step_size("constant=fast").map(drop)),
        "'fast' is not a number: the step size is to read like constant=0.1"
    );
    assert_eq!(
        said(named("cma-es").unwrap().method_with("wolfe").map(drop)),
        "cma-es chooses its steps itself: leave the step size out"
    );
}

#[test]
fn the_choice_follows_from_what_is_known() {
    let rosenbrock = problem::named("rosenbrock").unwrap();
    assert_eq!(
        sensible(&rosenbrock, rosenbrock.start(), false).0,
        "levenberg-marquardt"
    );
    assert_eq!(sensible(&rosenbrock, rosenbrock.start(), true).0, "lbfgsb");
    let booth = problem::named("himmelblau").unwrap();
    let residuals = booth.residuals().is_some();
    assert_eq!(
        sensible(&booth, booth.start(), false).0,
        if residuals {
            "levenberg-marquardt"
        } else {
            "trust-region"
        }
    );
    let value = Function::new(|x: &[f64]| x[0] * x[0]);
    assert_eq!(sensible(&value, &[1.0], false).0, "bfgs");
    assert_eq!(sensible(&value, &[1.0], true).0, "brent");
    assert_eq!(sensible(&value, &[1.0; 1000], false).0, "lbfgs");
}
