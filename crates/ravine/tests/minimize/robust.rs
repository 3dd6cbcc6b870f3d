//! Bad objectives: whatever a function does, every method ends with an error that says why, or with an answer that is honest.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use ravine::Scalar;
use ravine::minimize::catalogue::{Named, methods};
use ravine::minimize::set::{Affine, HalfSpace, L1Ball, L2Ball, LInfBall, Set, Simplex, Whole};
use ravine::minimize::term::{
    ElasticNet, GroupL1, Indicator, L1, NuclearNorm, Term, TotalVariation,
};
use ravine::minimize::{
    Answer, AugmentedLagrangian, Bfgs, Bounds, CmaEs, ConjugateGradient, Constrained, Descent,
    DifferentialEvolution, Entropy, Error, Fista, FrankWolfe, FrankWolfeStep, Function,
    GaussNewton, HagerZhang, HookeJeeves, Lbfgs, Lbfgsb, LeastSquares, LevenbergMarquardt, Limits,
    Method, MirrorDescent, MirrorMap, MoreThuente, NelderMead, Nesterov, Newton, Objective, Owlqn,
    Powell, ProjectedGradient, ProximalGradient, Residuals, Steepest, Stopped, Task, TrustRegion,
    Wolfe,
};

type Value = fn(&[f64]) -> f64;
type Gradient = fn(&[f64], usize) -> f64;

/// A function, and its partial derivatives as it tells them.
struct Bad {
    name: &'static str,
    value: Value,
    gradient: Gradient,
}

fn squares(x: &[f64]) -> f64 {
    x.iter().map(|x| (x - 2.0) * (x - 2.0)).sum()
}

fn slope(x: &[f64], i: usize) -> f64 {
    2.0 * (x[i] - 2.0)
}

/// Points with a first coordinate above this are behind the wall, the minimum of the squares among them; starts stand before it.
const WALL: f64 = 0.8;

fn behind(x: &[f64], there: f64) -> f64 {
    if x[0] > WALL { there } else { squares(x) }
}

fn before(x: &[f64], there: f64) -> f64 {
    if x[0] > WALL { squares(x) } else { there }
}

#[rustfmt::skip]
const BAD: &[Bad] = &[
    Bad { name: "NaN", value: |_| f64::NAN, gradient: |_, _| f64::NAN },
    Bad { name: "NaN with a gradient", value: |_| f64::NAN, gradient: slope },
    Bad { name: "NaN, flat", value: |_| f64::NAN, gradient: |_, _| 0.0 },
    Bad { name: "infinite", value: |_| f64::INFINITY, gradient: |_, _| f64::INFINITY },
    Bad { name: "minus infinite", value: |_| f64::NEG_INFINITY, gradient: |_, _| 0.0 },
    Bad { name: "NaN behind a wall", value: |x| behind(x, f64::NAN), gradient: |x, i| if x[0] > WALL { f64::NAN } else { slope(x, i) } },
    Bad { name: "NaN behind a wall, with a gradient", value: |x| behind(x, f64::NAN), gradient: slope },
    Bad { name: "infinite behind a wall", value: |x| behind(x, f64::INFINITY), gradient: slope },
    Bad { name: "minus infinite behind a wall", value: |x| behind(x, f64::NEG_INFINITY), gradient: slope },
    Bad { name: "a NaN gradient behind a wall", value: squares, gradient: |x, i| if x[0] > WALL { f64::NAN } else { slope(x, i) } },
    Bad { name: "NaN before a wall", value: |x| before(x, f64::NAN), gradient: slope },
    Bad { name: "infinite before a wall", value: |x| before(x, f64::INFINITY), gradient: slope },
    Bad { name: "flat", value: |_| 1.0, gradient: |_, _| 0.0 },
    Bad { name: "flat, with a gradient", value: |_| 1.0, gradient: |_, _| 1.0 },
    Bad { name: "linear", value: |x| x.iter().sum(), gradient: |_, _| 1.0 },
    Bad { name: "falling exponentially", value: |x| -x.iter().map(|x| x.exp()).sum::<f64>(), gradient: |x, i| -x[i].exp() },
    Bad { name: "a parabola upside down", value: |x| -squares(x), gradient: |x, i| -slope(x, i) },
    Bad { name: "logarithms", value: |x| x.iter().map(|x| x - x.ln()).sum(), gradient: |x, i| 1.0 - 1.0 / x[i] },
    Bad { name: "a gradient uphill", value: squares, gradient: |x, i| -slope(x, i) },
    Bad { name: "a gradient too large", value: squares, gradient: |x, i| 1e3 * slope(x, i) },
    Bad { name: "a gradient too small", value: squares, gradient: |x, i| 1e-3 * slope(x, i) },
    Bad { name: "a gradient of 0", value: squares, gradient: |_, _| 0.0 },
    Bad { name: "a gradient of 1", value: squares, gradient: |_, _| 1.0 },
    Bad { name: "a gradient of NaN", value: squares, gradient: |_, _| f64::NAN },
    Bad { name: "a gradient with a NaN", value: squares, gradient: |x, i| if i == 0 { f64::NAN } else { slope(x, i) } },
    Bad { name: "an infinite gradient", value: squares, gradient: |_, _| f64::INFINITY },
    Bad { name: "a gradient with an infinity", value: squares, gradient: |x, i| if i == 0 { f64::NEG_INFINITY } else { slope(x, i) } },
    Bad { name: "a huge gradient", value: squares, gradient: |x, i| 1e300 * slope(x, i) },
    Bad { name: "huge", value: |x| 1e150 * squares(x), gradient: |x, i| 1e150 * slope(x, i) },
    Bad { name: "all but infinite", value: |x| 1e307 * squares(x), gradient: |x, i| 1e307 * slope(x, i) },
    Bad { name: "tiny", value: |x| 1e-150 * squares(x), gradient: |x, i| 1e-150 * slope(x, i) },
    Bad { name: "all but 0", value: |x| 1e-320 * squares(x), gradient: |x, i| 1e-320 * slope(x, i) },
    Bad { name: "far above 0", value: |x| 1e20 + squares(x), gradient: slope },
    Bad { name: "of a huge scale", value: |x| squares(x) * 1e200 * squares(x), gradient: |x, i| 2e200 * squares(x) * slope(x, i) },
    Bad { name: "stairs", value: |x| squares(x).floor(), gradient: slope },
    Bad { name: "stairs, flat", value: |x| squares(x).floor(), gradient: |_, _| 0.0 },
    Bad { name: "a step", value: |x| if x[0] < 0.5 { 0.0 } else { 1.0 }, gradient: |_, _| 0.0 },
    Bad { name: "a kink", value: |x| x.iter().map(|x| x.abs()).sum(), gradient: |x, i| x[i].signum() },
    Bad { name: "a cusp", value: |x| x.iter().map(|x| x.abs().sqrt()).sum(), gradient: |x, i| 0.5 * x[i].signum() / x[i].abs().sqrt() },
    Bad { name: "noise", value: |x| squares(x) + noise(x), gradient: slope },
    Bad { name: "noise in the gradient", value: squares, gradient: |x, i| slope(x, i) + noise(&x[i..]) },
];

/// A number in [0, 1) that jumps from point to point.
fn noise(x: &[f64]) -> f64 {
    let bits = x.iter().fold(1, |h: u64, x| {
        (h ^ x.to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// More evaluations than any method may use within the limits: what goes on beyond would go on for ever.
const ENDLESS: u64 = 3_000_000;

struct Watched<'a> {
    bad: &'a Bad,
    has_gradient: bool,
    values: AtomicU64,
    gradients: AtomicU64,
}

impl<T: Scalar> Objective<T> for Watched<'_> {
    fn value(&self, x: &[T]) -> f64 {
        let calls = self.values.fetch_add(1, Ordering::Relaxed);
        assert!(calls < ENDLESS, "it goes on and on");
        (self.bad.value)(&wide(x))
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        if !self.has_gradient {
            return false;
        }
        let calls = self.gradients.fetch_add(1, Ordering::Relaxed);
        assert!(calls < ENDLESS, "it goes on and on");
        let x = wide(x);
        for (i, g) in gradient.iter_mut().enumerate() {
            *g = T::from_f64((self.bad.gradient)(&x, i));
        }
        true
    }
}

fn wide<T: Scalar>(x: &[T]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

const LIMITS: Limits = Limits {
    gradient: 1e-8,
    value: 0.0,
    step: 0.0,
    target: None,
    iterations: 2000,
    evaluations: 5000,
};

/// What is dishonest about an answer.
fn lies<T: Scalar>(
    answer: &Answer<T>,
    value: impl Fn(&[T]) -> f64,
    start: &[T],
    bounds: Option<&Bounds>,
    descends: bool,
) -> Vec<String> {
    let mut lies = Vec::new();
    let mut unless = |holds: bool, what: &str| {
        if !holds {
            lies.push(what.to_string());
        }
    };
    unless(answer.x.len() == start.len(), "another number of variables");
    unless(
        answer.x.iter().all(|x| x.to_f64().is_finite()),
        "the point is not finite",
    );
    let there = value(&answer.x);
    // NaN and +∞ say the same.
    let none = |v: f64| v.is_nan() || v == f64::INFINITY;
    let close = there.is_finite() && (there - answer.value).abs() <= 1e-12 * there.abs();
    let same = there == answer.value || close || (none(there) && none(answer.value));
    unless(same, "not the value at the point");
    if descends {
        let first = value(start);
        unless(none(first) || answer.value <= first, "above the start");
    }
    if let Some(bounds) = bounds {
        let sides = bounds.lower().iter().zip(bounds.upper());
        let inside = |(x, (l, u)): (&T, (&f64, &f64))| (*l..=*u).contains(&x.to_f64());
        unless(answer.x.iter().zip(sides).all(inside), "out of bounds");
    }
    let norm = answer.gradient_norm;
    // The square of such a gradient is infinite.
    let huge = |norm: f64| norm.is_nan() || norm > 1e150;
    let honest = match answer.stopped {
        Stopped::Gradient => norm.is_some_and(|norm| norm <= LIMITS.gradient),
        Stopped::Unbounded => answer.value < -1e29,
        Stopped::NonFinite => none(answer.value) || norm.is_none_or(huge),
        Stopped::Iterations => answer.iterations >= LIMITS.iterations,
        // Of a search that is one of many, its part of them.
        Stopped::Evaluations => answer.evaluations.total() >= LIMITS.evaluations / 32,
        // The limits on values and steps are off; methods that compare values have limits of their own.
        Stopped::Value | Stopped::Step => norm.is_none() && answer.value.is_finite(),
        Stopped::NoProgress => answer.value.is_finite(),
        _ => false,
    };
    unless(honest, "not why it stopped");
    lies
}

/// Methods that do not compare values, or not with that of the start.
const RISING: &[&str] = &[
    "heavy-ball",
    "brent",
    "golden-section",
    "random-directions",
    "spsa",
    "coordinate-differences",
];

fn is_scalar(method: &Named) -> bool {
    ["brent", "golden-section"].contains(&method.name)
}

fn needs_residuals(method: &Named) -> bool {
    ["levenberg-marquardt", "gauss-newton"].contains(&method.name)
}

/// What goes wrong when a method meets a function.
fn trouble<T: Scalar>(
    method: &dyn Method<T>,
    bad: &Bad,
    has_gradient: bool,
    start: &[T],
    bounds: Option<&Bounds>,
    descends: bool,
) -> Vec<String> {
    let mut begin = start.to_vec();
    if let Some(bounds) = bounds {
        bounds.project(&mut begin);
    }
    let begin = descends.then_some(&begin[..]);
    trouble_with_term(method, bad, has_gradient, start, bounds, begin, &|_| 0.0)
}

/// [`trouble`] with `bad + term`, and where it is that a method begins, if it is not to end above it.
fn trouble_with_term<T: Scalar>(
    method: &dyn Method<T>,
    bad: &Bad,
    has_gradient: bool,
    start: &[T],
    bounds: Option<&Bounds>,
    begin: Option<&[T]>,
    term: &dyn Fn(&[T]) -> f64,
) -> Vec<String> {
    let watched = Watched {
        bad,
        has_gradient,
        values: AtomicU64::new(0),
        gradients: AtomicU64::new(0),
    };
    let mut task = Task::new(&watched, start).with_limits(LIMITS);
    if let Some(bounds) = bounds {
        task = task.with_bounds(bounds);
    }
    let result = catch_unwind(AssertUnwindSafe(|| task.minimize(method)));
    let Ok(result) = result else {
        return vec!["it panics".to_string()];
    };
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return vec![format!("it does not begin: {error}")],
    };
    let at = |x: &[T]| (bad.value)(&wide(x)) + term(x);
    let descends = begin.is_some();
    let mut lies = lies(&answer, at, begin.unwrap_or(start), bounds, descends);
    let counted = (answer.evaluations.value, answer.evaluations.gradient);
    let called = (watched.values.into_inner(), watched.gradients.into_inner());
    if counted != called {
        lies.push(format!("counted {counted:?}, called {called:?}"));
    }
    if answer.evaluations.total() > 4 * LIMITS.evaluations {
        lies.push("far more evaluations than allowed".to_string());
    }
    lies.iter()
        .map(|lie| format!("{lie}: {answer:?}"))
        .collect()
}

fn none_of(troubles: &[String]) {
    assert!(
        troubles.is_empty(),
        "{}\n{}",
        troubles.len(),
        troubles.join("\n")
    );
}

fn start(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.7 - 0.3 * i as f64).collect()
}

fn meet(has_gradient: bool, n: usize) {
    let bounds = Bounds::uniform(n, -3.0, 5.0).unwrap();
    let mut troubles = Vec::new();
    for method in methods() {
        if needs_residuals(method) || (is_scalar(method) && n > 1) {
            continue;
        }
        let bounds = method.wants_bounds().then_some(&bounds);
        let descends = !RISING.contains(&method.name);
        for bad in BAD {
            let found = trouble(
                &*method.method(),
                bad,
                has_gradient,
                &start(n),
                bounds,
                descends,
            );
            let place = |found: &String| format!("{}, {}: {found}", method.name, bad.name);
            troubles.extend(found.iter().map(place));
        }
    }
    none_of(&troubles);
}

#[test]
fn one_variable() {
    meet(true, 1);
}

#[test]
fn two_variables() {
    meet(true, 2);
}

#[test]
fn five_variables() {
    meet(true, 5);
}

#[test]
fn two_variables_by_differences() {
    meet(false, 2);
}

/// Within bounds, from outside of them.
#[test]
fn starts_outside_bounds() {
    let mut troubles = Vec::new();
    for method in methods() {
        let made = method.method();
        let bounds = Bounds::new(vec![-3.0, 0.25], vec![0.9, 5.0]).unwrap();
        let scalar = Bounds::uniform(1, -3.0, 0.9).unwrap();
        let (bounds, start) = match is_scalar(method) {
            true => (&scalar, &[9.0][..]),
            false => (&bounds, &[9.0, -9.0][..]),
        };
        for bad in BAD {
            if !made.takes_bounds() {
                let f = |x: &[f64]| (bad.value)(x);
                let function = Function::new(f);
                let task = Task::new(&function, start).with_bounds(bounds);
                assert!(matches!(task.minimize(&*made), Err(Error::NoBounds { .. })));
                continue;
            }
            let found = trouble(
                &*made,
                bad,
                true,
                start,
                Some(bounds),
                !RISING.contains(&method.name),
            );
            let place = |found: &String| format!("{}, {}: {found}", method.name, bad.name);
            troubles.extend(found.iter().map(place));
        }
    }
    none_of(&troubles);
}

#[test]
fn single_precision() {
    let list: Vec<Box<dyn Method<f32>>> = vec![
        Box::new(Descent::new(Steepest::new(), Wolfe::new())),
        Box::new(Descent::new(Bfgs::new(), MoreThuente::new())),
        Box::new(Descent::new(Lbfgs::new(), Wolfe::new())),
        Box::new(Descent::new(Newton::new(), Wolfe::new())),
        Box::new(Descent::new(
            ConjugateGradient::hager_zhang(),
            HagerZhang::new(),
        )),
        Box::new(TrustRegion::new()),
        Box::new(TrustRegion::sr1()),
        Box::new(Nesterov::new()),
        Box::new(Lbfgsb::new()),
        Box::new(ProjectedGradient::new()),
        Box::new(NelderMead::new()),
        Box::new(Powell::new()),
        Box::new(HookeJeeves::new()),
        Box::new(CmaEs::new()),
        Box::new(DifferentialEvolution::new()),
    ];
    let mut troubles = Vec::new();
    for method in &list {
        let bounds = Bounds::uniform(2, -3.0, 5.0).unwrap();
        let bounds = method.takes_bounds().then_some(&bounds);
        for bad in BAD {
            let found = trouble(method, bad, true, &[0.7, 0.4], bounds, true);
            let place = |found: &String| format!("{}, {}: {found}", method.name(), bad.name);
            troubles.extend(found.iter().map(place));
        }
    }
    none_of(&troubles);
}

/// Makes a set of points of so many coordinates; `None`: the whole space.
type Made<T> = fn(usize) -> Option<Box<dyn Set<T>>>;

/// A method that the catalogue does not have, and what it adds to the function.
struct Special<T: Scalar> {
    method: Box<dyn Method<T>>,
    term: Option<Box<dyn Term<T>>>,
    /// The set that it keeps to.
    begin: Made<T>,
    descends: bool,
}

fn in_set<T: Scalar>(method: impl Method<T> + 'static, set: Made<T>) -> Special<T> {
    Special {
        method: Box::new(method),
        term: None,
        begin: set,
        descends: true,
    }
}

fn special<T: Scalar>(n: usize) -> Vec<Special<T>> {
    let terms = || -> Vec<Box<dyn Term<T>>> {
        vec![
            Box::new(L1::new(0.5)),
            Box::new(ElasticNet::new(0.5, 0.25)),
            Box::new(GroupL1::new(0.5, vec![1, n - 1])),
            Box::new(TotalVariation::new(0.5)),
            Box::new(NuclearNorm::new(0.5, 1, n)),
            Box::new(Indicator(Simplex::new(3.0))),
            Box::new(Indicator(L2Ball::new(3.0))),
        ]
    };
    let with_term = |method: Box<dyn Method<T>>, term: Box<dyn Term<T>>| Special {
        method,
        term: Some(term),
        begin: |_| None,
        descends: true,
    };
    let mut list = vec![
        with_term(Box::new(Owlqn::new(0.5)), Box::new(L1::new(0.5))),
        with_term(
            Box::new(Owlqn::with_direction(0.5, Lbfgs::new())),
            Box::new(L1::new(0.5)),
        ),
    ];
    for (for_method, term) in terms().into_iter().zip(terms()) {
        list.push(with_term(Box::new(ProximalGradient::new(for_method)), term));
    }
    // Momentum leads uphill too, and a wrong gradient may say that it is the bottom.
    for (for_method, term) in terms().into_iter().zip(terms()) {
        list.push(Special {
            descends: false,
            ..with_term(Box::new(Fista::new(for_method)), term)
        });
    }
    list.push(Special {
        descends: false,
        ..with_term(
            Box::new(Fista {
                lipschitz: Some(2.0),
                strong_convexity: 0.5,
                ..Fista::new(L1::new(0.5))
            }),
            Box::new(L1::new(0.5)),
        )
    });
    let sets: [Made<T>; 8] = [
        |_| Some(Box::new(Simplex::new(3.0))),
        |_| Some(Box::new(L1Ball::new(3.0))),
        |_| Some(Box::new(L2Ball::new(3.0))),
        |_| Some(Box::new(LInfBall::new(3.0))),
        |n| Some(Box::new(Bounds::uniform(n, -1.0, 3.0).unwrap())),
        |n| Some(Box::new(HalfSpace::new(vec![1.0; n], 3.0).unwrap())),
        |n| Some(Box::new(Affine::new(&vec![1.0; n], &[3.0]).unwrap())),
        |_| None,
    ];
    for set in sets {
        let made = |n| set(n).unwrap_or_else(|| Box::new(Whole));
        list.push(in_set(ProjectedGradient::onto(made(n)), set));
        let mut nothing = vec![T::from_f64(0.0); n];
        if made(n).lowest(&nothing.clone(), &mut nothing) {
            list.push(in_set(FrankWolfe::new(made(n)), set));
            list.push(Special {
                descends: false,
                ..in_set(
                    FrankWolfe {
                        set: made(n),
                        step: FrankWolfeStep::Open,
                    },
                    set,
                )
            });
        }
    }
    list.push(in_set(MirrorDescent::new(Entropy { radius: 3.0 }), sets[0]));
    let sum = |x: &[T]| x.iter().map(|x| x.to_f64()).sum::<f64>() - 3.0;
    let ones = |_: &[T], g: &mut [T]| g.fill(T::from_f64(1.0));
    let under = [
        Constrained::new(),
        Constrained::new().equal(sum, ones),
        Constrained::new().at_most(sum, ones),
    ];
    for constraints in under {
        list.push(Special {
            descends: false,
            ..in_set(AugmentedLagrangian::new(constraints), |_| None)
        });
    }
    list
}

/// A start, and one outside of the sets.
fn meet_special<T: Scalar>(n: usize, start: &[T]) {
    let mut troubles = Vec::new();
    for Special {
        method,
        term,
        begin,
        descends,
    } in special::<T>(n)
    {
        let mut from = start.to_vec();
        if let Some(set) = begin(n) {
            set.project(&mut from);
        }
        if method.name() == "mirror-descent" {
            Entropy { radius: 3.0 }.begin(&mut from);
        }
        let of_term = |x: &[T]| term.as_ref().map_or(0.0, |term| term.value(x));
        if let Some(term) = &term
            && !term.value(&from).is_finite()
        {
            term.prox(1.0, &mut from);
        }
        let name = term.as_ref().map(|term| term.name());
        let name = name.or(begin(n).as_ref().map(|set| set.name()));
        for bad in BAD {
            let from = descends.then_some(&from[..]);
            let mut found = trouble_with_term(&*method, bad, true, start, None, from, &of_term);
            if let Some(set) = begin(n) {
                let f = Function::new(|x: &[T]| (bad.value)(&wide(x))).with_gradient(|x, g| {
                    let x = wide(x);
                    for (i, g) in g.iter_mut().enumerate() {
                        *g = T::from_f64((bad.gradient)(&x, i));
                    }
                });
                let task = Task::new(&f, start).with_limits(LIMITS);
                if let Ok(answer) = task.minimize(&*method) {
                    let mut nearest = answer.x.clone();
                    set.project(&mut nearest);
                    let epsilon = if size_of::<T>() == 4 { 1e-6 } else { 1e-14 };
                    let pairs = answer.x.iter().zip(&nearest);
                    let off = pairs.map(|(a, b)| (a.to_f64() - b.to_f64()).abs());
                    let size = answer.x.iter().fold(1.0, |a, x| x.to_f64().abs().max(a));
                    if off.fold(0.0, f64::max) > 10.0 * epsilon * size {
                        found.push(format!("outside of the set: {answer:?}"));
                    }
                }
            }
            let place = |found: &String| {
                format!(
                    "{} {}, {}: {found}",
                    method.name(),
                    name.unwrap_or(""),
                    bad.name
                )
            };
            troubles.extend(found.iter().map(place));
        }
    }
    none_of(&troubles);
}

#[test]
fn sets_and_terms_one_variable() {
    meet_special(1, &start(1));
}

#[test]
fn sets_and_terms_two_variables() {
    meet_special(2, &start(2));
}

#[test]
fn sets_and_terms_from_outside() {
    meet_special(3, &[-9.0, 9.0, 0.5]);
}

#[test]
fn sets_and_terms_in_single_precision() {
    meet_special(2, &[0.7f32, 0.4]);
}

#[test]
fn nothing_to_minimize() {
    for method in methods() {
        let function = Function::new(|x: &[f64]| x.iter().sum());
        let answer = Task::new(&function, &[]).minimize(&*method.method());
        assert_eq!(answer, Err(Error::Empty), "{}", method.name);
    }
}

/// Residuals, and all derivatives of one of them.
struct BadResiduals {
    name: &'static str,
    residual: fn(f64) -> f64,
    derivative: fn(f64) -> f64,
}

impl Residuals for &BadResiduals {
    fn count(&self, dimension: usize) -> usize {
        dimension + 1
    }

    fn residuals(&self, x: &[f64], residuals: &mut [f64]) {
        for (r, x) in residuals.iter_mut().zip(x.iter().chain([&1.0])) {
            *r = (self.residual)(*x);
        }
    }

    fn jacobian(&self, x: &[f64], jacobian: &mut [f64]) -> bool {
        let n = x.len();
        jacobian.fill(0.0);
        for (i, x) in x.iter().enumerate() {
            jacobian[i * n + i] = (self.derivative)(*x);
        }
        true
    }
}

#[rustfmt::skip]
const BAD_RESIDUALS: &[BadResiduals] = &[
    BadResiduals { name: "NaN", residual: |_| f64::NAN, derivative: |_| f64::NAN },
    BadResiduals { name: "NaN, flat", residual: |_| f64::NAN, derivative: |_| 0.0 },
    BadResiduals { name: "infinite", residual: |_| f64::INFINITY, derivative: |_| f64::INFINITY },
    BadResiduals { name: "NaN behind a wall", residual: |x| if x > WALL { f64::NAN } else { x - 2.0 }, derivative: |_| 1.0 },
    BadResiduals { name: "infinite behind a wall", residual: |x| if x > WALL { f64::INFINITY } else { x - 2.0 }, derivative: |_| 1.0 },
    BadResiduals { name: "a NaN derivative behind a wall", residual: |x| x - 2.0, derivative: |x| if x > WALL { f64::NAN } else { 1.0 } },
    BadResiduals { name: "flat", residual: |_| 1.0, derivative: |_| 0.0 },
    BadResiduals { name: "flat, with a derivative", residual: |_| 1.0, derivative: |_| 1.0 },
    BadResiduals { name: "falling for ever", residual: |x| x.exp(), derivative: |x| x.exp() },
    BadResiduals { name: "a derivative uphill", residual: |x| x - 2.0, derivative: |_| -1.0 },
    BadResiduals { name: "a derivative too large", residual: |x| x - 2.0, derivative: |_| 1e3 },
    BadResiduals { name: "a derivative too small", residual: |x| x - 2.0, derivative: |_| 1e-3 },
    BadResiduals { name: "a derivative of 0", residual: |x| x - 2.0, derivative: |_| 0.0 },
    BadResiduals { name: "a derivative of NaN", residual: |x| x - 2.0, derivative: |_| f64::NAN },
    BadResiduals { name: "an infinite derivative", residual: |x| x - 2.0, derivative: |_| f64::INFINITY },
    BadResiduals { name: "huge", residual: |x| 1e75 * (x - 2.0), derivative: |_| 1e75 },
    BadResiduals { name: "too huge", residual: |x| 1e200 * (x - 2.0), derivative: |_| 1e200 },
    BadResiduals { name: "tiny", residual: |x| 1e-150 * (x - 2.0), derivative: |_| 1e-150 },
    BadResiduals { name: "stairs", residual: |x| (3.0 * x - 7.0).floor(), derivative: |_| 3.0 },
    BadResiduals { name: "a kink", residual: |x| x.abs() + 1.0, derivative: |x| x.signum() },
    BadResiduals { name: "a cusp", residual: |x| x.abs().sqrt(), derivative: |x| 0.5 * x.signum() / x.abs().sqrt() },
    BadResiduals { name: "logarithms", residual: |x| x.ln(), derivative: |x| 1.0 / x },
];

#[test]
fn bad_residuals() {
    let mut troubles = Vec::new();
    let list: [Box<dyn Method>; 4] = [
        Box::new(LevenbergMarquardt::new()),
        Box::new(Descent::new(GaussNewton::new(), Wolfe::new())),
        Box::new(TrustRegion::new()),
        Box::new(Descent::new(Bfgs::new(), Wolfe::new())),
    ];
    for method in &list {
        for n in [1, 2, 5] {
            for bad in BAD_RESIDUALS {
                let function = LeastSquares(bad);
                let start: Vec<f64> = (0..n).map(|i| 0.7 - 0.1 * i as f64).collect();
                let task = Task::new(&function, &start).with_limits(LIMITS);
                let found = match catch_unwind(AssertUnwindSafe(|| task.minimize(method))) {
                    Ok(Ok(answer)) => {
                        let found = lies(&answer, |x| function.value(x), &start, None, true);
                        let said = |lie| format!("{lie}: {answer:?}");
                        found.into_iter().map(said).collect()
                    }
                    Ok(Err(error)) => vec![format!("it does not begin: {error}")],
                    Err(_) => vec!["it panics".to_string()],
                };
                let place = |found| format!("{}, {}: {found}", method.name(), bad.name);
                troubles.extend(found.into_iter().map(place));
            }
        }
    }
    none_of(&troubles);
}
