//! Step sizes: each search is asked for the conditions that it promises, which are computed again, naively.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use ravine::minimize::{
    Answer, Armijo, Bfgs, Constant, Decay, Descent, Directing, Direction, Error, Evaluator, Exact,
    Function, Goldstein, HagerZhang, Limits, MoreThuente, Point, Polyak, Progress, Steepest,
    StepSize, Stopped, Task, TrustRegion, Wolfe,
};

/// A few numbers without pattern, from −1 to 1.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z >> 11) as f64) / ((1_u64 << 52) as f64) - 1.0
    }

    fn vector(&mut self) -> Vec<f64> {
        (0..N).map(|_| self.next()).collect()
    }
}

const N: usize = 3;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `Σ (uᵀx − t)⁴ + Σ a·sin(5wᵀx) + Σ exp(2vᵀx)`, and with a wall also `−ln(1 − zᵀx)`, which does not exist beyond it.
#[derive(Debug)]
struct Wild {
    powers: Vec<(Vec<f64>, f64)>,
    waves: Vec<(Vec<f64>, f64)>,
    growths: Vec<Vec<f64>>,
    wall: Option<Vec<f64>>,
}

impl Wild {
    fn new(seed: u64, walled: bool) -> Self {
        let mut numbers = Numbers(seed);
        Self {
            powers: (0..5).map(|_| (numbers.vector(), numbers.next())).collect(),
            waves: (0..3).map(|_| (numbers.vector(), numbers.next())).collect(),
            growths: (0..2).map(|_| numbers.vector()).collect(),
            wall: walled.then(|| numbers.vector()),
        }
    }

    fn value(&self, x: &[f64]) -> f64 {
        let powers: f64 = self
            .powers
            .iter()
            .map(|(u, t)| (dot(u, x) - t).powi(4))
            .sum();
        let waves: f64 = self
            .waves
            .iter()
            .map(|(w, a)| a * (5.0 * dot(w, x)).sin())
            .sum();
        let growths: f64 = self.growths.iter().map(|v| (2.0 * dot(v, x)).exp()).sum();
        let wall = self.wall.as_ref().map_or(0.0, |z| -(1.0 - dot(z, x)).ln());
        powers + waves + growths + wall
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut g = vec![0.0; N];
        let mut add = |c: f64, v: &[f64]| g.iter_mut().zip(v).for_each(|(g, v)| *g += c * v);
        for (u, t) in &self.powers {
            add(4.0 * (dot(u, x) - t).powi(3), u);
        }
        for (w, a) in &self.waves {
            add(5.0 * a * (5.0 * dot(w, x)).cos(), w);
        }
        for v in &self.growths {
            add(2.0 * (2.0 * dot(v, x)).exp(), v);
        }
        if let Some(z) = &self.wall {
            add(1.0 / (1.0 - dot(z, x)), z);
        }
        g
    }

    fn function(&self) -> Function<'_> {
        Function::new(|x: &[f64]| self.value(x))
            .with_gradient(|x, g| g.copy_from_slice(&self.gradient(x)))
    }
}

/// Random directions downhill, of lengths from 1e-3 to 1e3 times the gradient's.
struct Random(Mutex<(Numbers, Vec<Vec<f64>>)>);

impl Direction for &Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn start<'s>(
        &'s self,
        _: &Evaluator<'_, f64>,
        _: usize,
    ) -> Result<Box<dyn Directing<f64> + 's>, Error> {
        Ok(Box::new(Chooser(self)))
    }
}

struct Chooser<'s>(&'s Random);

impl Directing<f64> for Chooser<'_> {
    fn direction(&mut self, at: Point<'_, f64>, _: &mut Evaluator<'_, f64>, d: &mut [f64]) {
        let (numbers, seen) = &mut *self.0.0.lock().unwrap();
        let length = dot(at.gradient, at.gradient).sqrt();
        let scale = 1000_f64.powf(numbers.next());
        for (d, g) in d.iter_mut().zip(at.gradient) {
            *d = scale * (0.4 * numbers.next() * length - g);
        }
        if dot(d, at.gradient) >= 0.0 {
            d.iter_mut().zip(at.gradient).for_each(|(d, g)| *d = -g);
        }
        seen.push(d.to_vec());
    }
}

/// A step as it was, computed again.
#[derive(Debug)]
struct Step {
    length: f64,
    /// φ(0), φ(α).
    values: [f64; 2],
    /// φ′(0), φ′(α).
    slopes: [f64; 2],
    /// What the sums of φ′(α) may lose in rounding.
    rounding: f64,
}

fn steps(wild: &Wild, seed: u64, search: impl StepSize) -> Vec<Step> {
    let seen = Random(Mutex::new((Numbers(seed ^ 99), Vec::new())));
    let mut points: Vec<(Vec<f64>, Option<f64>)> = Vec::new();
    let mut observer = |progress: &Progress<'_, f64>| {
        points.push((progress.x.to_vec(), progress.step_size));
        ControlFlow::Continue(())
    };
    let limits = Limits {
        gradient: 1e-3,
        iterations: 6,
        ..Limits::default()
    };
    let function = wild.function();
    let descent = Descent::new(&seen, search);
    let answer = Task::new(&function, &[0.0; N])
        .with_limits(limits)
        .observed_by(&mut observer)
        .minimize(&descent)
        .unwrap();
    assert!(
        matches!(answer.stopped, Stopped::Iterations | Stopped::Gradient),
        "{answer:?}"
    );
    assert!(answer.evaluations.total() < 6 * 200);
    // Each direction was chosen at the point of the same index.
    let (_, directions) = &*seen.0.lock().unwrap();
    points
        .windows(2)
        .zip(directions)
        .map(|(pair, d)| {
            let [(x, _), (to, length)] = pair else {
                unreachable!()
            };
            let length = length.unwrap();
            let moved: Vec<f64> = x.iter().zip(d).map(|(x, d)| x + length * d).collect();
            assert_eq!(&moved, to);
            let (from_g, to_g) = (wild.gradient(x), wild.gradient(to));
            Step {
                length,
                values: [wild.value(x), wild.value(to)],
                slopes: [dot(&from_g, d), dot(&to_g, d)],
                rounding: 1e-13 * dot(&to_g, &to_g).sqrt() * dot(d, d).sqrt(),
            }
        })
        .collect()
}

fn falls(step: &Step, c: f64) -> bool {
    step.values[1] <= step.values[0] + c * step.length * step.slopes[0]
}

fn is_flat(step: &Step, c: f64) -> bool {
    step.slopes[1].abs() <= c * step.slopes[0].abs() + step.rounding
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn armijo_finds_sufficient_decrease(seed: u64, walled: bool) {
        let wild = Wild::new(seed, walled);
        for search in [Armijo::new(), Armijo::interpolating()] {
            for step in steps(&wild, seed, search) {
                prop_assert!(falls(&step, search.decrease), "{step:?}");
            }
        }
    }

    #[test]
    fn nonmonotone_steps_stay_below_the_last_ten(seed: u64, walled: bool) {
        let wild = Wild::new(seed, walled);
        let steps = steps(&wild, seed, Armijo::nonmonotone());
        let mut highest = f64::NEG_INFINITY;
        for step in steps {
            highest = highest.max(step.values[0]);
            prop_assert!(step.values[1] <= highest + 1e-4 * step.length * step.slopes[0]);
        }
    }

    #[test]
    fn goldstein_is_between(seed: u64, walled: bool) {
        let wild = Wild::new(seed, walled);
        for step in steps(&wild, seed, Goldstein::new()) {
            prop_assert!(falls(&step, 0.1) && !falls(&Step { values: [step.values[0], step.values[1] + 1e-15 * step.values[1].abs()], ..step }, 0.9 + 1e-12), "{step:?}");
        }
    }

    #[test]
    fn wolfe_and_more_thuente_find_strong_wolfe_points(seed: u64, walled: bool, tight: bool) {
        let wild = Wild::new(seed, walled);
        let curvature = if tight { 0.1 } else { 0.9 };
        let wolfe = Wolfe { curvature, ..Wolfe::new() };
        for step in steps(&wild, seed, wolfe) {
            prop_assert!(falls(&step, 1e-4) && is_flat(&step, curvature), "{step:?}");
        }
        let more_thuente = MoreThuente { curvature, ..MoreThuente::new() };
        for step in steps(&wild, seed, more_thuente) {
            prop_assert!(falls(&step, 1e-4) && is_flat(&step, curvature), "{step:?}");
        }
    }

    #[test]
    fn hager_zhang_finds_wolfe_points_or_approximate_ones(seed: u64, walled: bool, tight: bool) {
        let wild = Wild::new(seed, walled);
        let curvature = if tight { 0.2 } else { 0.9 };
        for step in steps(&wild, seed, HagerZhang { curvature, ..HagerZhang::new() }) {
            let [from, to] = step.slopes;
            prop_assert!(to >= curvature * from - step.rounding, "{step:?}");
            let low = step.values[1] <= step.values[0] + 1e-6 * step.values[0].abs();
            prop_assert!(falls(&step, 0.1) || low && to <= -0.8 * from + step.rounding, "{step:?}");
        }
    }

    #[test]
    fn exact_finds_a_minimum_of_the_line(seed: u64, walled: bool) {
        let wild = Wild::new(seed, walled);
        for step in steps(&wild, seed, Exact::new()) {
            prop_assert!(is_flat(&step, 1e-9) && step.values[1] <= step.values[0], "{step:?}");
        }
    }
}

/// Nonsense that depends on x alone: values of all sizes, infinities, NaN.
fn nonsense(x: &[f64], seed: u64, kinds: u64) -> f64 {
    let mix = |h: u64, x: &f64| {
        (h ^ x.to_bits())
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    };
    let mut numbers = Numbers(x.iter().fold(seed, mix));
    let number = numbers.next();
    match numbers.0 % kinds {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => number * 1e300,
        3 => number * 1e-300,
        4 => 0.0,
        _ => number,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nonsense_ends(seed: u64, kinds in 5..40_u64) {
        let function = Function::new(|x: &[f64]| nonsense(x, seed, kinds))
            .with_gradient(|x, g| {
                for (i, g) in g.iter_mut().enumerate() {
                    *g = nonsense(x, seed ^ (i as u64 + 1), kinds);
                }
            });
        with_each(
            |_, answer| {
                let stopped = answer.stopped;
                assert!(stopped != Stopped::Iterations || answer.iterations == 30);
            },
            30,
            &[1.0, -0.5],
            &function,
        );
        let limits = Limits { iterations: 30, ..Limits::default() };
        for method in [TrustRegion::new(), TrustRegion::dogleg(), TrustRegion::steihaug(), TrustRegion::sr1(), TrustRegion::cauchy()] {
            Task::new(&function, &[1.0, -0.5]).with_limits(limits).minimize(&method).unwrap();
        }
    }
}

/// `½Σ λᵢxᵢ²`, λ from 1 to 100.
fn ravine(x: &[f64]) -> f64 {
    0.5 * x
        .iter()
        .enumerate()
        .map(|(i, x)| lambda(i) * x * x)
        .sum::<f64>()
}

fn lambda(i: usize) -> f64 {
    [1.0, 3.0, 40.0, 100.0][i]
}

fn quadratic() -> Function<'static> {
    Function::new(ravine).with_gradient(|x, g| {
        g.iter_mut()
            .zip(x)
            .enumerate()
            .for_each(|(i, (g, x))| *g = lambda(i) * x)
    })
}

const START: [f64; 4] = [1.0, -2.0, 0.3, 0.7];

fn path(search: impl StepSize, iterations: u64) -> (Answer<f64>, Vec<Vec<f64>>) {
    let mut points = Vec::new();
    let mut observer = |progress: &Progress<'_, f64>| {
        points.push(progress.x.to_vec());
        ControlFlow::Continue(())
    };
    let limits = Limits {
        iterations,
        ..Limits::default()
    };
    let answer = Task::new(&quadratic(), &START)
        .with_limits(limits)
        .observed_by(&mut observer)
        .minimize(&Descent::new(Steepest::new(), search))
        .unwrap();
    (answer, points)
}

#[test]
fn exact_steps_of_steepest_descent_are_orthogonal() {
    let (_, points) = path(Exact::new(), 60);
    assert!(points.len() > 40);
    let gradients = points
        .iter()
        .map(|x| x.iter().enumerate().map(|(i, x)| lambda(i) * x).collect());
    let gradients: Vec<Vec<f64>> = gradients.collect();
    for pair in gradients.windows(2) {
        let lengths = dot(&pair[0], &pair[0]) * dot(&pair[1], &pair[1]);
        let cosine = dot(&pair[0], &pair[1]) / lengths.sqrt();
        assert!(cosine.abs() < 1e-6, "{cosine}");
    }
}

#[test]
fn a_constant_step_converges_as_the_theory_says_and_diverges_beyond_its_limit() {
    // 2/(μ + L), rate (L − μ)/(L + μ)
    let (_, points) = path(Constant::new(2.0 / 101.0), 20);
    for pair in points.windows(2) {
        let [before, after] = [&pair[0], &pair[1]].map(|x| dot(x, x).sqrt());
        assert!(after <= 99.0 / 101.0 * before * (1.0 + 1e-12));
    }
    let (below, _) = path(Constant::new(0.99 * 2.0 / 100.0), 5000);
    assert_eq!(below.stopped, Stopped::Gradient);
    let (above, points) = path(Constant::new(1.01 * 2.0 / 100.0), 2000);
    let last = points.last().unwrap();
    assert!(dot(last, last) > 1e6, "{last:?}");
    // The answer is the lowest point on the way.
    assert!(
        above.value < 1e4 && above.stopped == Stopped::Iterations,
        "{above:?}"
    );
}

#[test]
fn decays_are_as_written() {
    let sizes = |search: Decay| {
        let mut sizes = Vec::new();
        let mut observer = |progress: &Progress<'_, f64>| {
            sizes.extend(progress.step_size);
            ControlFlow::Continue(())
        };
        Task::new(&quadratic(), &START)
            .with_limits(Limits {
                iterations: 4,
                ..Limits::default()
            })
            .observed_by(&mut observer)
            .minimize(&Descent::new(Steepest::new(), search))
            .unwrap();
        sizes
    };
    assert_eq!(
        sizes(Decay::geometric(0.01, 0.5)),
        [0.01, 0.005, 0.0025, 0.00125]
    );
    assert_eq!(sizes(Decay::harmonic(0.012)), [0.012, 0.006, 0.004, 0.003]);
}

#[test]
fn polyak_brings_every_step_nearer() {
    let (answer, points) = path(Polyak::new(0.0), 10_000);
    assert_eq!(answer.stopped, Stopped::Gradient);
    for pair in points.windows(2) {
        assert!(dot(&pair[1], &pair[1]) < dot(&pair[0], &pair[0]));
    }
    // f(x) = x², α = x²/4x² = 1/4: x halves.
    let square = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
    let once = Task::new(&square, &[3.0])
        .with_limits(Limits {
            iterations: 1,
            ..Limits::default()
        })
        .minimize(&Descent::new(Steepest::new(), Polyak::new(0.0)));
    assert_eq!(once.unwrap().x, [1.5]);
}

/// Each search in turn, with BFGS.
fn with_each(
    check: impl Fn(&'static str, Answer<f64>),
    iterations: u64,
    start: &[f64],
    function: &Function<'_>,
) {
    let limits = Limits {
        iterations,
        ..Limits::default()
    };
    macro_rules! each {
        ($($search:expr),*) => {
            $(check(
                stringify!($search),
                Task::new(function, start).with_limits(limits).minimize(&Descent::new(Bfgs::new(), $search)).unwrap(),
            );)*
        };
    }
    each!(
        Armijo::new(),
        Armijo::interpolating(),
        Armijo::nonmonotone(),
        Goldstein::new(),
        Wolfe::new()
    );
    each!(
        MoreThuente::new(),
        HagerZhang::new(),
        Exact::new(),
        Constant::new(0.1)
    );
    each!(
        Decay::geometric(0.1, 0.999),
        Decay::harmonic(1.0),
        Polyak::new(-1e300)
    );
}

#[test]
fn what_falls_without_end_is_unbounded() {
    let line = Function::new(|x: &[f64]| -x[0]).with_gradient(|_, g| g[0] = -1.0);
    let cliff = Function::new(|x: &[f64]| -x[0].exp()).with_gradient(|x, g| g[0] = -x[0].exp());
    for function in [line, cliff] {
        with_each(
            |name, answer| {
                let searches = !["Constant", "Decay", "Polyak"]
                    .iter()
                    .any(|n| name.starts_with(n));
                assert!(
                    !searches || answer.stopped == Stopped::Unbounded,
                    "{name}: {answer:?}"
                );
            },
            3000,
            &[0.0],
            &function,
        );
    }
}

#[test]
fn a_hard_wall_is_survived() {
    // Falls toward a wall at 2, beyond which it is NaN or infinite: there is no minimum, and no search may go beyond.
    for beyond in [f64::NAN, f64::INFINITY] {
        let wall = Function::new(move |x: &[f64]| if x[0] < 2.0 { -x[0] } else { beyond })
            .with_gradient(move |x, g| g[0] = if x[0] < 2.0 { -1.0 } else { beyond });
        with_each(
            |name, answer| {
                assert!(
                    answer.x[0] < 2.0 && answer.value.is_finite(),
                    "{name}: {answer:?}"
                );
                assert!(answer.evaluations.total() < 500_000, "{name}: {answer:?}");
            },
            3000,
            &[0.0],
            &wall,
        );
    }
}

#[test]
fn wrong_gradients_and_flat_functions_end() {
    let uphill = Function::new(|x: &[f64]| x[0] * x[0] + x[1].powi(4))
        .with_gradient(|x, g| (g[0], g[1]) = (-2.0 * x[0], -4.0 * x[1].powi(3)));
    let flat = Function::new(|_: &[f64]| 7.0).with_gradient(|_, g| (g[0], g[1]) = (1.0, 0.5));
    for function in [uphill, flat] {
        with_each(
            |name, answer| {
                let searches = !["Constant", "Decay", "Polyak"]
                    .iter()
                    .any(|n| name.starts_with(n));
                assert!(
                    !searches || answer.stopped == Stopped::NoProgress,
                    "{name}: {answer:?}"
                );
                assert!(answer.evaluations.total() < 100_000, "{name}: {answer:?}");
            },
            3000,
            &[1.0, -0.5],
            &function,
        );
    }
}

#[test]
fn searches_by_slopes_go_on_where_values_are_used_up() {
    // The value is known to 1e-16 of 1e3 only: to 1e-13, and so x to 3e-7; the gradient, to full precision.
    let offset = Function::new(|x: &[f64]| {
        1e3 + (x[0] - 1.0).powi(2) + 10.0 * (x[1] + x[0]).powi(2) + (x[0] - 1.0).powi(4)
    })
    .with_gradient(|x, g| {
        g[1] = 20.0 * (x[1] + x[0]);
        g[0] = 2.0 * (x[0] - 1.0) + g[1] + 4.0 * (x[0] - 1.0).powi(3);
    });
    let task = || {
        Task::new(&offset, &[3.0, 2.0]).with_limits(Limits {
            gradient: 1e-12,
            ..Limits::default()
        })
    };
    let answers = [
        task().minimize(&Descent::new(Bfgs::new(), Wolfe::new())),
        task().minimize(&Descent::new(Bfgs::new(), MoreThuente::new())),
        task().minimize(&Descent::new(Bfgs::new(), HagerZhang::new())),
    ];
    for answer in answers {
        assert_eq!(answer.unwrap().stopped, Stopped::Gradient);
    }
}

#[test]
fn no_point_is_evaluated_twice() {
    let seen = Mutex::new(Vec::new());
    let gradients = AtomicU64::new(0);
    let rosenbrock = Function::new(|x: &[f64]| {
        seen.lock().unwrap().push([x[0].to_bits(), x[1].to_bits()]);
        (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)
    })
    .with_gradient(|x, g| {
        gradients.fetch_add(1, Ordering::Relaxed);
        let t = x[1] - x[0] * x[0];
        g[0] = -2.0 * (1.0 - x[0]) - 400.0 * x[0] * t;
        g[1] = 200.0 * t;
    });
    macro_rules! each {
        ($($search:expr),*) => {
            $(let answer = Task::new(&rosenbrock, &[-1.2, 1.0])
                .minimize(&Descent::new(Bfgs::new(), $search))
                .unwrap();
            assert_eq!(answer.stopped, Stopped::Gradient);
            let mut points = std::mem::take(&mut *seen.lock().unwrap());
            assert_eq!(points.len() as u64, answer.evaluations.value);
            assert_eq!(gradients.swap(0, Ordering::Relaxed), answer.evaluations.gradient);
            points.sort_unstable();
            assert!(points.windows(2).all(|pair| pair[0] != pair[1]), "{}", stringify!($search));)*
        };
    }
    each!(
        Armijo::new(),
        Armijo::interpolating(),
        Goldstein::new(),
        Wolfe::new(),
        MoreThuente::new(),
        HagerZhang::new(),
        Exact::new()
    );
}

#[test]
fn single_precision_ends() {
    let counted = AtomicU64::new(0);
    let rosenbrock = Function::new(|x: &[f32]| {
        counted.fetch_add(1, Ordering::Relaxed);
        f64::from((1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2) + 3.0)
    })
    .with_gradient(|x, g| {
        let t = x[1] - x[0] * x[0];
        g[0] = -2.0 * (1.0 - x[0]) - 400.0 * x[0] * t;
        g[1] = 200.0 * t;
    });
    macro_rules! each {
        ($($search:expr),*) => {
            $(let answer = Task::new(&rosenbrock, &[-1.2, 1.0])
                .with_limits(Limits { gradient: 0.0, ..Limits::default() })
                .minimize(&Descent::new(Bfgs::new(), $search))
                .unwrap();
            let near = answer.x.iter().all(|x| (x - 1.0).abs() < 1e-2);
            assert!(near && answer.iterations < 2000, "{}: {answer:?}", stringify!($search));)*
        };
    }
    each!(
        Armijo::new(),
        Goldstein::new(),
        Wolfe::new(),
        MoreThuente::new(),
        HagerZhang::new(),
        Exact::new()
    );
}

#[test]
fn impossible_options_are_errors() {
    fn refused(search: impl StepSize) {
        let task = Task::new(&Function::new(ravine), &START)
            .minimize(&Descent::new(Steepest::new(), search))
            .map(|_| ());
        assert!(matches!(task, Err(Error::Option { .. })), "{task:?}");
    }
    refused(Constant::new(0.0));
    refused(Constant::new(f64::NAN));
    refused(Decay::geometric(1.0, 1.5));
    refused(Decay::harmonic(-1.0));
    refused(Exact { tolerance: 0.0 });
    refused(Goldstein { decrease: 0.5 });
    refused(Wolfe {
        curvature: 1e-5,
        ..Wolfe::new()
    });
    refused(MoreThuente {
        decrease: 0.0,
        ..MoreThuente::new()
    });
    refused(HagerZhang {
        decrease: 0.5,
        ..HagerZhang::new()
    });
    refused(HagerZhang {
        error: f64::NAN,
        ..HagerZhang::new()
    });
    refused(Polyak::new(f64::INFINITY));
    refused(Armijo {
        memory: 0,
        ..Armijo::new()
    });
}

/// A fall so long along a slope so small that the step that would repeat it is infinite: all searches end.
#[test]
fn first_steps_are_finite() {
    let cliff = |x: &[f64]| if x[0] > 0.0 { 1e300 } else { x[0].tanh() };
    let function = Function::new(cliff).with_gradient(|_, g| g[0] = 1e-7);
    with_each(
        |_, answer| assert!(answer.x[0].is_finite()),
        30,
        &[5e-8],
        &function,
    );
}
