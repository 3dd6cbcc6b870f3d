//! Minima on sets satisfy the conditions of optimality, and are those that naive methods find.

use proptest::prelude::*;

use crate::hock_schittkowski::{Problem, problems};
use ravine::minimize::set::{HalfSpace, L1Ball, L2Ball, Set, Simplex};
use ravine::minimize::term::{
    ElasticNet, GroupL1, Indicator, L1, NuclearNorm, Term, TotalVariation, Zero,
};
use ravine::minimize::{
    AugmentedLagrangian, Bounds, Constrained, Constraints, Entropy, Error, Fista, FrankWolfe,
    FrankWolfeStep, Function, Lbfgsb, Limits, Method, MirrorDescent, Nesterov, Objective, Owlqn,
    ProjectedGradient, ProximalGradient, Solution, Stopped, Task, check_gradient,
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
        "memory is 0, but must be between 1 and 1,000"
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
    f.value(x)
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

/// ∇f + Σλ∇h + Σμ∇c, and the values of h and c, of a problem.
fn karush_kuhn_tucker(problem: &Problem, solution: &Solution<f64>) -> (Vec<f64>, Vec<f64>) {
    let x = &solution.answer.x;
    let (mut gradient, mut values) = (vec![0.0; x.len()], Vec::new());
    assert!(problem.objective.gradient(x, &mut gradient));
    let weights = [&solution.equalities[..], &solution.inequalities].concat();
    values.resize(weights.len(), 0.0);
    problem.constraints.values(x, &mut values);
    problem
        .constraints
        .add_gradients(x, &weights, &mut gradient);
    (gradient, values)
}

#[test]
fn general_constraints() {
    for problem in problems() {
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
        let what = format!("hs{}: {solution:?}", problem.name);
        assert!(answer.stopped.converged(), "{what}");
        // Of 26, the minimum is flat as a fourth power.
        let tolerance = if problem.name == "26" { 1e-2 } else { 1e-6 };
        for (i, (x, e)) in answer.x.iter().zip(&problem.x).enumerate() {
            let x = if problem.even.contains(&i) {
                x.abs()
            } else {
                *x
            };
            assert!((x - e).abs() < tolerance, "{what}");
        }
        let scale = problem.value.abs().max(1.0);
        assert!(
            (answer.value - problem.value).abs() < 1e-8 * scale,
            "{what}"
        );
        let (mut gradient, values) = karush_kuhn_tucker(&problem, &solution);
        if let Some(bounds) = &problem.bounds {
            let mut moved: Vec<f64> = answer.x.iter().zip(&gradient).map(|(x, g)| x - g).collect();
            bounds.project(&mut moved);
            gradient = answer.x.iter().zip(&moved).map(|(x, m)| x - m).collect();
        }
        assert!(
            gradient.iter().all(|g| g.abs() <= 2e-8),
            "{what}: {gradient:?}"
        );
        let (equal, below) = values.split_at(solution.equalities.len());
        assert!(equal.iter().all(|h| h.abs() <= 1e-8), "{what}: {values:?}");
        for (c, m) in below.iter().zip(&solution.inequalities) {
            assert!(*c <= 1e-8 && *m >= 0.0, "{what}: {values:?}");
            assert!(*m == 0.0 || c.abs() <= 1e-8, "{what}: {values:?}");
        }
    }
}

#[test]
fn the_problems_gradients_are_right() {
    for problem in problems() {
        let x: Vec<f64> = problem.start.iter().map(|x| x + 0.1).collect();
        let count = problem.constraints.equalities() + problem.constraints.inequalities();
        let check = check_gradient(&problem.objective, &x).unwrap();
        assert!(check.error < 1e-7, "hs{}: {check:?}", problem.name);
        for i in 0..count {
            let part = Function::new(|x: &[f64]| {
                let mut values = vec![0.0; count];
                problem.constraints.values(x, &mut values);
                values[i]
            })
            .with_gradient(|x, g| {
                let mut weights = vec![0.0; count];
                weights[i] = 1.0;
                g.fill(0.0);
                problem.constraints.add_gradients(x, &weights, g);
            });
            let check = check_gradient(&part, &x).unwrap();
            assert!(check.error < 1e-7, "hs{} {i}: {check:?}", problem.name);
        }
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

fn solve(f: &Function<'_>, constraints: Constrained<'_>, start: &[f64]) -> Solution<f64> {
    AugmentedLagrangian::new(constraints)
        .solve(Task::new(f, start))
        .unwrap()
}

#[test]
fn penalties_that_are_too_small_grow() {
    // L falls without end at first: f is curved by −20, the penalty by 10.
    let hill = Function::new(|x: &[f64]| -10.0 * x[0] * x[0]).with_gradient(|x, g| {
        g[0] = -20.0 * x[0];
    });
    let at_1 = Constrained::new().equal(|x| x[0] - 1.0, |_, g| g[0] = 1.0);
    let solution = solve(&hill, at_1, &[3.0]);
    assert!(solution.answer.stopped.converged(), "{solution:?}");
    assert!(close(&solution.answer.x, &[1.0], 1e-8), "{solution:?}");
    assert!(close(&solution.equalities, &[20.0], 1e-6), "{solution:?}");
    // From the published start, with this penalty, L leads far away.
    let problems = problems();
    let problem = problems.iter().find(|problem| problem.name == "40");
    let problem = problem.unwrap();
    let method = AugmentedLagrangian {
        penalty: 1.0,
        ..AugmentedLagrangian::new(&problem.constraints)
    };
    let task = Task::new(&problem.objective, &problem.start);
    let answer = method.solve(task).unwrap().answer;
    assert!(answer.stopped.converged(), "{answer:?}");
    assert!((answer.value + 0.25).abs() < 1e-7, "{answer:?}");
    // Without end on the constraints, too.
    let line = Function::new(|x: &[f64]| x[0]).with_gradient(|_, g| g.copy_from_slice(&[1.0, 0.0]));
    let diagonal =
        Constrained::new().equal(|x| x[0] - x[1], |_, g| g.copy_from_slice(&[1.0, -1.0]));
    let solution = solve(&line, diagonal, &[3.0, 1.0]);
    assert!(!solution.answer.stopped.converged(), "{solution:?}");
}

/// Far away x − ∇f is x, and yet it falls.
#[test]
fn a_slope_without_end_is_no_minimum() {
    let sum = Function::new(|x: &[f64]| x.iter().sum()).with_gradient(|_, g| g.fill(1.0));
    let half = HalfSpace::new(vec![1.0, 1.0], 3.0).unwrap();
    for method in [
        Box::new(ProjectedGradient::new()) as Box<dyn Method>,
        Box::new(ProjectedGradient::onto(half.clone())),
        Box::new(ProximalGradient::new(Indicator(half.clone()))),
        Box::new(Fista::new(Indicator(half))),
        Box::new(Fista::new(L1::new(0.5))),
        Box::new(Lbfgsb::new()),
        Box::new(Owlqn::new(0.5)),
    ] {
        for start in [[0.5, 2.0], [-1e20, -1e20]] {
            let answer = Task::new(&sum, &start).minimize(&method).unwrap();
            let falls = answer.stopped == Stopped::Unbounded;
            // Where steps are lost in rounding, that is said.
            let lost = answer.stopped == Stopped::NoProgress
                && (start[0] < 0.0 || method.name() == "lbfgsb");
            assert!(falls || lost, "{}: {answer:?}", method.name());
        }
    }
}

#[test]
fn constraints_without_a_value_are_noticed() {
    let f = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
    let nan = || Constrained::<f64>::new().at_most(|_| f64::NAN, |_, _| {});
    let then = |c: Constrained<'static>| c.at_most(|x| x[0] - 9.0, |_, g| g[0] = 1.0);
    for constraints in [nan(), then(nan())] {
        let solution = solve(&f, constraints, &[3.0]);
        assert_eq!(solution.answer.stopped, Stopped::NonFinite, "{solution:?}");
    }
}

#[test]
fn a_target_is_one_of_points_that_keep_to_the_constraints() {
    let f = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
    let beyond_2 = Constrained::new().at_most(|x| 2.0 - x[0], |_, g| g[0] = -1.0);
    let method = AugmentedLagrangian::new(beyond_2);
    for (target, stopped) in [(1.0, Stopped::Gradient), (5.0, Stopped::Target)] {
        let limits = Limits {
            target: Some(target),
            gradient: if target > 4.0 { 1e-6 } else { 1e-8 },
            ..Limits::default()
        };
        let answer = Task::new(&f, &[0.5])
            .with_limits(limits)
            .minimize(&method)
            .unwrap();
        assert!(answer.stopped == stopped || target > 4.0, "{answer:?}");
        assert!(answer.x[0] >= 2.0 - 1e-6, "{answer:?}");
    }
}

/// Numbers between −1 and 1.
fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// ½‖Ax − b‖², with rows of A behind one another.
fn least_squares<'a>(a: &'a [f64], b: &'a [f64]) -> Function<'a> {
    let n = a.len() / b.len();
    let residuals = move |x: &[f64]| -> Vec<f64> {
        let row = |(row, b): (&[f64], &f64)| row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>() - b;
        a.chunks_exact(n).zip(b).map(row).collect()
    };
    Function::new(move |x: &[f64]| 0.5 * residuals(x).iter().map(|r| r * r).sum::<f64>())
        .with_gradient(move |x, g| {
            g.fill(0.0);
            for (row, r) in a.chunks_exact(n).zip(residuals(x)) {
                for (g, a) in g.iter_mut().zip(row) {
                    *g += a * r;
                }
            }
        })
}

fn gradient_of(f: &Function<'_>, x: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; x.len()];
    assert!(f.gradient(x, &mut gradient));
    gradient
}

/// More variables than equations: |∇f| ≤ λ, and ∇f = −λ sign(x) where x is not 0.
#[test]
fn a_lasso_of_many_variables() {
    let (a, b) = (numbers(30 * 60, 1), numbers(30, 2));
    let f = least_squares(&a, &b);
    let start = numbers(60, 3);
    let weight = 0.8;
    let methods: [Box<dyn Method>; 3] = [
        Box::new(Owlqn::new(weight)),
        Box::new(ProximalGradient::new(L1::new(weight))),
        Box::new(Fista::new(L1::new(weight))),
    ];
    for method in methods {
        let answer = Task::new(&f, &start).minimize(&method).unwrap();
        println!("lasso {}: {}", method.name(), answer.evaluations);
        assert!(answer.stopped.converged(), "{}: {answer:?}", method.name());
        let zeros = answer.x.iter().filter(|x| **x == 0.0).count();
        assert!((31..60).contains(&zeros), "{zeros} zeros");
        for (x, g) in answer.x.iter().zip(gradient_of(&f, &answer.x)) {
            assert!(g.abs() <= weight + 1e-8, "{}: {g}", method.name());
            assert!(
                *x == 0.0 || (g + weight * x.signum()).abs() <= 1e-8,
                "{x} {g}"
            );
        }
    }
}

/// ∇f = Dᵀu with |u| ≤ λ, and u = λ sign(Dx) where x steps: u are the sums of −∇f.
#[test]
fn a_signal_of_few_steps() {
    let (a, noise) = (numbers(60 * 40, 4), numbers(60, 5));
    let signal: Vec<f64> = (0..40).map(|i| [0.0, 2.0, -1.0, 0.5][i / 10]).collect();
    let rows = a.chunks_exact(40).zip(&noise);
    let b: Vec<f64> = rows
        .map(|(row, e)| row.iter().zip(&signal).map(|(a, x)| a * x).sum::<f64>() + 0.3 * e)
        .collect();
    let f = least_squares(&a, &b);
    let weight = 2.0;
    let term = TotalVariation::new(weight);
    for method in [
        Box::new(ProximalGradient::new(term)) as Box<dyn Method>,
        Box::new(Fista::new(term)),
    ] {
        let answer = Task::new(&f, &[0.0; 40]).minimize(&method).unwrap();
        println!("steps {}: {}", method.name(), answer.evaluations);
        assert!(answer.stopped.converged(), "{}: {answer:?}", method.name());
        let mut u = 0.0;
        let gradient = gradient_of(&f, &answer.x);
        let mut steps = 0;
        for (i, g) in gradient.iter().enumerate() {
            u -= g;
            if i == 39 {
                assert!(u.abs() < 1e-7, "{u}");
                continue;
            }
            assert!(u.abs() <= weight + 1e-7, "{u}");
            let step = answer.x[i + 1] - answer.x[i];
            if step != 0.0 {
                steps += 1;
                assert!((u + weight * step.signum()).abs() < 1e-7, "{u} {step}");
            }
        }
        assert!((3..20).contains(&steps), "{steps}");
    }
}

/// Singular values, by rotations that make columns orthogonal (one-sided Jacobi); `m` in rows of n.
fn singular_values(m: &[f64], n: usize) -> Vec<f64> {
    let mut columns: Vec<Vec<f64>> = (0..n)
        .map(|j| m.iter().skip(j).step_by(n).copied().collect())
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for _ in 0..60 {
        for i in 0..n {
            for j in 0..i {
                let (aa, bb) = (dot(&columns[i], &columns[i]), dot(&columns[j], &columns[j]));
                let angle = 0.5 * (2.0 * dot(&columns[i], &columns[j])).atan2(aa - bb);
                let (sin, cos) = angle.sin_cos();
                for k in 0..columns[i].len() {
                    let (a, b) = (columns[i][k], columns[j][k]);
                    columns[i][k] = cos * a + sin * b;
                    columns[j][k] = cos * b - sin * a;
                }
            }
        }
    }
    columns.iter().map(|c| dot(c, c).sqrt()).collect()
}

/// −∇f is a subgradient of λ‖X‖_* where its spectral norm is at most λ, and its product with X is λ‖X‖_*.
#[test]
fn a_matrix_completed() {
    let (rows, columns, weight) = (8, 6, 0.1);
    let (u, v) = (numbers(2 * rows, 6), numbers(2 * columns, 7));
    let entry = |k: usize| {
        let (i, j) = (k / columns, k % columns);
        u[2 * i] * v[2 * j] + u[2 * i + 1] * v[2 * j + 1]
    };
    let known: Vec<(usize, f64)> = (0..rows * columns)
        .filter(|k| k % 4 != 1)
        .map(|k| (k, entry(k)))
        .collect();
    let f = Function::new(|x: &[f64]| {
        let squares = known.iter().map(|(k, m)| (x[*k] - m) * (x[*k] - m));
        0.5 * squares.sum::<f64>()
    })
    .with_gradient(|x, g| {
        g.fill(0.0);
        for (k, m) in &known {
            g[*k] = x[*k] - m;
        }
    });
    let method = Fista::new(NuclearNorm::new(weight, rows, columns));
    let answer = Task::new(&f, &[0.0; 48]).minimize(&method).unwrap();
    println!("completion: {}", answer.evaluations);
    assert!(answer.stopped.converged(), "{answer:?}");
    let negative: Vec<f64> = gradient_of(&f, &answer.x).iter().map(|g| -g).collect();
    let spectral = singular_values(&negative, columns);
    assert!(spectral.iter().all(|s| *s <= weight + 1e-7), "{spectral:?}");
    let values = singular_values(&answer.x, columns);
    assert!(
        values.iter().filter(|s| **s > 1e-12).count() < 4,
        "{values:?}"
    );
    let product: f64 = negative.iter().zip(&answer.x).map(|(g, x)| g * x).sum();
    assert!((product - weight * values.iter().sum::<f64>()).abs() < 1e-7);
    assert!((answer.value - f_at(&f, &answer.x) - product).abs() < 1e-7);
}

/// Two methods that share nothing find one minimum, OWL-QN with the fewer evaluations.
#[test]
fn logistic_regression_with_few_weights() {
    let (rows, n, weight) = (80, 20, 1.0);
    let a = numbers(rows * n, 8);
    let noise = numbers(rows, 9);
    let labels: Vec<f64> = a
        .chunks_exact(n)
        .zip(&noise)
        .map(|(row, e)| (3.0 * row[0] - 2.0 * row[5] + row[7] + 0.5 * e).signum())
        .collect();
    let margin = |row: &[f64], x: &[f64]| row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>();
    let f = Function::new(|x: &[f64]| {
        let losses = a.chunks_exact(n).zip(&labels);
        losses
            .map(|(row, y)| (-y * margin(row, x)).exp().ln_1p())
            .sum()
    })
    .with_gradient(|x, g| {
        g.fill(0.0);
        for (row, y) in a.chunks_exact(n).zip(&labels) {
            let part = -y / (1.0 + (y * margin(row, x)).exp());
            for (g, a) in g.iter_mut().zip(row) {
                *g += part * a;
            }
        }
    });
    let run = |method: &dyn Method| Task::new(&f, &vec![0.0; n]).minimize(method).unwrap();
    let quasi_newton = run(&Owlqn::new(weight));
    let proximal = run(&Fista::new(L1::new(weight)));
    println!(
        "logistic: owlqn {}, fista {}",
        quasi_newton.evaluations, proximal.evaluations
    );
    for answer in [&quasi_newton, &proximal] {
        assert!(answer.stopped.converged(), "{answer:?}");
        for (x, g) in answer.x.iter().zip(gradient_of(&f, &answer.x)) {
            assert!(g.abs() <= weight + 1e-7);
            assert!(*x == 0.0 || (g + weight * x.signum()).abs() <= 1e-7);
        }
        assert!(answer.x.contains(&0.0));
    }
    assert!(close(&quasi_newton.x, &proximal.x, 1e-7));
    assert!(quasi_newton.evaluations.total() < proximal.evaluations.total());
}
