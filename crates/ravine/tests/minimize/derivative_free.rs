//! Methods that compare values: known minima, rates, bounds, and an honest end on bad functions.

use std::collections::HashSet;
use std::sync::Mutex;

use proptest::prelude::*;
use ravine::minimize::{
    Bounds, Brent, CoordinateSearch, Error, Function, GoldenSection, HookeJeeves, Limits, Method,
    NelderMead, Powell, Stopped, Task, brent, golden_section,
};

fn rosenbrock(x: &[f64]) -> f64 {
    let pairs = x.windows(2);
    pairs
        .map(|p| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2))
        .sum()
}

fn methods() -> Vec<Box<dyn Method>> {
    vec![
        Box::new(CoordinateSearch::new()),
        Box::new(CoordinateSearch::accelerated()),
        Box::new(Powell::new()),
        Box::new(NelderMead::new()),
        Box::new(HookeJeeves::new()),
    ]
}

#[test]
fn names() {
    let names: Vec<String> = methods().iter().map(|m| m.name()).collect();
    assert_eq!(
        names,
        [
            "coordinate-search",
            "coordinate-search",
            "powell",
            "nelder-mead",
            "hooke-jeeves"
        ]
    );
    assert_eq!(Method::<f64>::name(&GoldenSection::new()), "golden-section");
    assert_eq!(Method::<f64>::name(&Brent::new()), "brent");
}

#[test]
fn golden_section_keeps_the_golden_part_of_the_interval_each_time() {
    // An interval of 1 becomes 1e-6 after ⌈ln 1e6 / ln 1.618⌉ = 29 steps of one value each, and there are two at the beginning.
    let found = golden_section(|x| (x - 0.3).abs(), 0.0, 1.0, 1e-6).unwrap();
    assert_eq!(found.evaluations, 31);
    assert!((found.x - 0.3).abs() < 1e-6, "{found:?}");
}

#[test]
fn brent_finds_smooth_minima_in_few_values() {
    // Brent 1973, section 5.7: minima of Σ ((2i − 5)/(x − i²))², i = 1 … 20, between i² and (i + 1)²; about 10 values each with tolerance 1e-7.
    let f = |x: f64| {
        let terms = (1..=20).map(|i| {
            let i = f64::from(i);
            ((2.0 * i - 5.0) / (x - i * i)).powi(2)
        });
        terms.sum::<f64>()
    };
    for (i, known) in [
        (1.0, Some((3.0229153, 3.6766990169))),
        (2.0, Some((6.6837536, 1.11185001))),
        (10.0, None),
    ] {
        let (low, high) = (i * i + 1e-9, (i + 1.0) * (i + 1.0) - 1e-9);
        let found = brent(f, low, high, 1e-9).unwrap();
        let reference = golden_section(f, low, high, 1e-9).unwrap();
        assert!(
            (found.x - reference.x).abs() < 1e-6 * found.x,
            "{found:?}, {reference:?}"
        );
        assert!(found.evaluations < reference.evaluations / 2, "{found:?}");
        if let Some((x, value)) = known {
            assert!((found.x - x).abs() < 1e-6, "{found:?}");
            assert!((found.value - value).abs() < 1e-9, "{found:?}");
        }
    }
}

proptest! {
    #[test]
    fn searches_on_an_interval_never_leave_it_and_end(
        lower in -1e3..1e3f64, width in 0.0..1e3f64, centre in -2e3..2e3f64, power in 0.5..4.0f64,
    ) {
        let upper = lower + width;
        let f = |x: f64| {
            assert!((lower..=upper).contains(&x));
            (x - centre).abs().powf(power)
        };
        let best = centre.clamp(lower, upper);
        for found in [brent(f, lower, upper, 1e-6), golden_section(f, lower, upper, 1e-6)] {
            let found = found.unwrap();
            // Values near the minimum of |x|⁴ are equal below (1e-16)^¼ of its scale.
            prop_assert!((found.x - best).abs() < 1e-3 * (1.0 + best.abs()), "{found:?}");
        }
    }

    #[test]
    fn find_the_minimum_of_a_random_quadratic(
        centre in prop::collection::vec(-5.0..5.0f64, 3), scales in prop::collection::vec(0.1..10.0f64, 3), mix in -0.4..0.4f64,
    ) {
        let f = Function::new(|x: &[f64]| {
            let d: Vec<f64> = x.iter().zip(&centre).map(|(x, c)| x - c).collect();
            let own: f64 = d.iter().zip(&scales).map(|(d, s)| s * d * d).sum();
            own + mix * (scales[0] * scales[1]).sqrt() * d[0] * d[1] + mix * (scales[1] * scales[2]).sqrt() * d[1] * d[2]
        });
        for method in methods() {
            let answer = Task::new(&f, &[0.0; 3]).minimize(&*method).unwrap();
            prop_assert!(answer.stopped == Stopped::Step, "{} {answer:?}", method.name());
            for (x, c) in answer.x.iter().zip(&centre) {
                prop_assert!((x - c).abs() < 1e-5, "{} {answer:?}", method.name());
            }
        }
    }

    #[test]
    fn keep_to_bounds_and_find_the_minimum_on_them(lower in -3.0..3.0f64, width in 0.1..4.0f64, start in -9.0..9.0f64) {
        // Separable, so that the minimum in a box is the nearest point to (1, −1).
        let bounds = Bounds::uniform(2, lower, lower + width).unwrap();
        let f = Function::new(|x: &[f64]| {
            assert!(x.iter().all(|x| (lower..=lower + width).contains(x)), "{x:?}");
            (x[0] - 1.0).powi(2) + 3.0 * (x[1] + 1.0).powi(2)
        });
        let best = [1.0f64.clamp(lower, lower + width), (-1.0f64).clamp(lower, lower + width)];
        for method in methods() {
            let answer = Task::new(&f, &[start, -start]).with_bounds(&bounds).minimize(&*method).unwrap();
            for (x, b) in answer.x.iter().zip(best) {
                prop_assert!((x - b).abs() < 1e-5, "{} {answer:?} {best:?}", method.name());
            }
        }
    }
}

#[test]
fn rosenbrock_in_stated_numbers_of_values() {
    // So that none becomes wasteful unnoticed.
    for (method, most) in [
        (Box::new(Powell::new()) as Box<dyn Method>, 450),
        (Box::new(NelderMead::new()), 450),
        (Box::new(HookeJeeves::new()), 3_000),
    ] {
        let f = Function::new(rosenbrock);
        let answer = Task::new(&f, &[-1.2, 1.0]).minimize(&*method).unwrap();
        assert!(
            answer.x.iter().all(|x| (x - 1.0).abs() < 1e-5),
            "{} {answer:?}",
            method.name()
        );
        assert!(
            answer.evaluations.value < most,
            "{} {answer:?}",
            method.name()
        );
    }
}

#[test]
fn coordinate_search_takes_one_sweep_of_a_separable_function_and_crawls_in_a_ravine() {
    let sum = Function::new(|x: &[f64]| (x[0] - 1.0).powi(4) + (x[1] + 2.0).cosh());
    let limits = Limits {
        target: Some(1.0 + 1e-6),
        ..Limits::default()
    };
    let answer = Task::new(&sum, &[0.0, 0.0])
        .with_limits(limits)
        .minimize(&CoordinateSearch::new())
        .unwrap();
    assert_eq!(
        (answer.stopped, answer.iterations),
        (Stopped::Target, 1),
        "{answer:?}"
    );
    let ravine = Function::new(|x: &[f64]| (x[0] - x[1]).powi(2) + 1e-3 * (x[0] + x[1]).powi(2));
    let evaluations = |method: CoordinateSearch| {
        let answer = Task::new(&ravine, &[2.0, 1.0]).minimize(&method).unwrap();
        answer.evaluations.value
    };
    let (plain, accelerated) = (
        evaluations(CoordinateSearch::new()),
        evaluations(CoordinateSearch::accelerated()),
    );
    assert!(accelerated * 5 < plain, "{accelerated}, {plain}");
}

#[test]
fn adaptive_simplices_manage_more_variables() {
    // The subject of Gao & Han 2012: with the standard coefficients the simplex stalls as n grows.
    let f = Function::new(|x: &[f64]| {
        let terms = x.iter().enumerate();
        terms.map(|(i, x)| (i + 1) as f64 * x * x).sum()
    });
    let answer = Task::new(&f, &[1.0; 24]).minimize(&NelderMead::new());
    let answer = answer.unwrap();
    assert!(answer.value < 1e-10, "{answer:?}");
}

#[test]
fn a_simplex_that_collapses_begins_anew() {
    // McKinnon 1998: a simplex may collapse at 0, which is not stationary; the minimum is at (0, −½).
    let mckinnon = Function::new(|x: &[f64]| {
        let (x, y) = (x[0], x[1]);
        let s = if x <= 0.0 { 360.0 } else { 6.0 };
        s * x * x + y + y * y
    });
    let answer = Task::new(&mckinnon, &[0.0, 0.0]).minimize(&NelderMead::new());
    let answer = answer.unwrap();
    assert!((answer.value + 0.25).abs() < 1e-9, "{answer:?}");
}

#[test]
fn powell_ends_on_a_quadratic_after_about_n_turns() {
    // Conjugate directions: n turns of n + 1 exact line minima; lines are minimised roughly, so two more for the digits.
    let f = Function::new(|x: &[f64]| {
        let mut sum = 0.0;
        for i in 0..x.len() {
            let next = x.get(i + 1).copied().unwrap_or(0.0);
            sum += x[i] * x[i] - x[i] * next;
        }
        sum
    });
    let limits = Limits {
        target: Some(1e-12),
        ..Limits::default()
    };
    let answer = Task::new(&f, &[1.0, -2.0, 3.0, -4.0, 5.0])
        .with_limits(limits)
        .minimize(&Powell::new())
        .unwrap();
    assert_eq!(answer.stopped, Stopped::Target);
    assert!(answer.iterations <= 7, "{answer:?}");
}

#[test]
fn one_variable() {
    let f = Function::new(|x: &[f64]| (x[0] - 2.0).powi(2) + 1.0);
    let bounds = Bounds::uniform(1, 0.0, 10.0).unwrap();
    for method in [
        Box::new(Brent::new()) as Box<dyn Method>,
        Box::new(GoldenSection::new()),
        Box::new(Powell::new()),
        Box::new(NelderMead::new()),
        Box::new(HookeJeeves::new()),
        Box::new(CoordinateSearch::new()),
    ] {
        let answer = Task::new(&f, &[9.0])
            .with_bounds(&bounds)
            .minimize(&*method);
        let answer = answer.unwrap();
        assert!(
            (answer.x[0] - 2.0).abs() < 1e-6,
            "{} {answer:?}",
            method.name()
        );
        assert_eq!(answer.stopped, Stopped::Step, "{}", method.name());
    }
    let answer = Task::new(&f, &[-300.0]).minimize(&Brent::new()).unwrap();
    assert!((answer.x[0] - 2.0).abs() < 1e-6, "{answer:?}");
    assert!(answer.evaluations.value < 40, "{answer:?}");
    let nothing = Task::new(&f, &[0.0]).minimize(&GoldenSection::new());
    assert!(matches!(nothing, Err(Error::Needs { .. })), "{nothing:?}");
    let two = Task::new(&f, &[0.0, 0.0]).minimize(&Brent::new());
    assert_eq!(
        two,
        Err(Error::Dimension {
            expected: 1,
            found: 2
        })
    );
}

#[test]
fn in_f32() {
    let f = Function::new(|x: &[f32]| f64::from((x[0] - 1.0).powi(2) + 2.0 * (x[1] + 2.0).powi(2)));
    let methods: [Box<dyn Method<f32>>; 4] = [
        Box::new(Powell::new()),
        Box::new(NelderMead::new()),
        Box::new(HookeJeeves::new()),
        Box::new(CoordinateSearch::new()),
    ];
    for method in methods {
        let answer = Task::new(&f, &[0.0f32, 0.0]).minimize(&*method).unwrap();
        assert!(
            (answer.x[0] - 1.0).abs() < 1e-3 && (answer.x[1] + 2.0).abs() < 1e-3,
            "{} {answer:?}",
            method.name()
        );
    }
}

#[test]
fn every_value_is_counted_and_no_point_asked_for_twice() {
    for method in methods() {
        let seen = Mutex::new(Vec::new());
        let f = Function::new(|x: &[f64]| {
            let bits: Vec<u64> = x.iter().map(|x| x.to_bits()).collect();
            seen.lock().unwrap().push(bits);
            rosenbrock(x)
        });
        let limits = Limits {
            evaluations: 200,
            ..Limits::default()
        };
        let answer = Task::new(&f, &[-1.2, 1.0])
            .with_limits(limits)
            .minimize(&*method)
            .unwrap();
        let seen = seen.lock().unwrap().clone();
        assert_eq!(
            answer.evaluations.value,
            seen.len() as u64,
            "{}",
            method.name()
        );
        let different: HashSet<_> = seen.iter().collect();
        // Patterns and simplices may meet an old point by chance, but never ask for one on purpose.
        assert!(
            seen.len() - different.len() <= 20,
            "{}: {} of {}",
            method.name(),
            different.len(),
            seen.len()
        );
    }
}

#[test]
fn bad_functions_have_an_honest_end() {
    type Case = (fn(&[f64]) -> f64, &'static [Stopped]);
    let cases: [Case; 5] = [
        (|_| f64::NAN, &[Stopped::NonFinite]),
        (|_| f64::INFINITY, &[Stopped::NonFinite]),
        (|_| 1.0, &[Stopped::Step]),
        (|x| -x[0] - x[1], &[Stopped::Unbounded]),
        // Defined on a half-plane only.
        (
            |x| {
                if x[0] < 0.5 {
                    f64::NAN
                } else {
                    x[0] + x[1] * x[1]
                }
            },
            &[Stopped::Step],
        ),
    ];
    for (i, (f, reasons)) in cases.into_iter().enumerate() {
        for method in methods() {
            let f = Function::new(f);
            let limits = Limits {
                iterations: 20_000,
                ..Limits::default()
            };
            let answer = Task::new(&f, &[1.0, 1.0])
                .with_limits(limits)
                .minimize(&*method)
                .unwrap();
            assert!(
                reasons.contains(&answer.stopped),
                "case {i}, {}: {answer:?}",
                method.name()
            );
        }
    }
}

#[test]
fn impossible_options_are_errors() {
    let f = Function::new(rosenbrock);
    let never: [Box<dyn Method>; 4] = [
        Box::new(NelderMead {
            size: 0.0,
            ..NelderMead::new()
        }),
        Box::new(HookeJeeves {
            factor: 1.0,
            ..HookeJeeves::new()
        }),
        Box::new(Powell {
            step: f64::NAN,
            ..Powell::new()
        }),
        Box::new(CoordinateSearch {
            step: -1.0,
            ..CoordinateSearch::new()
        }),
    ];
    for method in never {
        let answer = Task::new(&f, &[0.0, 0.0]).minimize(&*method);
        assert!(matches!(answer, Err(Error::Option { .. })), "{answer:?}");
    }
    assert!(matches!(
        brent(|x| x, 1.0, 0.0, 1e-6),
        Err(Error::Bounds(_))
    ));
    assert!(matches!(
        golden_section(|x| x, 0.0, 1.0, f64::NAN),
        Err(Error::Option { .. })
    ));
}

#[test]
fn brent_goes_downhill_to_a_minimum_or_to_the_one_bound_there_is() {
    let f = Function::new(|x: &[f64]| (x[0] - 2.0).powi(2));
    for (lower, upper, best) in [
        (0.0, f64::INFINITY, 2.0),
        (f64::NEG_INFINITY, 0.5, 0.5),
        (3.0, f64::INFINITY, 3.0),
    ] {
        let bounds = Bounds::new(vec![lower], vec![upper]).unwrap();
        let task = Task::new(&f, &[70.0]).with_bounds(&bounds);
        let answer = task.minimize(&Brent::new()).unwrap();
        assert!(answer.stopped.converged(), "{answer:?}");
        assert!((answer.x[0] - best).abs() < 1e-6, "{answer:?}");
    }
}

#[test]
fn an_interval_of_one_point_costs_one_value() {
    let square = |x: f64| x * x;
    for found in [
        brent(square, 3.0, 3.0, 1e-8),
        golden_section(square, 3.0, 3.0, 1e-8),
    ] {
        let found = found.unwrap();
        assert_eq!((found.x, found.value, found.evaluations), (3.0, 9.0, 1));
    }
}
