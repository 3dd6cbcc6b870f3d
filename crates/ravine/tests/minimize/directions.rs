//! Directions against the theory, and against naive ones.

use std::ops::ControlFlow;
use std::sync::Mutex;

use proptest::prelude::*;
use ravine::minimize::{
    Answer, Armijo, BarzilaiBorwein, Bfgs, ConjugateGradient, Descent, Dfp, Directing, Direction,
    Error, Evaluator, Function, GaussNewton, HeavyBall, Lbfgs, LeastSquares, Limits, Line, Method,
    Newton, NewtonCg, Objective, Point, Progress, Residuals, Sr1, Steepest, StepSize, Stepping,
    Stopped, Task,
};

// Step sizes as simple as can be.

/// Always the same; `None` for the one to try first.
#[derive(Clone, Copy)]
struct Fixed(Option<f64>);

impl StepSize for Fixed {
    fn name(&self) -> &'static str {
        "fixed"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<f64> + 's>, Error> {
        Ok(Box::new(*self))
    }
}

impl Stepping<f64> for Fixed {
    fn step_size(&mut self, _: &mut Line<'_, '_, f64>, first: f64, _: u64) -> Option<f64> {
        Some(self.0.unwrap_or(first))
    }

    fn may_rise(&self) -> bool {
        true
    }
}

/// Exact on quadratics, times a factor.
#[derive(Clone, Copy)]
struct Quadratic(f64);

impl StepSize for Quadratic {
    fn name(&self) -> &'static str {
        "quadratic"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<f64> + 's>, Error> {
        Ok(Box::new(*self))
    }
}

impl Stepping<f64> for Quadratic {
    fn step_size(&mut self, line: &mut Line<'_, '_, f64>, _: f64, _: u64) -> Option<f64> {
        Some(-self.0 * line.slope_at_0() / line.curvature(0.0))
    }
}

/// Bisection to `φ(α) ≤ φ(0) + 1e-4αφ′(0)` and `|φ′(α)| ≤ c|φ′(0)|`, or as near to it as rounding lets it.
#[derive(Clone, Copy)]
struct Bisection(f64);

impl<T: ravine::Scalar> StepSize<T> for Bisection {
    fn name(&self) -> &'static str {
        "bisection"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        Ok(Box::new(*self))
    }
}

impl<T: ravine::Scalar> Stepping<T> for Bisection {
    fn step_size(&mut self, line: &mut Line<'_, '_, T>, first: f64, _: u64) -> Option<f64> {
        let (mut low, mut high, mut step) = (0.0, f64::INFINITY, first);
        for _ in 0..80 {
            let (value, slope) = line.value_and_slope(step);
            let enough = line.value_at_0() + 1e-4 * step * line.slope_at_0();
            let is_lower = value < line.value_at_0() && value <= enough;
            if is_lower && slope.abs() <= -self.0 * line.slope_at_0() {
                return Some(step);
            }
            if is_lower && slope < 0.0 {
                low = step;
            } else {
                high = step;
            }
            step = if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * low
            };
        }
        (low > 0.0).then_some(low)
    }
}

/// The zero of φ′, of a convex function.
struct Exact;

impl StepSize for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<f64> + 's>, Error> {
        Ok(Box::new(Self))
    }
}

impl Stepping<f64> for Exact {
    fn step_size(&mut self, line: &mut Line<'_, '_, f64>, first: f64, _: u64) -> Option<f64> {
        let (mut low, mut high) = (0.0, first);
        while line.value_and_slope(high).1 < 0.0 {
            (low, high) = (high, 2.0 * high);
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if line.value_and_slope(middle).1 < 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(high)
    }
}

// Functions.

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// Numbers in (−1, 1).
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

type Matrix = Vec<Vec<f64>>;

fn times(a: &Matrix, v: &[f64]) -> Vec<f64> {
    a.iter().map(|row| dot(row, v)).collect()
}

/// BBᵀ + I.
fn positive(seed: u64, n: usize) -> Matrix {
    let b: Matrix = numbers(seed, n * n)
        .chunks(n)
        .map(<[f64]>::to_vec)
        .collect();
    let entry = |i: usize, j: usize| dot(&b[i], &b[j]) + f64::from(u8::from(i == j));
    (0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect()
}

/// `½xᵀAx − bᵀx`.
fn quadratic(a: &Matrix, b: &[f64]) -> Function<'static> {
    let (a1, a2, a3, a4) = (a.clone(), a.clone(), a.clone(), a.clone());
    let (b1, b2) = (b.to_vec(), b.to_vec());
    Function::new(move |x: &[f64]| 0.5 * dot(x, &times(&a1, x)) - dot(&b1, x))
        .with_gradient(move |x, g| {
            for (g, (ax, b)) in g.iter_mut().zip(times(&a2, x).iter().zip(&b2)) {
                *g = ax - b;
            }
        })
        .with_hessian_vector(move |_, v, p| p.copy_from_slice(&times(&a3, v)))
        .with_hessian(move |_, h| h.copy_from_slice(&a4.concat()))
}

/// `Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²`.
fn rosenbrock() -> Function<'static> {
    Function::new(|x: &[f64]| {
        let terms = x.windows(2);
        let terms = terms.map(|x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2));
        terms.sum()
    })
    .with_gradient(|x, g| {
        g.fill(0.0);
        for i in 0..x.len() - 1 {
            let t = x[i + 1] - x[i] * x[i];
            g[i] += -400.0 * x[i] * t - 2.0 * (1.0 - x[i]);
            g[i + 1] += 200.0 * t;
        }
    })
}

fn rosenbrock_start(n: usize) -> Vec<f64> {
    [-1.2, 1.0].into_iter().cycle().take(n).collect()
}

fn gradient_to(gradient: f64) -> Limits {
    Limits {
        gradient,
        ..Limits::default()
    }
}

fn steps(iterations: u64) -> Limits {
    Limits {
        iterations,
        gradient: 0.0,
        ..Limits::default()
    }
}

/// The answer, and all points on the way.
fn path(
    objective: &dyn Objective,
    start: &[f64],
    limits: Limits,
    method: &dyn Method,
) -> (Answer<f64>, Vec<Vec<f64>>) {
    let mut points = Vec::new();
    let mut observer = |progress: &Progress<'_, f64>| {
        points.push(progress.x.to_vec());
        ControlFlow::Continue(())
    };
    let task = Task::new(objective, start).with_limits(limits);
    let answer = task.observed_by(&mut observer).minimize(method).unwrap();
    (answer, points)
}

/// Points and their gradients, the newest last.
type Steps = [(Vec<f64>, Vec<f64>)];

/// Sees the points so far and the direction from the last, and may ask for others.
type Look<'l> =
    dyn Fn(&mut dyn Directing<f64>, &mut Evaluator<'_, f64>, &Steps, &[f64]) + Send + Sync + 'l;

/// A direction that is looked at whenever it is chosen.
struct Watched<'l, D> {
    direction: D,
    look: &'l Look<'l>,
}

struct Watching<'s> {
    inner: Box<dyn Directing<f64> + 's>,
    look: &'s Look<'s>,
    steps: Vec<(Vec<f64>, Vec<f64>)>,
}

impl<D: Direction> Direction for Watched<'_, D> {
    fn name(&self) -> &'static str {
        "watched"
    }

    fn start<'s>(
        &'s self,
        evaluator: &Evaluator<'_, f64>,
        n: usize,
    ) -> Result<Box<dyn Directing<f64> + 's>, Error> {
        Ok(Box::new(Watching {
            inner: self.direction.start(evaluator, n)?,
            look: self.look,
            steps: Vec::new(),
        }))
    }
}

impl Directing<f64> for Watching<'_> {
    fn direction(
        &mut self,
        at: Point<'_, f64>,
        evaluator: &mut Evaluator<'_, f64>,
        direction: &mut [f64],
    ) {
        self.inner.direction(at, evaluator, direction);
        self.steps.push((at.x.to_vec(), at.gradient.to_vec()));
        (self.look)(&mut *self.inner, evaluator, &self.steps, direction);
    }

    fn moved(&mut self, from: Point<'_, f64>, to: Point<'_, f64>, step_size: f64) {
        self.inner.moved(from, to, step_size);
    }

    fn forget(&mut self) -> bool {
        self.steps.clear();
        self.inner.forget()
    }

    fn is_scaled(&self) -> bool {
        self.inner.is_scaled()
    }
}

/// H of `d = −H∇f`, column by column: steps of no length teach nothing, and directions from there tell.
fn inverse(
    directing: &mut dyn Directing<f64>,
    evaluator: &mut Evaluator<'_, f64>,
    n: usize,
) -> Matrix {
    let x = vec![0.0; n];
    let column = |i: usize| {
        let gradient: Vec<f64> = (0..n).map(|j| f64::from(u8::from(i == j))).collect();
        let at = Point {
            x: &x,
            value: 0.0,
            gradient: &gradient,
        };
        let mut direction = vec![0.0; n];
        directing.moved(at, at, 0.0);
        directing.direction(at, evaluator, &mut direction);
        direction.iter().map(|d| -d).collect()
    };
    (0..n).map(column).collect()
}

/// How far AH is from the identity.
fn miss(a: &Matrix, h: &Matrix) -> f64 {
    let mut worst = 0.0_f64;
    for (i, column) in h.iter().enumerate() {
        for (j, entry) in times(a, column).into_iter().enumerate() {
            worst = worst.max((entry - f64::from(u8::from(i == j))).abs());
        }
    }
    worst
}

// On quadratics.

#[test]
fn conjugate_gradients_end_in_n_steps_on_a_quadratic() {
    let n = 10;
    for (seed, cg) in [
        ConjugateGradient::fletcher_reeves(),
        ConjugateGradient::polak_ribiere(),
        ConjugateGradient::hestenes_stiefel(),
        ConjugateGradient::dai_yuan(),
        ConjugateGradient::hager_zhang(),
    ]
    .into_iter()
    .enumerate()
    {
        let a = positive(seed as u64, n);
        let f = quadratic(&a, &numbers(seed as u64 + 50, n));
        let start = numbers(seed as u64 + 100, n);
        let method = Descent::new(cg, Quadratic(1.0));
        let (answer, points) = path(&f, &start, gradient_to(1e-9), &method);
        assert_eq!(answer.stopped, Stopped::Gradient, "{:?}", cg.beta);
        assert!(answer.iterations <= n as u64, "{:?} {answer:?}", cg.beta);
        // Not because it is easy: steepest descent is far from there.
        let steepest = Descent::new(Steepest::new(), Quadratic(1.0));
        let (slow, _) = path(&f, &start, steps(n as u64), &steepest);
        assert!(slow.gradient_norm.unwrap() > 1e-4);
        conjugate(&a, &points);
    }
}

/// That steps are conjugate with respect to A.
fn conjugate(a: &Matrix, points: &[Vec<f64>]) {
    let steps: Vec<Vec<f64>> = points
        .windows(2)
        .map(|pair| pair[1].iter().zip(&pair[0]).map(|(b, a)| b - a).collect())
        .collect();
    for (i, s) in steps.iter().enumerate() {
        let product = times(a, s);
        for other in &steps[..i] {
            let (s_s, o_o) = (dot(s, &product), dot(other, &times(a, other)));
            let cosine = dot(other, &product) / (s_s * o_o).sqrt();
            assert!(cosine.abs() < 1e-6, "{cosine}");
        }
    }
}

#[test]
fn quasi_newton_methods_know_the_hessian_of_a_quadratic_after_n_steps() {
    let n = 8;
    let a = positive(1, n);
    let f = quadratic(&a, &numbers(2, n));
    let misses = Mutex::new(Vec::new());
    let look = |d: &mut dyn Directing<f64>, e: &mut Evaluator<'_, f64>, path: &Steps, _: &[f64]| {
        if path.len() == n + 1 {
            misses.lock().unwrap().push(miss(&a, &inverse(d, e, n)));
        }
    };
    fn watched<'l, D>(direction: D, look: &'l Look<'l>) -> Watched<'l, D> {
        Watched { direction, look }
    }
    // Exactly to the minimum with exact steps, which the others need and SR1 does not.
    let exact = Descent::new(watched(Bfgs::new(), &look), Quadratic(1.0));
    path(&f, &numbers(3, n), steps(n as u64 + 1), &exact);
    let exact = Descent::new(watched(Dfp::new(), &look), Quadratic(1.0));
    path(&f, &numbers(3, n), steps(n as u64 + 1), &exact);
    let short = Descent::new(watched(Sr1::new(), &look), Quadratic(0.6));
    path(&f, &numbers(3, n), steps(n as u64 + 1), &short);
    let misses = misses.into_inner().unwrap();
    assert_eq!(misses.len(), 3);
    assert!(misses.iter().all(|&miss| miss < 1e-6), "{misses:?}");

    let (answer, points) = path(
        &f,
        &numbers(3, n),
        gradient_to(1e-9),
        &Descent::new(Bfgs::new(), Quadratic(1.0)),
    );
    assert!(answer.iterations <= n as u64);
    conjugate(&a, &points);
}

#[test]
fn bfgs_and_dfp_take_the_same_exact_steps() {
    let n = 6;
    let a = positive(7, n);
    let (a1, a2) = (a.clone(), a);
    let f = Function::new(move |x: &[f64]| {
        0.5 * dot(x, &times(&a1, x)) + x.iter().map(|x| x.powi(4) / 4.0 + x).sum::<f64>()
    })
    .with_gradient(move |x, g| {
        for (g, (ax, x)) in g.iter_mut().zip(times(&a2, x).iter().zip(x)) {
            *g = ax + x.powi(3) + 1.0;
        }
    });
    let start: Vec<f64> = numbers(8, n).iter().map(|x| 3.0 * x).collect();
    let (_, bfgs) = path(&f, &start, steps(9), &Descent::new(Bfgs::new(), Exact));
    let (_, dfp) = path(&f, &start, steps(9), &Descent::new(Dfp::new(), Exact));
    assert_eq!((bfgs.len(), dfp.len()), (10, 10));
    for (b, d) in bfgs.iter().flatten().zip(dfp.iter().flatten()) {
        assert!((b - d).abs() < 1e-6, "{b} {d}");
    }
}

#[test]
fn gradient_descent_contracts_as_the_theory_says() {
    // Curvatures 1 and 9: each error shrinks by (9 − 1)/(9 + 1) with steps of 2/(1 + 9).
    let f = quadratic(&vec![vec![1.0, 0.0], vec![0.0, 9.0]], &[0.0, 0.0]);
    let method = Descent::new(Steepest::new(), Fixed(Some(0.2)));
    let (_, points) = path(&f, &[3.0, -2.0], steps(30), &method);
    for pair in points.windows(2) {
        assert!((norm(&pair[1]) / norm(&pair[0]) - 0.8).abs() < 1e-12);
    }
    // Just beyond 2/L it diverges.
    let method = Descent::new(Steepest::new(), Fixed(Some(2.001 / 9.0)));
    let (_, points) = path(&f, &[0.0, 1.0], steps(100), &method);
    for pair in points.windows(2) {
        assert!(norm(&pair[1]) > norm(&pair[0]));
    }
}

#[test]
fn the_heavy_ball_contracts_as_the_theory_says() {
    let (least, most) = (1.0_f64, 100.0_f64);
    let mut a = vec![vec![0.0; 3]; 3];
    (a[0][0], a[1][1], a[2][2]) = (least, 30.0, most);
    let f = quadratic(&a, &[0.0; 3]);
    let step = 4.0 / (least.sqrt() + most.sqrt()).powi(2);
    let ball = HeavyBall::between(least, most);
    let (_, points) = path(
        &f,
        &[1.0, 1.0, 1.0],
        steps(120),
        &Descent::new(ball, Fixed(Some(step))),
    );
    // x₁ = x₀ − α∇f(x₀), x₊ = x − α∇f + β(x − x₋), whether that leads downhill or not.
    for k in 1..points.len() - 1 {
        let (before, x, after) = (&points[k - 1], &points[k], &points[k + 1]);
        let g = times(&a, x);
        for i in 0..3 {
            let next = x[i] - step * g[i] + ball.beta * (x[i] - before[i]);
            assert!((after[i] - next).abs() < 1e-12);
        }
    }
    // (√κ − 1)/(√κ + 1) = 9/11, but for a factor that grows as the number of steps.
    let rate = (norm(&points[120]) / norm(&points[60])).powf(1.0 / 60.0);
    assert!((rate / (9.0 / 11.0) - 1.0).abs() < 0.015, "{rate}");
}

#[test]
fn barzilai_and_borwein_are_superlinear_in_two_dimensions() {
    let f = quadratic(&vec![vec![1.0, 0.0], vec![0.0, 20.0]], &[0.0, 0.0]);
    for direction in [BarzilaiBorwein::long(), BarzilaiBorwein::short()] {
        let method = Descent::new(direction, Fixed(None));
        let count = |gradient| {
            let (answer, _) = path(&f, &[1.0, 1.0], gradient_to(gradient), &method);
            assert_eq!(answer.stopped, Stopped::Gradient);
            answer.iterations
        };
        // Ten times the digits, not ten times the steps.
        let (few, many) = (count(1e-10), count(1e-100));
        assert!(many <= 2 * few, "{few} {many}");
    }
    let a = positive(5, 10);
    let f = quadratic(&a, &numbers(6, 10));
    let method = Descent::new(BarzilaiBorwein::alternating(), Fixed(None));
    let (answer, _) = path(&f, &numbers(7, 10), Limits::default(), &method);
    assert!(
        answer.stopped.converged() && answer.iterations < 200,
        "{answer:?}"
    );
}

// Newton's methods.

#[test]
fn newton_solves_a_quadratic_in_one_step() {
    let n = 10;
    let f = quadratic(&positive(1, n), &numbers(2, n));
    let exactly = NewtonCg {
        forcing: 1e-13,
        ..NewtonCg::new()
    };
    let newton = Descent::new(Newton::new(), Fixed(None));
    let newton_cg = Descent::new(exactly, Fixed(None));
    let methods: [&dyn Method; 2] = [&newton, &newton_cg];
    for method in methods {
        let (answer, _) = path(&f, &numbers(3, n), gradient_to(1e-10), method);
        assert_eq!((answer.iterations, answer.stopped), (1, Stopped::Gradient));
    }
}

#[test]
fn newton_converges_quadratically() {
    // Error e goes to e − (1 − exp(−e)), which is between 0 and e²/2.
    let f = Function::new(|x: &[f64]| x.iter().map(|x| x.exp() - x).sum())
        .with_gradient(|x, g| g.iter_mut().zip(x).for_each(|(g, x)| *g = x.exp_m1()))
        .with_hessian_vector(|x, v, p| {
            for (p, (x, v)) in p.iter_mut().zip(x.iter().zip(v)) {
                *p = x.exp() * v;
            }
        });
    let newton = Descent::new(Newton::new(), Fixed(None));
    let (answer, points) = path(&f, &[1.0, 0.5], gradient_to(1e-14), &newton);
    assert!(answer.stopped.converged());
    for pair in points.windows(2) {
        for (before, after) in pair[0].iter().zip(&pair[1]) {
            assert!(*after <= 0.5 * before.powi(2) + 1e-15);
        }
    }
    // Truncated Newton does nearly as well.
    let newton_cg = Descent::new(NewtonCg::new(), Fixed(None));
    let (truncated, _) = path(&f, &[1.0, 0.5], gradient_to(1e-14), &newton_cg);
    assert!(truncated.stopped.converged());
    assert!(
        truncated.iterations <= answer.iterations + 3,
        "{truncated:?}"
    );
}

#[test]
fn newton_descends_where_the_hessian_is_indefinite() {
    let f = Function::new(|x: &[f64]| x[0].powi(4) / 4.0 - x[0] * x[0] / 2.0 + x[1] * x[1] / 2.0)
        .with_gradient(|x, g| (g[0], g[1]) = (x[0].powi(3) - x[0], x[1]))
        .with_hessian(|x, h| h.copy_from_slice(&[3.0 * x[0] * x[0] - 1.0, 0.0, 0.0, 1.0]));
    let newton = Descent::new(Newton::new(), Armijo::new());
    let newton_cg = Descent::new(NewtonCg::new(), Armijo::new());
    let methods: [&dyn Method; 2] = [&newton, &newton_cg];
    for method in methods {
        let (answer, _) = path(&f, &[0.1, 1.0], Limits::default(), method);
        assert!(answer.stopped.converged(), "{answer:?}");
        assert!((answer.x[0].abs() - 1.0).abs() < 1e-8);
        assert!(answer.iterations < 15, "{answer:?}");
    }
}

fn symmetric(entries: &[f64], n: usize) -> Matrix {
    let entry = |i: usize, j: usize| entries[i.min(j) * n + i.max(j)];
    (0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect()
}

proptest! {
    #[test]
    fn newton_leads_downhill_whatever_the_hessian_is(
        n in 1_usize..7,
        entries in prop::collection::vec(prop_oneof![Just(0.0), -1.0..1.0], 49),
        b in prop::collection::vec(0.1..1.0, 7),
    ) {
        let a = symmetric(&entries, n);
        let f = quadratic(&a, &b[..n]);
        for method in [
            &Descent::new(Newton::new(), Fixed(Some(1.0))) as &dyn Method,
            &Descent::new(NewtonCg::new(), Fixed(Some(1.0))),
        ] {
            let (_, points) = path(&f, &vec![0.0; n], steps(1), method);
            // From 0, where the gradient is −b, the step is the direction.
            let slope = -dot(&points[1], &b[..n]);
            prop_assert!(slope < 0.0 && slope.is_finite());
        }
    }

    #[test]
    fn newton_takes_a_positive_definite_hessian_as_it_is(seed in 0_u64..1_000_000, n in 1_usize..12) {
        let a = positive(seed, n);
        let b = numbers(seed + 1, n);
        let method = Descent::new(Newton::new(), Fixed(Some(1.0)));
        let (_, points) = path(&quadratic(&a, &b), &vec![0.0; n], steps(1), &method);
        for (ax, b) in times(&a, &points[1]).iter().zip(&b) {
            prop_assert!((ax - b).abs() < 1e-10);
        }
    }

    #[test]
    fn newton_turns_negative_curvature_around(diagonal in prop::collection::vec(0.1..10.0, 5), signs in prop::collection::vec(any::<bool>(), 5)) {
        // Of a diagonal Hessian, d = −g/|λ|.
        let mut a = vec![vec![0.0; 5]; 5];
        for i in 0..5 {
            a[i][i] = if signs[i] { diagonal[i] } else { -diagonal[i] };
        }
        let method = Descent::new(Newton::new(), Fixed(Some(1.0)));
        let (_, points) = path(&quadratic(&a, &[1.0; 5]), &[0.0; 5], steps(1), &method);
        for (d, size) in points[1].iter().zip(&diagonal) {
            prop_assert!((d - 1.0 / size).abs() < 1e-12 * (1.0 / size));
        }
    }
}

/// r(x) = (10(x₂ − x₁²), 1 − x₁).
struct Valley;

impl Residuals for Valley {
    fn count(&self, _: usize) -> usize {
        2
    }

    fn residuals(&self, x: &[f64], r: &mut [f64]) {
        (r[0], r[1]) = (10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]);
    }
}

/// r(x) = Mx − b.
struct Linear(Matrix, Vec<f64>);

impl Residuals for Linear {
    fn count(&self, _: usize) -> usize {
        self.1.len()
    }

    fn residuals(&self, x: &[f64], r: &mut [f64]) {
        for (r, (mx, b)) in r.iter_mut().zip(times(&self.0, x).iter().zip(&self.1)) {
            *r = mx - b;
        }
    }

    fn jacobian(&self, _: &[f64], jacobian: &mut [f64]) -> bool {
        jacobian.copy_from_slice(&self.0.concat());
        true
    }
}

#[test]
fn gauss_newton_solves_least_squares() {
    let method = Descent::new(GaussNewton::new(), Fixed(None));
    // One step for linear ones; two for Rosenbrock's, whose second residual is linear, without a Jacobian.
    let rows = numbers(4, 60).chunks(5).map(<[f64]>::to_vec).collect();
    let linear = LeastSquares(Linear(rows, numbers(5, 12)));
    let (answer, _) = path(&linear, &numbers(6, 5), gradient_to(1e-12), &method);
    assert_eq!((answer.iterations, answer.stopped), (1, Stopped::Gradient));
    let (answer, _) = path(
        &LeastSquares(Valley),
        &[-1.2, 1.0],
        gradient_to(1e-7),
        &method,
    );
    assert_eq!((answer.iterations, answer.stopped), (2, Stopped::Gradient));
    assert_eq!(answer.evaluations.gradient, 0);

    // Fewer residuals than variables, and a column twice.
    let wide = LeastSquares(Linear(vec![vec![1.0, 2.0, 2.0]], vec![3.0]));
    let (answer, _) = path(&wide, &[0.0; 3], Limits::default(), &method);
    assert!(answer.stopped.converged(), "{answer:?}");
    // The shortest of the solutions.
    for (x, shortest) in answer.x.iter().zip([1.0, 2.0, 2.0]) {
        assert!((x - shortest / 3.0).abs() < 1e-6, "{answer:?}");
    }
    let twice = vec![vec![1.0, 1.0], vec![2.0, 2.0], vec![-1.0, -1.0]];
    let twice = LeastSquares(Linear(twice, vec![1.0, 0.0, 5.0]));
    let (answer, _) = path(&twice, &[0.0; 2], Limits::default(), &method);
    assert!(answer.stopped.converged(), "{answer:?}");

    let error = Task::new(&rosenbrock(), &[0.0, 0.0]).minimize(&method);
    assert!(matches!(error, Err(Error::Needs { .. })));
}

// L-BFGS.

/// s and y of all steps, the oldest first.
fn pairs(path: &Steps) -> Vec<(Vec<f64>, Vec<f64>)> {
    let difference = |a: &[f64], b: &[f64]| b.iter().zip(a).map(|(b, a)| b - a).collect();
    path.windows(2)
        .map(|pair| {
            (
                difference(&pair[0].0, &pair[1].0),
                difference(&pair[0].1, &pair[1].1),
            )
        })
        .collect()
}

/// The recursion on vectors (Nocedal & Wright, algorithm 7.4), of m steps; those without curvature are left out, and push out the
/// oldest of m like any other.
fn two_loop(path: &Steps, m: usize) -> Vec<f64> {
    let (_, g) = &path[path.len() - 1];
    let mut known = Vec::new();
    for (s, y) in pairs(path) {
        if known.len() == m {
            known.remove(0);
        }
        if dot(&s, &y) > f64::EPSILON.sqrt() * norm(&s) * norm(&y) {
            known.push((s, y));
        }
    }
    let pairs: Vec<_> = known.into_iter().rev().collect();
    let mut q = g.clone();
    let mut alphas = Vec::new();
    for (s, y) in &pairs {
        let alpha = dot(s, &q) / dot(s, y);
        q.iter_mut().zip(y).for_each(|(q, y)| *q -= alpha * y);
        alphas.push(alpha);
    }
    if let Some((s, y)) = pairs.first() {
        let gamma = dot(s, y) / dot(y, y);
        q.iter_mut().for_each(|q| *q *= gamma);
    }
    for ((s, y), alpha) in pairs.iter().zip(alphas).rev() {
        let beta = dot(y, &q) / dot(s, y);
        q.iter_mut()
            .zip(s)
            .for_each(|(q, s)| *q += (alpha - beta) * s);
    }
    q.iter().map(|q| -q).collect()
}

/// The direction of the dense formula (7.19) from γI, of all steps.
fn dense(path: &Steps) -> Vec<f64> {
    let n = path[0].0.len();
    let pairs = pairs(path);
    let gamma = pairs.last().map_or(1.0, |(s, y)| dot(s, y) / dot(y, y));
    let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
    let mut h: Matrix = (0..n)
        .map(|i| (0..n).map(|j| gamma * unit(i, j)).collect())
        .collect();
    for (s, y) in &pairs {
        let rho = 1.0 / dot(s, y);
        // V = I − ρysᵀ, H ← VᵀHV + ρssᵀ
        let v: Matrix = (0..n)
            .map(|i| (0..n).map(|j| unit(i, j) - rho * y[i] * s[j]).collect())
            .collect();
        let column = |a: &Matrix, j: usize| a.iter().map(|row| row[j]).collect::<Vec<f64>>();
        let hv: Matrix = (0..n).map(|j| times(&h, &column(&v, j))).collect();
        h = (0..n)
            .map(|i| {
                let entry = |j: usize| dot(&column(&v, i), &hv[j]) + rho * s[i] * s[j];
                (0..n).map(entry).collect()
            })
            .collect();
    }
    times(&h, &path[path.len() - 1].1)
        .iter()
        .map(|d| -d)
        .collect()
}

/// `‖a − b‖/‖b‖`.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    norm(&difference) / norm(b)
}

#[test]
fn lbfgs_is_the_two_loop_recursion() {
    for (n, m, limit) in [
        (1, 3, 8),
        (2, 10, 30),
        (7, 1, 40),
        (2500, 5, 40),
        (20_000, 10, 40),
    ] {
        let worst = Mutex::new((0.0_f64, 0));
        let look =
            |_: &mut dyn Directing<f64>, _: &mut Evaluator<'_, f64>, path: &Steps, d: &[f64]| {
                let mut worst = worst.lock().unwrap();
                *worst = (worst.0.max(distance(d, &two_loop(path, m))), worst.1 + 1);
            };
        let direction = Watched {
            direction: Lbfgs::with_memory(m),
            look: &look,
        };
        let start = rosenbrock_start(n);
        // In one dimension, where that function is flat, another.
        let quartic = Function::new(|x: &[f64]| x[0].powi(4) + x[0])
            .with_gradient(|x, g| g[0] = 4.0 * x[0].powi(3) + 1.0);
        let f = if n == 1 { quartic } else { rosenbrock() };
        path(
            &f,
            &start,
            steps(limit),
            &Descent::new(direction, Armijo::new()),
        );
        let (worst, looks) = *worst.lock().unwrap();
        assert!(looks > 5 && worst < 1e-8, "{n}: {worst} in {looks}");
    }
}

#[test]
fn lbfgs_with_room_for_all_steps_is_bfgs() {
    let worst = Mutex::new((0.0_f64, 0));
    let look = |_: &mut dyn Directing<f64>, _: &mut Evaluator<'_, f64>, path: &Steps, d: &[f64]| {
        let mut worst = worst.lock().unwrap();
        *worst = (worst.0.max(distance(d, &dense(path))), worst.1 + 1);
    };
    let direction = Watched {
        direction: Lbfgs::with_memory(20),
        look: &look,
    };
    let method = Descent::new(direction, Bisection(0.5));
    path(&rosenbrock(), &rosenbrock_start(6), steps(20), &method);
    let (worst, looks) = *worst.lock().unwrap();
    assert!(looks == 20 && worst < 1e-8, "{worst} in {looks}");
}

#[test]
fn the_bits_are_the_same_on_any_number_of_threads() {
    fn check(direction: impl Direction + Copy, n: usize) {
        let start = rosenbrock_start(n);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let method = Descent::new(direction, Armijo::new());
            let minimize = || path(&rosenbrock(), &start, steps(12), &method).0;
            pool.unwrap().install(minimize)
        };
        assert_eq!(on(1), on(3));
    }
    check(Lbfgs::with_memory(4), 50_000);
    check(ConjugateGradient::hager_zhang(), 50_000);
    check(BarzilaiBorwein::short(), 50_000);
    check(Bfgs::new(), 400);
}

// All of them.

fn all<T: ravine::Scalar>() -> Vec<Box<dyn Method<T>>> {
    fn with<T: ravine::Scalar>(direction: impl Direction<T> + 'static) -> Box<dyn Method<T>> {
        Box::new(Descent::new(direction, Bisection(0.1)))
    }
    vec![
        with(ConjugateGradient::fletcher_reeves()),
        with(ConjugateGradient::polak_ribiere()),
        with(ConjugateGradient::hestenes_stiefel()),
        with(ConjugateGradient::dai_yuan()),
        with(ConjugateGradient::hager_zhang()),
        with(Bfgs::new()),
        with(Dfp::new()),
        with(Sr1::new()),
        with(Lbfgs::new()),
        with(Newton::new()),
        with(NewtonCg::new()),
        with(BarzilaiBorwein::long()),
        with(HeavyBall::new()),
        with(Steepest::new()),
    ]
}

#[test]
fn all_find_the_minimum_of_a_ravine() {
    for method in &all::<f64>()[..11] {
        let (answer, _) = path(&rosenbrock(), &[-1.2, 1.0], Limits::default(), method);
        let name = method.name();
        assert!(answer.stopped.converged(), "{name} {answer:?}");
        assert!(
            answer.x.iter().all(|x| (x - 1.0).abs() < 1e-7),
            "{name} {answer:?}"
        );
        assert!(answer.iterations < 150, "{name} {answer:?}");
    }
}

#[test]
fn all_work_in_f32() {
    let f = Function::new(|x: &[f32]| {
        let x = [f64::from(x[0]), f64::from(x[1])];
        (1.0 - x[0]).powi(2) + 10.0 * (x[1] - x[0] * x[0]).powi(2)
    })
    .with_gradient(|x, g| {
        let t = x[1] - x[0] * x[0];
        (g[0], g[1]) = (-2.0 * (1.0 - x[0]) - 40.0 * x[0] * t, 20.0 * t);
    });
    for method in &all::<f32>()[..11] {
        let task = Task::new(&f, &[-1.2_f32, 1.0]);
        let answer = task
            .with_limits(gradient_to(1e-4))
            .minimize(method)
            .unwrap();
        let name = method.name();
        assert!(answer.stopped.converged(), "{name} {answer:?}");
        assert!(
            answer.x.iter().all(|x| (x - 1.0).abs() < 1e-3),
            "{name} {answer:?}"
        );
    }
}

#[test]
fn all_end_on_bad_functions() {
    let nowhere = Function::new(|_: &[f64]| f64::NAN).with_gradient(|_, g| g.fill(f64::NAN));
    let flat = Function::new(|_: &[f64]| 1.0).with_gradient(|_, g| g.fill(0.0));
    let flat_but_for_its_gradient =
        Function::new(|_: &[f64]| 1.0).with_gradient(|_, g| g.fill(1.0));
    let line =
        Function::new(|x: &[f64]| x[1] - x[0]).with_gradient(|_, g| (g[0], g[1]) = (-1.0, 1.0));
    let wrong = Function::new(|x: &[f64]| dot(x, x))
        .with_gradient(|x, g| g.iter_mut().zip(x).for_each(|(g, x)| *g = -2.0 * x));
    // Defined in a strip only, where the gradient leads out.
    let strip = Function::new(|x: &[f64]| {
        if x[0].abs() < 2.0 {
            x[0] + x[1] * x[1]
        } else {
            f64::NAN
        }
    })
    .with_gradient(|x, g| {
        (g[0], g[1]) = if x[0].abs() < 2.0 {
            (1.0, 2.0 * x[1])
        } else {
            (f64::NAN, f64::NAN)
        };
    });
    for method in &all::<f64>() {
        let stopped = |f: &Function<'_>| {
            let limits = Limits {
                iterations: 2000,
                ..Limits::default()
            };
            path(f, &[1.0, 0.5], limits, method).0.stopped
        };
        let name = method.name();
        assert_eq!(stopped(&nowhere), Stopped::NonFinite, "{name}");
        assert_eq!(stopped(&flat), Stopped::Gradient, "{name}");
        assert_eq!(
            stopped(&flat_but_for_its_gradient),
            Stopped::NoProgress,
            "{name}"
        );
        assert_eq!(stopped(&wrong), Stopped::NoProgress, "{name}");
        let falls = stopped(&line);
        assert!(
            matches!(falls, Stopped::Unbounded | Stopped::Iterations),
            "{name} {falls}"
        );
        let edge = stopped(&strip);
        assert!(
            matches!(edge, Stopped::NoProgress | Stopped::Iterations),
            "{name} {edge}"
        );
    }
}

#[test]
fn impossible_options_are_errors() {
    let said = |method: &dyn Method| {
        let error = Task::new(&rosenbrock(), &[0.0, 0.0]).minimize(method);
        error.unwrap_err().to_string()
    };
    let armijo = Armijo::new;
    assert_eq!(
        said(&Descent::new(Lbfgs::with_memory(0), armijo())),
        "memory is 0, but must be between 1 and 1,000"
    );
    assert_eq!(
        said(&Descent::new(HeavyBall { beta: 1.0 }, armijo())),
        "beta is 1, but must be in [0, 1)"
    );
    let restart = ConjugateGradient {
        restart: Some(0),
        ..ConjugateGradient::dai_yuan()
    };
    assert_eq!(
        said(&Descent::new(restart, armijo())),
        "restart is 0, but must be at least 1"
    );
    let forcing = NewtonCg {
        forcing: f64::NAN,
        ..NewtonCg::new()
    };
    assert_eq!(
        said(&Descent::new(forcing, armijo())),
        "forcing is NaN, but must be in (0, 1)"
    );
}
