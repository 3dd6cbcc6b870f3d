//! Minima on sets satisfy the conditions of optimality, and are those that naive methods find.

use proptest::prelude::*;
use ravine::minimize::set::{L1Ball, L2Ball, Set, Simplex};
use ravine::minimize::term::{
    ElasticNet, GroupL1, Indicator, L1, NuclearNorm, Term, TotalVariation, Zero,
};
use ravine::minimize::{
    AugmentedLagrangian, Bounds, Constrained, Entropy, Error, Fista, FrankWolfe, FrankWolfeStep,
    Function, Lbfgsb, Limits, Method, MirrorDescent, Nesterov, Owlqn, ProjectedGradient,
    ProximalGradient, Stopped, Task,
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

/// Every method, for one variable between bounds that are out of the way, or without any.
fn all_methods() -> Vec<Box<dyn Method>> {
    let sides = || Bounds::uniform(1, 1e-3, 1e150).unwrap();
    vec![
        Box::new(Lbfgsb::new()),
        Box::new(ProjectedGradient::new()),
        Box::new(ProjectedGradient::onto(sides())),
        Box::new(ProximalGradient::new(Zero)),
        Box::new(ProximalGradient::new(Indicator(sides()))),
        Box::new(Fista::new(Indicator(sides()))),
        Box::new(Nesterov::new()),
        Box::new(Owlqn::new(0.0)),
        Box::new(AugmentedLagrangian::new(Constrained::new())),
    ]
}

#[test]
fn impossible_objectives_end() {
    let wrong = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = -2.0 * x[0]);
    let nowhere = Function::new(|_: &[f64]| f64::NAN);
    let no_slope = Function::new(|x: &[f64]| x[0]).with_gradient(|_, g| g[0] = f64::NAN);
    let flat = Function::new(|_: &[f64]| 1.0);
    let fall =
        Function::new(|x: &[f64]| -x[0].powi(3)).with_gradient(|x, g| g[0] = -3.0 * x[0] * x[0]);
    let barrier =
        Function::new(|x: &[f64]| x[0] - x[0].ln()).with_gradient(|x, g| g[0] = 1.0 - 1.0 / x[0]);
    for method in all_methods() {
        let name = method.name();
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
        assert!(!run(&wrong, 3.0).stopped.converged(), "{name}");
        assert_eq!(run(&nowhere, 3.0).stopped, Stopped::NonFinite, "{name}");
        assert_eq!(run(&no_slope, 3.0).stopped, Stopped::NonFinite, "{name}");
        assert_eq!(run(&flat, 3.0).stopped, Stopped::Gradient, "{name}");
        assert_eq!(run(&fall, 1.0).stopped, Stopped::Unbounded, "{name}");
        let answer = run(&barrier, 30.0);
        assert!((answer.x[0] - 1.0).abs() < 1e-7, "{name}: {answer:?}");
    }
    for method in [
        Box::new(FrankWolfe::new(L2Ball::new(9.0))) as Box<dyn Method>,
        Box::new(FrankWolfe {
            set: L1Ball::new(9.0),
            step: FrankWolfeStep::Open,
        }),
        Box::new(MirrorDescent::new(Entropy { radius: 9.0 })),
    ] {
        let name = method.name();
        let run = |f: &Function<'_>| {
            let limits = Limits {
                iterations: 2000,
                ..Limits::default()
            };
            Task::new(f, &[3.0, 6.0])
                .with_limits(limits)
                .minimize(&method)
                .unwrap()
        };
        assert!(
            !run(&wrong).stopped.converged() || name == "frank-wolfe",
            "{name}"
        );
        assert_eq!(run(&nowhere).stopped, Stopped::NonFinite, "{name}");
        assert_eq!(run(&flat).stopped, Stopped::Gradient, "{name}");
    }
}

#[test]
fn options_and_shapes_are_checked() {
    let f = extended_rosenbrock();
    let run = |method: &dyn Method| Task::new(&f, &[-1.2, 1.0]).minimize(method).unwrap_err();
    let mut lbfgsb = Lbfgsb::new();
    lbfgsb.memory = 0;
    assert_eq!(
        run(&lbfgsb).to_string(),
        "memory is 0, but must be at least 1"
    );
    run(&ProjectedGradient {
        memory: 0,
        ..ProjectedGradient::new()
    });
    run(&ProjectedGradient {
        decrease: 1.0,
        ..ProjectedGradient::new()
    });
    run(&ProjectedGradient::onto(
        Bounds::uniform(3, 0.0, 1.0).unwrap(),
    ));
    run(&ProximalGradient::new(L1::new(f64::NAN)));
    run(&Fista::new(NuclearNorm::new(1.0, 2, 2)));
    run(&Nesterov {
        lipschitz: Some(0.0),
        ..Nesterov::new()
    });
    run(&Nesterov {
        strong_convexity: -1.0,
        ..Nesterov::new()
    });
    run(&Owlqn::new(-1.0));
    run(&MirrorDescent::new(Entropy { radius: 0.0 }));
    run(&AugmentedLagrangian {
        penalty: 0.0,
        ..AugmentedLagrangian::new(Constrained::new())
    });
    let endless = FrankWolfe::new(Bounds::uniform(2, 0.0, f64::INFINITY).unwrap());
    assert!(matches!(run(&endless), Error::Needs { .. }));
}

#[test]
fn single_precision_serves_too() {
    let f = Function::new(|x: &[f32]| {
        x.iter()
            .map(|x| f64::from(*x))
            .map(|x| (x - 0.3) * (x - 0.3))
            .sum()
    })
    .with_gradient(|x, g| {
        for (g, x) in g.iter_mut().zip(x) {
            *g = 2.0 * (x - 0.3);
        }
    });
    let bounds = Bounds::new(vec![0.1, 0.5], vec![1.0, 1.0]).unwrap();
    let limits = Limits {
        gradient: 1e-6,
        ..Limits::default()
    };
    for method in [
        Box::new(Lbfgsb::new()) as Box<dyn Method<f32>>,
        Box::new(ProjectedGradient::new()),
    ] {
        let task = Task::new(&f, &[1.0f32, 1.0])
            .with_limits(limits)
            .with_bounds(&bounds);
        let answer = task.minimize(&method).unwrap();
        assert!(answer.stopped.converged());
        assert!(
            (answer.x[0] - 0.3).abs() < 1e-6 && answer.x[1] == 0.5,
            "{answer:?}"
        );
    }
    let methods: [Box<dyn Method<f32>>; 3] = [
        Box::new(Fista::new(L1::new(0.1))),
        Box::new(ProximalGradient::new(L1::new(0.1))),
        Box::new(Owlqn::new(0.1)),
    ];
    for method in methods {
        let answer = Task::new(&f, &[1.0f32, -1.0])
            .with_limits(limits)
            .minimize(&method)
            .unwrap();
        assert!(answer.stopped.converged(), "{}: {answer:?}", method.name());
        assert!(
            answer.x.iter().all(|x| (x - 0.25).abs() < 1e-6),
            "{answer:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Coordinate descent: xᵢ ← shrink(xᵢ − gᵢ/aᵢᵢ, λ/aᵢᵢ).
    #[test]
    fn lasso((v, b, start) in vectors(4), weight in 0.1..3.0f64) {
        let quadratic = Quadratic::new(&v, &b);
        let mut expected = vec![0.0f64; 4];
        for _ in 0..3000 {
            for i in 0..4 {
                let a = quadratic.a[i][i];
                let z = expected[i] - quadratic.gradient(&expected)[i] / a;
                expected[i] = z.signum() * (z.abs() - weight / a).max(0.0);
            }
        }
        let f = quadratic.function();
        let methods: [Box<dyn Method>; 3] = [
            Box::new(Owlqn::new(weight)),
            Box::new(ProximalGradient::new(L1::new(weight))),
            Box::new(Fista::new(L1::new(weight))),
        ];
        for method in methods {
            let answer = Task::new(&f, &start).minimize(&method).unwrap();
            prop_assert!(answer.stopped.converged(), "{}: {answer:?}", method.name());
            prop_assert!(close(&answer.x, &expected, 1e-7), "{}: {answer:?}, {expected:?}", method.name());
            for (x, e) in answer.x.iter().zip(&expected) {
                prop_assert!(*e != 0.0 || *x == 0.0, "zeros are exact");
            }
        }
    }

    /// At the minimum −∇f is a subgradient of g: x = prox_tg(x − t∇f(x)), here for another t than the methods look at.
    #[test]
    fn minima_with_terms((v, b, start) in vectors(6), weight in 0.1..2.0f64) {
        let quadratic = Quadratic::new(&v, &b);
        let f = quadratic.function();
        let terms: [Box<dyn Term>; 7] = [
            Box::new(Zero),
            Box::new(ElasticNet::new(weight, 0.5)),
            Box::new(GroupL1::new(weight, vec![2, 4])),
            Box::new(TotalVariation::new(weight)),
            Box::new(NuclearNorm::new(weight, 2, 3)),
            Box::new(Indicator(Simplex::new(weight))),
            Box::new(Indicator(L2Ball::new(weight))),
        ];
        for term in &terms {
            for method in [
                Box::new(ProximalGradient::new(term)) as Box<dyn Method>,
                Box::new(Fista::new(term)),
            ] {
                let answer = Task::new(&f, &start).minimize(&method).unwrap();
                prop_assert!(answer.stopped.converged(), "{} {}: {answer:?}", method.name(), term.name());
                let g = quadratic.gradient(&answer.x);
                let t = 0.1;
                let mut moved: Vec<f64> = answer.x.iter().zip(&g).map(|(x, g)| x - t * g).collect();
                term.prox(t, &mut moved);
                prop_assert!(close(&moved, &answer.x, 1e-8), "{} {}", method.name(), term.name());
                let value = f_at(&f, &answer.x) + term.value(&answer.x);
                prop_assert!((answer.value - value).abs() < 1e-12 * value.abs().max(1.0));
            }
        }
    }

    /// The conditions of optimality on a set: x = P(x − t∇f(x)).
    #[test]
    fn minima_on_sets((v, b, start) in vectors(5), radius in 0.1..2.0f64) {
        let quadratic = Quadratic::new(&v, &b);
        let f = quadratic.function();
        let sets: [Box<dyn Set>; 3] = [
            Box::new(Simplex::new(radius)),
            Box::new(L1Ball::new(radius)),
            Box::new(L2Ball::new(radius)),
        ];
        for set in &sets {
            let method = ProjectedGradient::onto(set);
            let answer = Task::new(&f, &start).minimize(&method).unwrap();
            prop_assert!(answer.stopped.converged(), "{}: {answer:?}", set.name());
            let g = quadratic.gradient(&answer.x);
            let mut moved: Vec<f64> = answer.x.iter().zip(&g).map(|(x, g)| x - 0.1 * g).collect();
            set.project(&mut moved);
            prop_assert!(close(&moved, &answer.x, 1e-8), "{}", set.name());
            for step in [FrankWolfeStep::Open, FrankWolfeStep::Search] {
                let limits = Limits { gradient: 1e-2, ..Limits::default() };
                let method = FrankWolfe { set, step };
                let corners = Task::new(&f, &start).with_limits(limits).minimize(&method).unwrap();
                prop_assert!(corners.stopped.converged(), "{}: {corners:?}", set.name());
                // The gap bounds what is missing.
                let missing = corners.value - answer.value;
                prop_assert!(missing <= corners.gradient_norm.unwrap() + 1e-12 && missing >= -1e-12);
            }
        }
    }
}

fn f_at(f: &Function<'_>, x: &[f64]) -> f64 {
    ravine::minimize::Objective::value(f, x)
}

/// Σ ½λᵢxᵢ², curvatures evenly between μ and L on a logarithmic scale.
fn spectrum(n: usize, mu: f64, lipschitz: f64) -> Vec<f64> {
    let part = |i: usize| i as f64 / (n - 1) as f64;
    (0..n)
        .map(|i| mu * (lipschitz / mu).powf(part(i)))
        .collect()
}

fn diagonal(curvatures: &[f64]) -> Function<'_> {
    Function::new(move |x: &[f64]| x.iter().zip(curvatures).map(|(x, c)| 0.5 * c * x * x).sum())
        .with_gradient(move |x, g| {
            for ((g, x), c) in g.iter_mut().zip(x).zip(curvatures) {
                *g = c * x;
            }
        })
}

fn path(method: &dyn Method, f: &Function<'_>, start: &[f64], iterations: u64) -> Vec<f64> {
    let mut values = Vec::new();
    let mut observer = |p: &ravine::minimize::Progress<'_, f64>| {
        values.push(p.value);
        std::ops::ControlFlow::Continue(())
    };
    let limits = Limits {
        iterations,
        gradient: 0.0,
        ..Limits::default()
    };
    Task::new(f, start)
        .with_limits(limits)
        .observed_by(&mut observer)
        .minimize(method)
        .unwrap();
    values
}

#[test]
fn acceleration_keeps_its_bound() {
    let curvatures = spectrum(40, 1e-6, 1.0);
    let start = vec![1.0; 40];
    let method = Nesterov {
        lipschitz: Some(1.0),
        restart: false,
        ..Nesterov::new()
    };
    let values = path(&method, &diagonal(&curvatures), &start, 500);
    assert_eq!(values.len(), 501);
    for (k, value) in values.iter().enumerate().skip(1) {
        // 2L‖x₀ − x*‖²/(k + 1)²
        assert!(
            *value <= 2.0 * 40.0 / ((k + 1) as f64).powi(2),
            "step {k}: {value}"
        );
    }
}

#[test]
fn strong_convexity_gives_its_rate() {
    for (mu, lipschitz) in [(1.0, 100.0f64), (0.1, 1000.0)] {
        let curvatures = spectrum(30, mu, lipschitz);
        let f = diagonal(&curvatures);
        let start = vec![1.0; 30];
        let method = Nesterov {
            lipschitz: Some(lipschitz),
            strong_convexity: mu,
            restart: false,
        };
        let values = path(&method, &f, &start, 400);
        let rate: f64 = 1.0 - (mu / lipschitz).sqrt();
        // Nesterov 2004, theorem 2.2.3: f(x_k) − f* ≤ (1 − √(μ/L))ᵏ (f(x₀) − f* + μ‖x₀ − x*‖²/2).
        let bound = values[0] + 0.5 * mu * 30.0;
        for (k, value) in values.iter().enumerate() {
            assert!(*value <= rate.powi(k as i32) * bound, "step {k}: {value}");
        }
        // The values of the slowest coordinate shrink by (1 − √(μ/L))² a step.
        let measured = (values[400] / values[200]).powf(1.0 / 200.0);
        assert!(
            (measured / (rate * rate) - 1.0).abs() < 0.01,
            "{measured}, {}",
            rate * rate
        );
    }
}

#[test]
fn restarts_do_as_well_without_the_constants() {
    let curvatures = spectrum(30, 1.0, 1e4);
    let f = diagonal(&curvatures);
    let start = vec![1.0; 30];
    let run = |method: &dyn Method| Task::new(&f, &start).minimize(method).unwrap();
    let known = run(&Nesterov {
        lipschitz: Some(1e4),
        strong_convexity: 1.0,
        restart: false,
    });
    let restarted = run(&Nesterov {
        lipschitz: Some(1e4),
        ..Nesterov::new()
    });
    let searched = run(&Nesterov::new());
    let plain = run(&ProximalGradient::new(Zero));
    println!(
        "{} known, {} restarted, {} searched, {} plain",
        known.iterations, restarted.iterations, searched.iterations, plain.iterations
    );
    assert!(
        known.stopped.converged() && restarted.stopped.converged() && searched.stopped.converged()
    );
    assert!(restarted.iterations < 2 * known.iterations);
    assert!(searched.iterations < 2 * known.iterations);
    assert!(plain.iterations > 5 * searched.iterations);
}

#[test]
fn least_squares_on_a_simplex() {
    // The mirror's measure is a gap, which bounds what is missing.
    let quadratic = Quadratic::new(
        &[vec![1.0, -2.0, 0.5, 1.5], vec![0.0, 1.0, 1.0, -1.0]],
        &[1.0, 0.5, 0.7, -0.4],
    );
    let f = quadratic.function();
    let start = [1.0, 0.0, 0.0, 0.0];
    let projected = Task::new(&f, &start)
        .minimize(&ProjectedGradient::onto(Simplex::new(1.0)))
        .unwrap();
    let limits = Limits {
        gradient: 1e-9,
        ..Limits::default()
    };
    let mirrored = Task::new(&f, &start)
        .with_limits(limits)
        .minimize(&MirrorDescent::new(Entropy::default()))
        .unwrap();
    println!(
        "mirror {} projected {}",
        mirrored.evaluations, projected.evaluations
    );
    assert!(
        projected.stopped.converged() && mirrored.stopped.converged(),
        "{mirrored:?}"
    );
    assert!(
        close(&projected.x, &mirrored.x, 1e-4),
        "{projected:?} {mirrored:?}"
    );
    assert!((mirrored.x.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    assert!(mirrored.value - projected.value <= 1e-9);
}

/// Problems of W. Hock, K. Schittkowski, "Test examples for nonlinear programming codes", 1981.
struct HockSchittkowski<'a> {
    name: &'static str,
    objective: Function<'a>,
    constraints: Constrained<'a>,
    bounds: Option<Bounds>,
    start: Vec<f64>,
    x: Vec<f64>,
    value: f64,
}

fn hock_schittkowski() -> Vec<HockSchittkowski<'static>> {
    let free = f64::INFINITY;
    vec![
        HockSchittkowski {
            name: "6",
            objective: Function::new(|x: &[f64]| (1.0 - x[0]).powi(2)).with_gradient(|x, g| {
                g[0] = -2.0 * (1.0 - x[0]);
                g[1] = 0.0;
            }),
            constraints: Constrained::<f64>::new().equal(
                |x| 10.0 * (x[1] - x[0] * x[0]),
                |x, g| {
                    g[0] = -20.0 * x[0];
                    g[1] = 10.0;
                },
            ),
            bounds: None,
            start: vec![-1.2, 1.0],
            x: vec![1.0, 1.0],
            value: 0.0,
        },
        HockSchittkowski {
            name: "7",
            objective: Function::new(|x: &[f64]| (1.0 + x[0] * x[0]).ln() - x[1]).with_gradient(
                |x, g| {
                    g[0] = 2.0 * x[0] / (1.0 + x[0] * x[0]);
                    g[1] = -1.0;
                },
            ),
            constraints: Constrained::<f64>::new().equal(
                |x| (1.0 + x[0] * x[0]).powi(2) + x[1] * x[1] - 4.0,
                |x, g| {
                    g[0] = 4.0 * x[0] * (1.0 + x[0] * x[0]);
                    g[1] = 2.0 * x[1];
                },
            ),
            bounds: None,
            start: vec![2.0, 2.0],
            x: vec![0.0, 3f64.sqrt()],
            value: -3f64.sqrt(),
        },
        HockSchittkowski {
            name: "21",
            objective: Function::new(|x: &[f64]| 0.01 * x[0] * x[0] + x[1] * x[1] - 100.0)
                .with_gradient(|x, g| {
                    g[0] = 0.02 * x[0];
                    g[1] = 2.0 * x[1];
                }),
            constraints: Constrained::<f64>::new().at_most(
                |x| 10.0 - 10.0 * x[0] + x[1],
                |_, g| {
                    g[0] = -10.0;
                    g[1] = 1.0;
                },
            ),
            bounds: Some(Bounds::new(vec![2.0, -50.0], vec![50.0, 50.0]).unwrap()),
            start: vec![-1.0, -1.0],
            x: vec![2.0, 0.0],
            value: -99.96,
        },
        HockSchittkowski {
            name: "35",
            objective: Function::new(|x: &[f64]| {
                9.0 - 8.0 * x[0] - 6.0 * x[1] - 4.0 * x[2]
                    + 2.0 * x[0] * x[0]
                    + 2.0 * x[1] * x[1]
                    + x[2] * x[2]
                    + 2.0 * x[0] * x[1]
                    + 2.0 * x[0] * x[2]
            })
            .with_gradient(|x, g| {
                g[0] = -8.0 + 4.0 * x[0] + 2.0 * x[1] + 2.0 * x[2];
                g[1] = -6.0 + 4.0 * x[1] + 2.0 * x[0];
                g[2] = -4.0 + 2.0 * x[2] + 2.0 * x[0];
            }),
            constraints: Constrained::<f64>::new().at_most(
                |x| x[0] + x[1] + 2.0 * x[2] - 3.0,
                |_, g| g.copy_from_slice(&[1.0, 1.0, 2.0]),
            ),
            bounds: Some(Bounds::uniform(3, 0.0, free).unwrap()),
            start: vec![0.5; 3],
            x: vec![4.0 / 3.0, 7.0 / 9.0, 4.0 / 9.0],
            value: 1.0 / 9.0,
        },
        HockSchittkowski {
            name: "71",
            objective: Function::new(|x: &[f64]| x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2])
                .with_gradient(|x, g| {
                    g[0] = x[3] * (2.0 * x[0] + x[1] + x[2]);
                    g[1] = x[0] * x[3];
                    g[2] = x[0] * x[3] + 1.0;
                    g[3] = x[0] * (x[0] + x[1] + x[2]);
                }),
            constraints: Constrained::<f64>::new()
                .equal(
                    |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>() - 40.0,
                    |x, g| {
                        for (g, x) in g.iter_mut().zip(x) {
                            *g = 2.0 * x;
                        }
                    },
                )
                .at_most(
                    |x: &[f64]| 25.0 - x.iter().product::<f64>(),
                    |x, g| {
                        let product: f64 = x.iter().product();
                        for (g, x) in g.iter_mut().zip(x) {
                            *g = -product / x;
                        }
                    },
                ),
            bounds: Some(Bounds::uniform(4, 1.0, 5.0).unwrap()),
            start: vec![1.0, 5.0, 5.0, 1.0],
            x: vec![1.0, 4.742_999_6, 3.821_150_3, 1.379_408_3],
            value: 17.014_017_3,
        },
    ]
}

#[test]
fn general_constraints() {
    for problem in hock_schittkowski() {
        let method = AugmentedLagrangian::new(&problem.constraints);
        let mut task = Task::new(&problem.objective, &problem.start);
        if let Some(bounds) = &problem.bounds {
            task = task.with_bounds(bounds);
        }
        let solution = method.solve(task).unwrap();
        let answer = &solution.answer;
        println!(
            "hs{}: {} iterations, {}, {}",
            problem.name, answer.iterations, answer.evaluations, answer.stopped
        );
        assert!(answer.stopped.converged(), "{}: {solution:?}", problem.name);
        assert!(
            close(&answer.x, &problem.x, 1e-6),
            "{}: {solution:?}",
            problem.name
        );
        assert!(
            (answer.value - problem.value).abs() < 1e-7,
            "{}: {solution:?}",
            problem.name
        );
        assert!(solution.inequalities.iter().all(|m| *m >= 0.0));
    }
}

#[test]
fn constraints_that_contradict_end() {
    let never = Constrained::<f64>::new()
        .at_most(|x| x[0] + 1.0, |_, g| g[0] = 1.0)
        .at_most(|x| 1.0 - x[0], |_, g| g[0] = -1.0);
    let f = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
    let answer = Task::new(&f, &[3.0])
        .minimize(&AugmentedLagrangian::new(never))
        .unwrap();
    assert_eq!(answer.stopped, Stopped::NoProgress);
    let nowhere = Constrained::<f64>::new().equal(|_| f64::NAN, |_, _| {});
    let answer = Task::new(&f, &[3.0])
        .minimize(&AugmentedLagrangian::new(nowhere))
        .unwrap();
    assert_eq!(answer.stopped, Stopped::NonFinite);
}
