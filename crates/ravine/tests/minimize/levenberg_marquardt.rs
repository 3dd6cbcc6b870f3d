//! Levenberg–Marquardt, on problems whose answers are known.

use ravine::minimize::{
    Answer, Error, Function, LeastSquares, LevenbergMarquardt, Limits, Residuals, Stopped, Task,
};

/// Residuals of a closure, without a Jacobian, or with one.
struct Fit<R, J> {
    count: usize,
    residuals: R,
    jacobian: J,
}

type Missing = fn(&[f64], &mut [f64]) -> bool;

fn missing(_: &[f64], _: &mut [f64]) -> bool {
    false
}

impl<R: Fn(&[f64], usize) -> f64 + Sync, J: Fn(&[f64], &mut [f64]) -> bool + Sync> Residuals
    for Fit<R, J>
{
    fn count(&self, _: usize) -> usize {
        self.count
    }

    fn residuals(&self, x: &[f64], r: &mut [f64]) {
        r.iter_mut()
            .enumerate()
            .for_each(|(i, r)| *r = (self.residuals)(x, i));
    }

    fn jacobian(&self, x: &[f64], j: &mut [f64]) -> bool {
        (self.jacobian)(x, j)
    }
}

fn without<R: Fn(&[f64], usize) -> f64 + Sync>(
    count: usize,
    residuals: R,
) -> LeastSquares<Fit<R, Missing>> {
    LeastSquares(Fit {
        count,
        residuals,
        jacobian: missing as Missing,
    })
}

fn solve(problem: &dyn ravine::minimize::Objective, start: &[f64], gradient: f64) -> Answer<f64> {
    let limits = Limits {
        gradient,
        iterations: 2000,
        ..Limits::default()
    };
    Task::new(problem, start)
        .with_limits(limits)
        .minimize(&LevenbergMarquardt::new())
        .unwrap()
}

fn near(value: f64, expected: f64) {
    assert!(
        (value - expected).abs() <= 1e-8 * expected.max(1e-8),
        "{value} {expected}"
    );
}

#[test]
fn rosenbrock() {
    let residuals = |x: &[f64], i: usize| {
        if i == 0 {
            10.0 * (x[1] - x[0] * x[0])
        } else {
            1.0 - x[0]
        }
    };
    let jacobian = |x: &[f64], j: &mut [f64]| {
        j.copy_from_slice(&[-20.0 * x[0], 10.0, -1.0, 0.0]);
        true
    };
    let exact = LeastSquares(Fit {
        count: 2,
        residuals,
        jacobian,
    });
    let answer = solve(&exact, &[-1.2, 1.0], 1e-8);
    assert_eq!(answer.stopped, Stopped::Gradient);
    assert!(
        answer.x.iter().all(|x| (x - 1.0).abs() < 1e-8),
        "{answer:?}"
    );
    assert!(answer.evaluations.total() < 50, "{answer:?}");
    // The same by differences, counted.
    let by_differences = solve(&without(2, residuals), &[-1.2, 1.0], 1e-8);
    assert!(by_differences.x.iter().all(|x| (x - 1.0).abs() < 1e-8));
    assert_eq!(by_differences.evaluations.gradient, 0);
    assert!(by_differences.evaluations.value >= 5 * by_differences.iterations);
}

#[test]
fn box_three_dimensional() {
    let problem = without(10, |x, i| {
        let t = 0.1 * (i as f64 + 1.0);
        (-t * x[0]).exp() - (-t * x[1]).exp() - x[2] * ((-t).exp() - (-10.0 * t).exp())
    });
    let answer = solve(&problem, &[0.0, 10.0, 20.0], 1e-8);
    near(answer.value, 0.0);
    for (x, expected) in answer.x.iter().zip([1.0, 10.0, 1.0]) {
        assert!((x - expected).abs() < 1e-6, "{answer:?}");
    }
}

#[test]
fn kowalik_and_osborne() {
    const Y: [f64; 11] = [
        0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246,
    ];
    const U: [f64; 11] = [
        4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625,
    ];
    let problem = without(11, |x, i| {
        let u = U[i];
        Y[i] - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3])
    });
    let answer = solve(&problem, &[0.25, 0.39, 0.415, 0.39], 1e-9);
    near(answer.value, 3.075_056_038_49e-4);
}

#[test]
fn bard() {
    const Y: [f64; 15] = [
        0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39,
    ];
    let problem = without(15, |x, i| {
        let u = i as f64 + 1.0;
        let v = 16.0 - u;
        Y[i] - (x[0] + u / (v * x[1] + u.min(v) * x[2]))
    });
    let answer = solve(&problem, &[1.0; 3], 1e-8);
    near(answer.value, 8.214_877_306_57e-3);
}

#[test]
fn large_residuals_and_singular_jacobians() {
    // Freudenstein & Roth, from where it leads to the local minimum 48.98…
    let problem = without(2, |x, i| match i {
        0 => -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1],
        _ => -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1],
    });
    near(solve(&problem, &[0.5, -2.0], 1e-6).value, 48.984_253_679_2);
    // Powell's singular function: the Jacobian has rank 2 at the solution.
    let problem = without(4, |x, i| match i {
        0 => x[0] + 10.0 * x[1],
        1 => 5_f64.sqrt() * (x[2] - x[3]),
        2 => (x[1] - 2.0 * x[2]).powi(2),
        _ => 10_f64.sqrt() * (x[0] - x[3]).powi(2),
    });
    let answer = solve(&problem, &[3.0, -1.0, 0.0, 1.0], 1e-8);
    assert_eq!(answer.stopped, Stopped::Gradient);
    // Fewer residuals than variables, and a variable that nothing depends on.
    let answer = solve(
        &without(1, |x, _| x[0] * x[0] + x[1] - 3.0),
        &[1.0, 1.0, 5.0],
        1e-8,
    );
    assert!(answer.value < 1e-16 && answer.x[2] == 5.0, "{answer:?}");
    // Beale's function: at the start nothing depends on the first variable.
    let problem = without(3, |x, i| {
        [1.5, 2.25, 2.625][i] - x[0] * (1.0 - x[1].powi(i as i32 + 1))
    });
    let answer = solve(&problem, &[1.0, 1.0], 1e-8);
    assert!(
        (answer.x[0] - 3.0).abs() < 1e-7 && (answer.x[1] - 0.5).abs() < 1e-7,
        "{answer:?}"
    );
    // Linear: one step.
    let answer = solve(
        &without(3, |x, i| x[0] * (i as f64) + x[1] - (i * i) as f64),
        &[0.0, 0.0],
        1e-8,
    );
    near(answer.value, 2.0 / 3.0);
    assert!(answer.iterations <= 3, "{answer:?}");
}

#[test]
fn bad_problems_end() {
    let method = LevenbergMarquardt::new();
    let plain = Function::new(|x: &[f64]| x[0]);
    assert!(matches!(
        Task::new(&plain, &[1.0]).minimize(&method),
        Err(Error::Needs { .. })
    ));
    let nowhere = solve(&without(2, |_, _| f64::NAN), &[1.0], 1e-8);
    assert_eq!(nowhere.stopped, Stopped::NonFinite);
    let none = solve(&without(0, |_, _| 0.0), &[1.0], 1e-8);
    assert_eq!(none.stopped, Stopped::Gradient);
    let flat = solve(&without(2, |_, _| 1.0), &[1.0], 1e-8);
    assert_eq!(flat.stopped, Stopped::Gradient);
    // Undefined below 0.
    let wall = solve(&without(1, |x, _| x[0].sqrt() - 0.1), &[100.0], 1e-8);
    assert!((wall.x[0] - 0.01).abs() < 1e-8, "{wall:?}");
    let wrong = LeastSquares(Fit {
        count: 1,
        residuals: |x: &[f64], _| x[0] - 1.0,
        jacobian: |_: &[f64], j: &mut [f64]| {
            j.fill(-1.0);
            true
        },
    });
    assert_eq!(solve(&wrong, &[3.0], 1e-8).stopped, Stopped::NoProgress);
    let impossible = LevenbergMarquardt { factor: -1.0 };
    let refused = Task::new(&without(1, |x, _| x[0]), &[1.0]).minimize(&impossible);
    assert!(matches!(refused, Err(Error::Option { .. })));
}
