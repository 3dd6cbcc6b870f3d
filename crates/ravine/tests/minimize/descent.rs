//! The loop: it ends, says why, and counts.

use std::ops::ControlFlow;

use ravine::minimize::{
    Armijo, Bfgs, Bounds, Descent, Error, Function, Limits, Progress, Steepest, Stopped, Task,
    check_gradient,
};

fn rosenbrock() -> Function<'static> {
    Function::new(|x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2))
        .with_gradient(|x, g| {
            let t = x[1] - x[0] * x[0];
            g[0] = -2.0 * (1.0 - x[0]) - 400.0 * x[0] * t;
            g[1] = 200.0 * t;
        })
}

fn bfgs() -> Descent<Bfgs, Armijo> {
    Descent::new(Bfgs::new(), Armijo::new())
}

#[test]
fn finds_the_minimum_of_a_ravine() {
    let answer = Task::new(&rosenbrock(), &[-1.2, 1.0])
        .minimize(&bfgs())
        .unwrap();
    assert_eq!(answer.stopped, Stopped::Gradient);
    assert!(
        answer.x.iter().all(|x| (x - 1.0).abs() < 1e-8),
        "{answer:?}"
    );
}

#[test]
fn counts_what_the_function_saw() {
    let values = std::sync::atomic::AtomicU64::new(0);
    let counted = Function::new(|x: &[f64]| {
        values.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        x[0].powi(4) + x[1].powi(2)
    });
    let answer = Task::new(&counted, &[2.0, 1.0]).minimize(&bfgs()).unwrap();
    assert!(answer.stopped.converged(), "{answer:?}");
    assert_eq!(
        answer.evaluations.value,
        values.load(std::sync::atomic::Ordering::Relaxed)
    );
    assert_eq!(answer.evaluations.gradient, 0);
}

#[test]
fn says_why_it_stopped() {
    let f = rosenbrock();
    let start = [-1.2, 1.0];
    let with = |limits| {
        Task::new(&f, &start)
            .with_limits(limits)
            .minimize(&bfgs())
            .unwrap()
    };
    let default = Limits::default();
    assert_eq!(
        with(Limits {
            iterations: 3,
            ..default
        })
        .stopped,
        Stopped::Iterations
    );
    assert_eq!(
        with(Limits {
            iterations: 3,
            ..default
        })
        .iterations,
        3
    );
    assert_eq!(
        with(Limits {
            evaluations: 20,
            ..default
        })
        .stopped,
        Stopped::Evaluations
    );
    assert_eq!(
        with(Limits {
            target: Some(1.0),
            ..default
        })
        .stopped,
        Stopped::Target
    );
    let mut seen = 0;
    let mut observer = |progress: &Progress<'_, f64>| {
        seen = progress.iteration;
        if seen == 5 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let answer = Task::new(&f, &start)
        .observed_by(&mut observer)
        .minimize(&bfgs())
        .unwrap();
    assert_eq!(
        (answer.stopped, answer.iterations, seen),
        (Stopped::Observer, 5, 5)
    );
    let line = Function::new(|x: &[f64]| -x[0]);
    let answer = Task::new(&line, &[0.0]).minimize(&bfgs()).unwrap();
    assert_eq!(answer.stopped, Stopped::Unbounded);
    let cliff = Function::new(|x: &[f64]| -x[0].exp()).with_gradient(|x, g| g[0] = -x[0].exp());
    let answer = Task::new(&cliff, &[0.0]).minimize(&bfgs()).unwrap();
    assert_eq!(answer.stopped, Stopped::Unbounded);
    let nowhere = Function::new(|_: &[f64]| f64::NAN);
    let answer = Task::new(&nowhere, &[0.0]).minimize(&bfgs()).unwrap();
    assert_eq!(answer.stopped, Stopped::NonFinite);
}

#[test]
fn a_wrong_gradient_is_named_and_survived() {
    let wrong = Function::new(|x: &[f64]| x[0] * x[0] + x[1] * x[1]).with_gradient(|x, g| {
        g[0] = 2.0 * x[0];
        g[1] = -2.0 * x[1];
    });
    let check = check_gradient(&wrong, &[1.0, 3.0]).unwrap();
    assert_eq!((check.coordinate, check.gradient), (1, -6.0));
    let answer = Task::new(&wrong, &[0.0, 3.0]).minimize(&bfgs()).unwrap();
    assert_eq!(answer.stopped, Stopped::NoProgress);
}

#[test]
fn backs_off_from_where_there_is_no_value() {
    // Defined for x > 0 only; the minimum is at 1.
    let barrier = Function::new(|x: &[f64]| x[0] - x[0].ln());
    let answer =
        Task::new(&barrier, &[50.0]).minimize(&Descent::new(Steepest::new(), Armijo::new()));
    assert!((answer.unwrap().x[0] - 1.0).abs() < 1e-6);
}

#[test]
fn impossible_tasks_are_errors() {
    let f = rosenbrock();
    assert_eq!(Task::new(&f, &[]).minimize(&bfgs()), Err(Error::Empty));
    let start = Task::new(&f, &[0.0, f64::INFINITY]).minimize(&bfgs());
    assert_eq!(
        start.unwrap_err().to_string(),
        "coordinate 1 of the start is inf; it must be a finite number"
    );
    let bounds = Bounds::uniform(2, 0.0, 1.0).unwrap();
    let bounded = Task::new(&f, &[0.5, 0.5])
        .with_bounds(&bounds)
        .minimize(&bfgs());
    assert!(matches!(bounded, Err(Error::NoBounds { .. })));
    let infinity = f64::INFINITY;
    for (lower, upper) in [(1.0, 0.0), (infinity, infinity), (-infinity, -infinity)] {
        assert!(matches!(
            Bounds::uniform(2, lower, upper),
            Err(Error::Bounds(_))
        ));
    }
    let never = Descent::new(
        Bfgs::new(),
        Armijo {
            factor: 1.0,
            ..Armijo::new()
        },
    );
    assert_eq!(
        Task::new(&f, &[0.0, 0.0])
            .minimize(&never)
            .unwrap_err()
            .to_string(),
        "factor is 1, but must be in (0, 1)"
    );
}
