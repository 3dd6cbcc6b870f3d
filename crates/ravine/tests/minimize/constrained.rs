//! Minima on sets satisfy the conditions of optimality, and are those that naive methods find.

use proptest::prelude::*;
use ravine::minimize::{
    Bounds, Function, Lbfgsb, Limits, Method, ProjectedGradient, Stopped, Task,
};

/// ½xᵀAx − bᵀx, with the rows of A = I + Σ vvᵀ.
struct Quadratic {
    a: Vec<Vec<f64>>,
    b: Vec<f64>,
}

impl Quadratic {
    fn new(vectors: &[Vec<f64>], b: &[f64]) -> Self {
        let n = b.len();
        let entry = |i: usize, j: usize| {
            let sum: f64 = vectors.iter().map(|v| v[i] * v[j]).sum();
            sum + f64::from(u8::from(i == j))
        };
        Self {
            a: (0..n)
                .map(|i| (0..n).map(|j| entry(i, j)).collect())
                .collect(),
            b: b.to_vec(),
        }
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let rows = self.a.iter().zip(&self.b);
        rows.map(|(row, b)| row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>() - b)
            .collect()
    }

    fn function(&self) -> Function<'_> {
        Function::new(|x: &[f64]| {
            let g = self.gradient(x);
            x.iter()
                .zip(g.iter().zip(&self.b))
                .map(|(x, (g, b))| 0.5 * x * (g - b))
                .sum()
        })
        .with_gradient(|x, g| g.copy_from_slice(&self.gradient(x)))
    }

    /// Tries every choice of coordinates at their lower bound, at their upper one, and between.
    fn between(&self, lower: &[f64], upper: &[f64]) -> Vec<f64> {
        let n = self.b.len();
        for choice in 0..3usize.pow(n as u32) {
            let state = |i: usize| choice / 3usize.pow(i as u32) % 3;
            let mut x: Vec<f64> = (0..n)
                .map(|i| [lower[i], upper[i], 0.0][state(i)])
                .collect();
            let free: Vec<usize> = (0..n).filter(|&i| state(i) == 2).collect();
            // Gauss–Seidel, to the end.
            for _ in 0..5000 {
                for &i in &free {
                    x[i] -= self.gradient(&x)[i] / self.a[i][i];
                }
            }
            let g = self.gradient(&x);
            let optimal = (0..n).all(|i| match state(i) {
                0 => g[i] >= 0.0,
                1 => g[i] <= 0.0,
                _ => x[i] >= lower[i] && x[i] <= upper[i],
            });
            if optimal {
                return x;
            }
        }
        unreachable!("a bounded quadratic has a minimum")
    }
}

fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance)
}

fn vectors(n: usize) -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>, Vec<f64>)> {
    let row = || prop::collection::vec(-3.0..3.0f64, n);
    (prop::collection::vec(row(), n), row(), row())
}

fn bounded_methods() -> Vec<Box<dyn Method>> {
    vec![Box::new(Lbfgsb::new()), Box::new(ProjectedGradient::new())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bounded_quadratics((v, b, start) in (1usize..5).prop_flat_map(vectors)) {
        let quadratic = Quadratic::new(&v, &b);
        let n = b.len();
        let (mut lower, upper) = (vec![-0.5; n], vec![0.25; n]);
        // One fixed, one without end below.
        lower[0] = if b[0] > 0.0 { 0.25 } else { -0.5 };
        lower[n - 1] = if b[0] < -1.0 { f64::NEG_INFINITY } else { lower[n - 1] };
        let bounds = Bounds::new(lower.clone(), upper.clone()).unwrap();
        let expected = quadratic.between(&lower.iter().map(|l| l.max(-1e6)).collect::<Vec<_>>(), &upper);
        let f = quadratic.function();
        for method in bounded_methods() {
            let answer = Task::new(&f, &start).with_bounds(&bounds).minimize(&method).unwrap();
            prop_assert!(answer.stopped.converged(), "{}: {answer:?}", method.name());
            prop_assert!(close(&answer.x, &expected, 1e-7), "{}: {answer:?}, {expected:?}", method.name());
            for (i, x) in answer.x.iter().enumerate() {
                prop_assert!(*x >= lower[i] && *x <= upper[i]);
            }
        }
    }
}

fn extended_rosenbrock() -> Function<'static> {
    Function::new(|x: &[f64]| {
        let pairs = x.chunks_exact(2);
        pairs
            .map(|p| (1.0 - p[0]).powi(2) + 100.0 * (p[1] - p[0] * p[0]).powi(2))
            .sum()
    })
    .with_gradient(|x, g| {
        for (p, g) in x.chunks_exact(2).zip(g.chunks_exact_mut(2)) {
            let t = p[1] - p[0] * p[0];
            g[0] = -2.0 * (1.0 - p[0]) - 400.0 * p[0] * t;
            g[1] = 200.0 * t;
        }
    })
}

#[test]
fn bounded_rosenbrock() {
    let f = extended_rosenbrock();
    let start = [-1.2, 1.0].repeat(10);
    // With x₁ ≤ 0.5, the minimum of each pair is (0.5, 0.25).
    let bounds = Bounds::new(vec![-1.5; 20], [0.5, f64::INFINITY].repeat(10)).unwrap();
    for method in bounded_methods() {
        let answer = Task::new(&f, &start)
            .with_bounds(&bounds)
            .minimize(&method)
            .unwrap();
        println!("bounded {}: {}", method.name(), answer.evaluations);
        assert_eq!(answer.stopped, Stopped::Gradient, "{}", method.name());
        assert!(
            close(&answer.x, &[0.5, 0.25].repeat(10), 1e-8),
            "{answer:?}"
        );
        assert!(
            answer.x.iter().step_by(2).all(|x| *x == 0.5),
            "bounds are met exactly"
        );
        let answer = Task::new(&f, &start).minimize(&method).unwrap();
        println!("free {}: {}", method.name(), answer.evaluations);
        assert!(answer.stopped.converged(), "{}: {answer:?}", method.name());
        assert!(close(&answer.x, &[1.0; 20], 1e-7), "{answer:?}");
    }
}

#[test]
fn impossible_objectives_end() {
    let wrong = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = -2.0 * x[0]);
    let nowhere = Function::new(|_: &[f64]| f64::NAN);
    let flat = Function::new(|_: &[f64]| 1.0);
    let fall =
        Function::new(|x: &[f64]| -x[0].powi(3)).with_gradient(|x, g| g[0] = -3.0 * x[0] * x[0]);
    let barrier =
        Function::new(|x: &[f64]| x[0] - x[0].ln()).with_gradient(|x, g| g[0] = 1.0 - 1.0 / x[0]);
    for method in bounded_methods() {
        let run = |f: &Function<'_>, start: f64| {
            let limits = Limits {
                iterations: 2000,
                ..Limits::default()
            };
            Task::new(f, &[start])
                .with_limits(limits)
                .minimize(&method)
                .unwrap()
        };
        assert_eq!(
            run(&wrong, 3.0).stopped,
            Stopped::NoProgress,
            "{}",
            method.name()
        );
        assert_eq!(run(&nowhere, 3.0).stopped, Stopped::NonFinite);
        assert_eq!(run(&flat, 3.0).stopped, Stopped::Gradient);
        assert_eq!(
            run(&fall, 1.0).stopped,
            Stopped::Unbounded,
            "{}",
            method.name()
        );
        assert!(
            (run(&barrier, 30.0).x[0] - 1.0).abs() < 1e-7,
            "{}",
            method.name()
        );
    }
}
