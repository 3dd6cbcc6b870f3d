//! Trust regions: what solvers of the subproblem find, and where the methods end.

use proptest::prelude::*;
use ravine::minimize::trust_region::{cauchy, dogleg, exact, steihaug};
use ravine::minimize::{Error, Function, Limits, Stopped, Task, TrustRegion};

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn product(b: &[f64], v: &[f64]) -> Vec<f64> {
    b.chunks(v.len()).map(|row| dot(row, v)).collect()
}

fn model(g: &[f64], b: &[f64], p: &[f64]) -> f64 {
    dot(g, p) + 0.5 * dot(p, &product(b, p))
}

const N: usize = 5;

/// A symmetric matrix `QᵀΛQ`, Q made of reflections.
fn symmetric(eigenvalues: &[f64], reflections: &[Vec<f64>]) -> Vec<f64> {
    let mut b = vec![0.0; N * N];
    for i in 0..N {
        b[i * N + i] = eigenvalues[i];
    }
    for v in reflections {
        let square = dot(v, v).max(1e-9);
        let reflect = |b: &[f64]| -> Vec<f64> {
            let columns = product(&transposed(b), v);
            (0..N * N)
                .map(|k| b[k] - 2.0 * v[k / N] * columns[k % N] / square)
                .collect()
        };
        b = reflect(&transposed(&reflect(&b)));
    }
    (0..N * N)
        .map(|k| 0.5 * (b[k] + b[k % N * N + k / N]))
        .collect()
}

fn transposed(b: &[f64]) -> Vec<f64> {
    (0..N * N).map(|k| b[k % N * N + k / N]).collect()
}

/// The least value of the model in the ball: by bisection of λ, in the basis in which B is diagonal.
fn least(eigenvalues: &[f64], c: &[f64], radius: f64) -> f64 {
    let p = |lambda: f64| -> Vec<f64> {
        let part = |(c, e): (&f64, &f64)| if *c == 0.0 { 0.0 } else { -c / (e + lambda) };
        c.iter().zip(eigenvalues).map(part).collect()
    };
    let value = |p: &[f64]| -> f64 {
        let terms = p.iter().zip(c).zip(eigenvalues);
        terms.map(|((p, c), e)| c * p + 0.5 * e * p * p).sum()
    };
    let lowest = eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
    if lowest > 0.0 && dot(&p(0.0), &p(0.0)).sqrt() <= radius {
        return value(&p(0.0));
    }
    let (mut lower, mut upper) = ((-lowest).max(0.0), 1e9);
    for _ in 0..200 {
        let middle = 0.5 * (lower + upper);
        if dot(&p(middle), &p(middle)).sqrt() > radius {
            lower = middle;
        } else {
            upper = middle;
        }
    }
    // In the hard case a direction of the least curvature, −λ, makes up the length.
    let p = p(upper);
    value(&p) - 0.5 * upper * (radius * radius - dot(&p, &p)).max(0.0)
}

fn vectors() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<Vec<f64>>, f64)> {
    let vector = || prop::collection::vec(-1.0..1.0_f64, N);
    let eigenvalues = prop::collection::vec(-5.0..20.0_f64, N);
    (
        eigenvalues,
        vector(),
        prop::collection::vec(vector(), 3),
        0.01..10.0_f64,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_solver_does_at_least_as_well_as_cauchy((eigenvalues, g, reflections, radius) in vectors(), definite: bool) {
        prop_assume!(dot(&g, &g) > 1e-4);
        let eigenvalues: Vec<f64> = eigenvalues.iter().map(|e| if definite { e.abs() + 0.01 } else { *e }).collect();
        let b = symmetric(&eigenvalues, &reflections);
        let base = cauchy(&g, &b, radius);
        let by_products = steihaug(&g, |v, bv| bv.copy_from_slice(&product(&b, v)), radius);
        let best = exact(&g, &b, radius);
        let leg = dogleg(&g, &b, radius);
        for p in [&base, &by_products, &best, &leg] {
            prop_assert!(dot(p, p).sqrt() <= radius * 1.11, "{p:?}");
        }
        let bound = model(&g, &b, &base);
        let rounding = 1e-12 * bound.abs();
        prop_assert!(bound < 0.0);
        // Cauchy's promise, (4.20) of Nocedal & Wright.
        let length = dot(&g, &g).sqrt();
        let size = eigenvalues.iter().fold(0.0, |s: f64, e| s.max(e.abs()));
        prop_assert!(-bound >= 0.5 * length * radius.min(length / size) * (1.0 - 1e-12));
        prop_assert!(model(&g, &b, &by_products) <= bound + rounding);
        // What a step within 10 % of the radius promises, (1 − σ)² of the least: Moré & Sorensen, lemma 3.4.
        prop_assert!(model(&g, &b, &best) <= 0.81 * bound + rounding);
        if definite {
            prop_assert!(model(&g, &b, &leg) <= bound + rounding);
        }
    }

    #[test]
    fn exact_steps_are_nearly_the_least((eigenvalues, c, _, radius) in vectors(), hard: bool) {
        // Diagonal here: a naive solution needs no eigenvectors.
        let b = symmetric(&eigenvalues, &[]);
        let mut c = c;
        if hard {
            let lowest = (0..N).min_by(|&i, &j| eigenvalues[i].total_cmp(&eigenvalues[j])).unwrap();
            c[lowest] = 0.0;
        }
        prop_assume!(dot(&c, &c) > 1e-4);
        let p = exact(&c, &b, radius);
        prop_assert!(dot(&p, &p).sqrt() <= radius * 1.1 + 1e-12);
        // Within the radius of a length 10 % off: the model may miss (1 − 0.1)² of the fall.
        let naive = least(&eigenvalues, &c, radius);
        prop_assert!(model(&c, &b, &p) <= 0.81 * naive + 1e-12, "{} {naive}", model(&c, &b, &p));
    }
}

#[test]
fn inside_the_region_the_step_is_newtons() {
    let (g, b) = (
        [2.0, -1.0, 0.5],
        [4.0, 1.0, 0.0, 1.0, 3.0, 0.5, 0.0, 0.5, 2.0],
    );
    let by_products = steihaug(
        &[2e-9, -1e-9, 5e-10],
        |v, bv| bv.copy_from_slice(&product(&b, v)),
        10.0,
    );
    let residual = product(&b, &by_products);
    assert!(
        residual
            .iter()
            .zip(&g)
            .all(|(r, g)| (r + 1e-9 * g).abs() < 1e-12)
    );
    for p in [exact(&g, &b, 10.0), dogleg(&g, &b, 10.0)] {
        assert!(
            product(&b, &p)
                .iter()
                .zip(&g)
                .all(|(bp, g)| (bp + g).abs() < 1e-14)
        );
    }
}

/// `(vᵀp)²/2 − c·vᵀp` has a line of minima, of which cv/‖v‖² is the shortest.
#[test]
fn of_many_minima_the_shortest_is_taken() {
    let v = [1.0, -2.0, 3.0, 0.5];
    let b: Vec<f64> = v.iter().flat_map(|a| v.map(|b| a * b)).collect();
    let g = v.map(|v| -5.0 * v);
    let p = exact(&g, &b, 100.0);
    let square = dot(&v, &v);
    for (p, v) in p.iter().zip(v) {
        let shortest = 5.0 * v / square;
        assert!(
            (p - shortest).abs() < 0.02 * shortest.abs(),
            "{p} {shortest}"
        );
    }
}

fn rosenbrock() -> Function<'static> {
    Function::new(|x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2))
        .with_gradient(|x, g| {
            let t = x[1] - x[0] * x[0];
            g[0] = -2.0 * (1.0 - x[0]) - 400.0 * x[0] * t;
            g[1] = 200.0 * t;
        })
        .with_hessian(|x, h| {
            h[0] = 2.0 - 400.0 * (x[1] - 3.0 * x[0] * x[0]);
            (h[1], h[2], h[3]) = (-400.0 * x[0], -400.0 * x[0], 200.0);
        })
}

fn all() -> [TrustRegion; 4] {
    [
        TrustRegion::new(),
        TrustRegion::dogleg(),
        TrustRegion::steihaug(),
        TrustRegion::sr1(),
    ]
}

#[test]
fn they_find_the_minimum_of_a_ravine() {
    for method in all() {
        let answer = Task::new(&rosenbrock(), &[-1.2, 1.0])
            .minimize(&method)
            .unwrap();
        assert_eq!(answer.stopped, Stopped::Gradient, "{method:?}");
        assert!(
            answer.x.iter().all(|x| (x - 1.0).abs() < 1e-7),
            "{method:?}: {answer:?}"
        );
        // A Hessian at each accepted point, and none at the others.
        assert!(answer.evaluations.hessian <= answer.iterations);
        assert_eq!(
            answer.evaluations.value,
            answer.evaluations.value.max(answer.iterations + 1)
        );
    }
    let bowl = Function::new(|x: &[f64]| x[0] * x[0] + 3.0 * x[1] * x[1] - x[0] * x[1]);
    let answer = Task::new(&bowl, &[5.0, -3.0])
        .minimize(&TrustRegion::cauchy())
        .unwrap();
    assert!(answer.x.iter().all(|x| x.abs() < 1e-7), "{answer:?}");
}

#[test]
fn a_saddle_is_left() {
    // The gradient at the start leads into the saddle at 0; minima are at (0, ±1).
    let saddle = Function::new(|x: &[f64]| x[0] * x[0] + 0.25 * x[1].powi(4) - 0.5 * x[1] * x[1])
        .with_gradient(|x, g| (g[0], g[1]) = (2.0 * x[0], x[1].powi(3) - x[1]))
        .with_hessian(|x, h| h.copy_from_slice(&[2.0, 0.0, 0.0, 3.0 * x[1] * x[1] - 1.0]));
    let answer = Task::new(&saddle, &[1.0, 0.0])
        .minimize(&TrustRegion::new())
        .unwrap();
    assert_eq!(answer.stopped, Stopped::Gradient);
    assert!(
        (answer.x[1].abs() - 1.0).abs() < 1e-8 && answer.x[0].abs() < 1e-8,
        "{answer:?}"
    );
}

#[test]
fn bad_functions_end() {
    for method in all() {
        let line = Function::new(|x: &[f64]| -x[0]).with_gradient(|_, g| g[0] = -1.0);
        let answer = Task::new(&line, &[0.0]).minimize(&method).unwrap();
        assert_eq!(answer.stopped, Stopped::Unbounded, "{method:?}");
        let nowhere = Function::new(|_: &[f64]| f64::NAN);
        let answer = Task::new(&nowhere, &[0.0]).minimize(&method).unwrap();
        assert_eq!(answer.stopped, Stopped::NonFinite, "{method:?}");
        let wrong = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = -2.0 * x[0]);
        let answer = Task::new(&wrong, &[3.0]).minimize(&method).unwrap();
        assert!(
            !answer.stopped.converged() && answer.evaluations.total() < 10_000,
            "{method:?}: {answer:?}"
        );
        let wall = Function::new(|x: &[f64]| x[0] - x[0].ln())
            .with_gradient(|x, g| g[0] = 1.0 - 1.0 / x[0]);
        let answer = Task::new(&wall, &[50.0]).minimize(&method).unwrap();
        assert!((answer.x[0] - 1.0).abs() < 1e-6, "{method:?}: {answer:?}");
        let single =
            Function::new(|x: &[f32]| f64::from(3.0 + (x[0] - 1.0).powi(2) + (x[1] - 0.3).powi(2)))
                .with_gradient(|x, g| (g[0], g[1]) = (2.0 * (x[0] - 1.0), 2.0 * (x[1] - 0.3)));
        let limits = Limits {
            gradient: 0.0,
            ..Limits::default()
        };
        let answer = Task::new(&single, &[3.0, 2.0])
            .with_limits(limits)
            .minimize(&method)
            .unwrap();
        assert!(
            (answer.x[0] - 1.0).abs() < 1e-3 && answer.iterations < 1000,
            "{method:?}: {answer:?}"
        );
    }
}

#[test]
fn impossible_options_are_errors() {
    for method in [
        TrustRegion::new().with_radius(0.0),
        TrustRegion::new().with_accept(0.3),
    ] {
        let answer = Task::new(&rosenbrock(), &[0.0, 0.0]).minimize(&method);
        assert!(matches!(answer, Err(Error::Option { .. })));
    }
}
