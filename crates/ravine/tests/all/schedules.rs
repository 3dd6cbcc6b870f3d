//! Schedules against PyTorch, Optax and closed forms; their text form; their behaviour at the edges.

use proptest::prelude::*;
use ravine::Schedule;
use ravine::schedule::{self, Curve, OneCycle, ScheduleError, Wsd};
use serde::Deserialize;

fn parse(text: &str) -> Schedule {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> String {
    match text.parse::<Schedule>() {
        Ok(schedule) => panic!("{text} was read as {schedule}"),
        Err(error) => error.to_string(),
    }
}

fn assert_close(value: f64, expected: f64, what: impl Fn() -> String) {
    let apart = (value - expected).abs();
    assert!(
        apart <= 1e-12 * expected.abs(),
        "{}: {value} is not {expected}",
        what()
    );
}

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    schedule: String,
    reference: String,
    values: Vec<f64>,
}

fn golden() -> Vec<Case> {
    serde_json::from_str::<Golden>(include_str!("../golden/schedules.json"))
        .unwrap()
        .cases
}

#[test]
fn agrees_with_pytorch_optax_and_closed_forms() {
    for Case {
        schedule,
        reference,
        values,
    } in golden()
    {
        let parsed = parse(&schedule);
        assert!(values.len() >= 60);
        for (step, expected) in values.into_iter().enumerate() {
            let value = parsed.at(step as u64);
            assert_close(value, expected, || {
                format!("{schedule} against {reference} at step {step}")
            });
        }
    }
}

#[test]
fn every_kind_has_golden_values_and_a_faithful_description() {
    let covered: Vec<String> = golden().into_iter().map(|case| case.schedule).collect();
    for kind in schedule::kinds() {
        let head = format!("{}(", kind.name);
        assert!(
            covered.iter().any(|text| text.starts_with(&head)),
            "no golden values for {}",
            kind.name
        );
        let example = parse(kind.example);
        assert_eq!(example.name(), kind.name);
        assert_eq!(
            example.to_string(),
            kind.example,
            "the example is not written in full"
        );
        assert_eq!(schedule::find(kind.name), Ok(kind.clone()));
        for text in [kind.summary, kind.formula, kind.source] {
            assert!(!text.is_empty());
        }
        for argument in &kind.arguments {
            assert!(
                !argument.doc.is_empty() && !argument.doc.starts_with(' '),
                "{}",
                argument.name
            );
        }
        // What may be left out has the default that is shown.
        let given = |with_default: bool| {
            let arguments = kind.arguments.iter().filter_map(|argument| {
                let value = match (&argument.default, argument.name) {
                    (Some(default), _) => {
                        return with_default.then(|| format!("{}={default}", argument.name));
                    }
                    (None, "values") => "[1]",
                    (None, "milestones" | "boundaries") => "[]",
                    (None, "stages") => return Some("1 for 1".to_owned()),
                    (None, _) => "1",
                };
                Some(format!("{}={value}", argument.name))
            });
            format!(
                "{}({})",
                kind.name,
                arguments.collect::<Vec<_>>().join(", ")
            )
        };
        assert_eq!(parse(&given(false)), parse(&given(true)));
    }
}

#[test]
fn constructors_and_text_agree() -> Result<(), ScheduleError> {
    let cosine = || Schedule::cosine(0.1, 0.0, 900);
    let cases = [
        (Schedule::constant(0.1)?, "0.1"),
        (Schedule::linear(0.1, 0.0, 10)?, "linear(0.1, 0, 10)"),
        (
            Schedule::polynomial(0.1, 0.0, 10, 2.0)?,
            "polynomial(from=0.1, steps=10, power=2)",
        ),
        (
            Schedule::geometric(1e-6, 1.0, 10)?,
            "geometric(1e-6, to=1, steps=10)",
        ),
        (
            Schedule::exponential(0.1, 0.9, 1)?,
            "exponential(from=0.1, factor=0.9)",
        ),
        (Schedule::step(0.1, 0.1, 30)?, "step(from=0.1, every=30)"),
        (
            Schedule::multi_step(0.1, 0.1, vec![3, 9])?,
            "multi_step(from=0.1, milestones=[3, 9])",
        ),
        (
            Schedule::piecewise(vec![1.0, 2.0], vec![5])?,
            "piecewise([1, 2,], [5])",
        ),
        (Schedule::inverse_time(0.1, 1.0, 1.0)?, "inverse_time(0.1)"),
        (Schedule::inverse_sqrt(0.1, 1.0)?, "inverse_sqrt(0.1)"),
        (cosine()?, " cosine ( steps = 9e2 ,from=.1)\n"),
        (
            Schedule::cosine_restarts(0.1, 0.0, 10_000, 1)?,
            "cosine_restarts(from=0.1, steps=10_000)",
        ),
        (
            Schedule::one_cycle(OneCycle::new(0.1, 50))?,
            "one_cycle(0.1, 50)",
        ),
        (
            Schedule::one_cycle(OneCycle {
                curve: Curve::Linear,
                ..OneCycle::new(0.1, 50)
            })?,
            "one_cycle(peak=0.1, steps=50, curve=linear)",
        ),
        (
            Schedule::wsd(Wsd::new(0.1, 5, 10, 15))?,
            "wsd(peak=0.1, warmup=5, stable=10, decay=15)",
        ),
        (
            Schedule::warmup(100, 0.0, cosine()?)?,
            "warmup(steps=100, then=cosine(from=0.1, steps=900))",
        ),
        (
            Schedule::sequence(
                vec![(Schedule::constant(1.0)?, 5), (cosine()?, 7)],
                Schedule::constant(0.0)?,
            )?,
            "sequence(1 for 5, cosine(from=0.1, steps=900) for 7, then=0)",
        ),
        (
            Schedule::scaled(0.5, cosine()?)?,
            "scaled(0.5, cosine(from=0.1, steps=900))",
        ),
    ];
    assert_eq!(cases.len(), schedule::kinds().len() + 1);
    for (built, text) in cases {
        assert_eq!(built, parse(text));
        assert_eq!(built, parse(&built.to_string()));
    }
    Ok(())
}

#[test]
fn is_written_in_full() {
    let text = "sequence(linear(from=0, to=1e-7, steps=10) for 10, constant(0.1) for 1, then=wsd(peak=1, warmup=0, stable=3, decay=4, from=0, to=0, curve=sqrt))";
    assert_eq!(parse(text).to_string(), text);
    assert_eq!(format!("{:?}", parse("0.1")), "Schedule(constant(0.1))");
}

#[test]
fn serde_uses_the_text() {
    let schedule = parse("warmup(steps=5, then=cosine(from=0.1, steps=10))");
    let json = serde_json::to_string(&schedule).unwrap();
    assert_eq!(
        json,
        r#""warmup(steps=5, from=0, then=cosine(from=0.1, to=0, steps=10))""#
    );
    assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule);
    let error = serde_json::from_str::<Schedule>(r#""cosin(from=1, steps=2)""#).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("unknown schedule `cosin`: did you mean `cosine`?"),
        "{error}"
    );
}

#[test]
fn is_send_and_sync() {
    fn check<T: Send + Sync + Clone + 'static>() {}
    check::<Schedule>();
}

#[test]
fn holds_its_end_value() {
    for text in [
        "linear(from=0.1, to=0.02, steps=10)",
        "polynomial(from=0.1, to=0.02, steps=10, power=2)",
        "geometric(from=0.1, to=0.02, steps=10)",
        "cosine(from=0.1, to=0.02, steps=10)",
        "wsd(peak=0.1, warmup=0, stable=0, decay=10, to=0.02)",
    ] {
        let schedule = parse(text);
        assert_eq!(schedule.at(0), 0.1, "{text}");
        assert!(schedule.at(9) > 0.02, "{text}");
        for step in [10, 11, 1000, u64::MAX] {
            assert_eq!(schedule.at(step), 0.02, "{text} at {step}");
        }
    }
}

#[test]
fn warmup_wastes_no_step_and_ends_at_the_peak() {
    let schedule = parse("warmup(steps=4, then=cosine(from=0.1, steps=10))");
    let values: Vec<f64> = (0..5).map(|step| schedule.at(step)).collect();
    assert_eq!(values, [0.025, 0.05, 0.1 * 0.75, 0.1, 0.1]);
    assert_eq!(schedule.at(5), parse("cosine(from=0.1, steps=10)").at(1));
    let none = parse("warmup(steps=0, then=cosine(from=0.1, steps=10))");
    assert_eq!(none.at(0), 0.1);
    assert_eq!(parse("wsd(peak=1, warmup=2, stable=1, decay=0)").at(0), 0.5);
}

#[test]
fn values_change_at_their_boundary_and_not_before() {
    let stairs = parse("step(from=1, factor=0.5, every=3)");
    assert_eq!(
        [0, 2, 3, 5, 6].map(|step| stairs.at(step)),
        [1.0, 1.0, 0.5, 0.5, 0.25]
    );
    let pieces = parse("piecewise(values=[3, 2, 1], boundaries=[4, 5])");
    assert_eq!(
        [0, 3, 4, 5, 6].map(|step| pieces.at(step)),
        [3.0, 3.0, 2.0, 1.0, 1.0]
    );
    let joined = parse("sequence(1 for 2, 2 for 0, 3 for 1, then=4)");
    assert_eq!(
        [0, 1, 2, 3, 4].map(|step| joined.at(step)),
        [1.0, 1.0, 3.0, 4.0, 4.0]
    );
}

#[test]
fn restarts_are_exact_however_late() {
    let schedule = parse("cosine_restarts(from=1, steps=3, multiplier=2)");
    // The n-th restart is at 3 (2^n − 1).
    for restart in (1..60).map(|n| 3 * ((1u64 << n) - 1)) {
        assert_eq!(schedule.at(restart), 1.0);
        assert!(schedule.at(restart - 1) < 0.26);
    }
    let even = parse("cosine_restarts(from=1, steps=7)");
    assert_eq!(even.at(7 * (u64::MAX / 7)), 1.0);
}

#[test]
fn one_cycle_follows_pytorch_at_the_peak_and_the_floor() {
    // With 10 steps, PyTorch's peak is at step 2 and its floor at step 9.
    let schedule = parse("one_cycle(peak=1, steps=10)");
    assert_eq!(schedule.at(0), 1.0 / 25.0);
    assert_eq!(schedule.at(2), 1.0);
    assert!(schedule.at(8) > schedule.at(9));
    assert_eq!(
        [9, 10, u64::MAX].map(|step| schedule.at(step)),
        [1.0 / 25.0 / 1e4; 3]
    );
    // Where PyTorch would divide by zero: a way up of one step.
    assert_eq!(
        parse("one_cycle(peak=1, steps=10, pct_start=0.1)").at(0),
        1.0
    );
    assert_eq!(parse("one_cycle(peak=1, steps=1)").at(0), 1.0 / 25.0 / 1e4);
}

#[test]
fn extreme_arguments_stay_finite() {
    for text in [
        "linear(from=-1.7e308, to=1.7e308, steps=18446744073709551615)",
        "cosine(from=1.7e308, to=-1.7e308, steps=3)",
        "geometric(from=1e-300, to=1e300, steps=9)",
        "exponential(from=0, factor=10)",
        "scaled(factor=0, of=exponential(from=1, factor=10))",
        "warmup(steps=18446744073709551615, then=1)",
        "wsd(peak=1, warmup=18446744073709551615, stable=18446744073709551615, decay=18446744073709551615)",
        "sequence(1 for 18446744073709551615, 2 for 18446744073709551615, then=3)",
        "cosine_restarts(from=1, steps=18446744073709551615, multiplier=18446744073709551615)",
        "one_cycle(peak=1, steps=18446744073709551615, three_phase=true)",
    ] {
        let schedule = parse(text);
        for step in [0, 1, 2, 1 << 40, u64::MAX - 1, u64::MAX] {
            assert!(schedule.at(step).is_finite(), "{text} at {step}");
        }
        let (low, high) = schedule.bounds(u64::MAX);
        assert!(low.is_finite() && high.is_finite(), "{text}");
    }
    assert_eq!(
        parse("exponential(from=1, factor=10)").at(u64::MAX),
        f64::INFINITY
    );
}

#[test]
fn errors_name_the_culprit_and_the_cure() {
    let cases = [
        (
            "",
            "schedule ``: expected a number or a schedule at character 1, found the end",
        ),
        (
            "cosine(from=0.1",
            "schedule `cosine(from=0.1`: expected `,` or `)` at character 16, found the end",
        ),
        (
            "cosine(from=0.1 steps=3)",
            "schedule `cosine(from=0.1 steps=3)`: expected `,` or `)` at character 17, found `steps`",
        ),
        (
            "cosine(from=, steps=3)",
            "schedule `cosine(from=, steps=3)`: expected a number or a schedule at character 13, found `,`",
        ),
        (
            "constant(1) x",
            "schedule `constant(1) x`: expected the end at character 13, found `x`",
        ),
        (
            "sequence(1 for, then=1)",
            "schedule `sequence(1 for, then=1)`: expected the number of steps after `for` at character 15, found `,`",
        ),
        (
            "cosin(from=1, steps=2)",
            "unknown schedule `cosin`: did you mean `cosine`?",
        ),
        (
            "One-Cycle(1, 2)",
            "unknown schedule `One-Cycle`: did you mean `one_cycle`?",
        ),
        (
            "cosine(form=1, steps=2)",
            "cosine has no argument `form`: did you mean `from`?",
        ),
        (
            "cosine(from=1, steps=2, xyz=3)",
            "cosine has no argument `xyz`: there are from, to, steps",
        ),
        (
            "cosine(1, 2, 3, 4)",
            "cosine has 3 arguments (from, to, steps), and `4` is one too many",
        ),
        (
            "cosine(from=1)",
            "cosine needs `steps`, as in cosine(from=0.1, to=0, steps=1000)",
        ),
        (
            "cosine",
            "cosine needs `from`, as in cosine(from=0.1, to=0, steps=1000)",
        ),
        (
            "cosine(1, from=2, steps=3)",
            "cosine is given `from` twice: leave one out",
        ),
        (
            "cosine(from=1, steps=0)",
            "cosine: `steps` must be a whole number of at least 1, not 0",
        ),
        (
            "cosine(from=1, steps=-5)",
            "cosine: `steps` must be a whole number of at least 1, not `-5`",
        ),
        (
            "cosine(from=1, steps=2.5)",
            "cosine: `steps` must be a whole number of at least 1, not `2.5`",
        ),
        (
            "warmup(steps=-1, then=1)",
            "warmup: `steps` must be a whole number, 0 or more, not `-1`",
        ),
        (
            "cosine(from=nan, steps=2)",
            "cosine: `from` must be a finite number, not NaN",
        ),
        (
            "cosine(from=fast, steps=2)",
            "cosine: `from` must be a finite number, not `fast`",
        ),
        ("inf", "constant: `value` must be a finite number, not inf"),
        (
            "inverse_time(from=1, rate=-1)",
            "inverse_time: `rate` must be a finite number, 0 or more, not -1",
        ),
        (
            "exponential(from=1, factor=0)",
            "exponential: `factor` must be a finite number above 0, not 0",
        ),
        (
            "geometric(from=0, to=1, steps=2)",
            "geometric: `from` must be a finite number above 0, not 0",
        ),
        (
            "one_cycle(peak=1, steps=9, pct_start=1.5)",
            "one_cycle: `pct_start` must be a number from 0 to 1, not 1.5",
        ),
        (
            "one_cycle(peak=1, steps=9, pct_start=0.6, three_phase=true)",
            "one_cycle: `pct_start` must be at most 0.5 in three phases, of which two are this long, not 0.6",
        ),
        (
            "one_cycle(peak=1, steps=9, three_phase=yes)",
            "one_cycle: `three_phase` must be true or false, not `yes`",
        ),
        (
            "one_cycle(peak=1, steps=9, curve=cos)",
            "one_cycle: `curve` must be linear or cosine or sqrt, not `cos`",
        ),
        (
            "one_cycle(peak=1e300, steps=9, div_factor=1e-300)",
            "one_cycle: `div_factor` must be large enough for a finite start, not 1e-300",
        ),
        (
            "multi_step(from=1, milestones=[3, 2])",
            "multi_step: `milestones` must be in increasing order, without repeats, not [3, 2]",
        ),
        (
            "multi_step(from=1, milestones=3)",
            "multi_step: `milestones` must be a list like [1, 2], each a whole number of at least 1, not `3`",
        ),
        (
            "multi_step(from=1, milestones=[0])",
            "multi_step: `milestones` must be a list like [1, 2], each a whole number of at least 1, not [0]",
        ),
        (
            "piecewise(values=[1, 2], boundaries=[3, 4])",
            "piecewise: `values` must be 3 numbers for 2 boundaries, one more, not [1, 2]",
        ),
        (
            "sequence(1, then=2)",
            "sequence: `stages` must be one or more schedules with their number of steps, like `constant(1) for 10`, not `1`",
        ),
        (
            "sequence(1 for -2, then=2)",
            "sequence: `stages` must be one or more schedules with their number of steps, like `constant(1) for 10`, not `1 for -2`",
        ),
        (
            "scaled(factor=2, of=cosine(from=1, steps=0))",
            "cosine: `steps` must be a whole number of at least 1, not 0",
        ),
        (
            "warmup(steps=2, then=[1])",
            "warmup: `then` must be a schedule, not `[1]`",
        ),
        (
            "0,1",
            "schedule `0,1`: expected the end at character 2, found `,`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "for {text}");
    }
    assert!(error("zzz(1)").starts_with("unknown schedule `zzz`: there are constant, linear,"));
    let error = Schedule::sequence(Vec::new(), parse("1"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("sequence: `stages` must be one or more schedules"),
        "{error}"
    );
    let error = Schedule::cosine(f64::NAN, 0.0, 1).unwrap_err();
    assert!(matches!(
        error,
        ScheduleError::BadArgument {
            kind: "cosine",
            argument: "from",
            ..
        }
    ));
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("{}1{}", "scaled(2, ".repeat(depth), ")".repeat(depth));
    let deepest = parse(&nested(schedule::MAX_DEPTH - 1));
    assert_eq!(deepest, parse(&deepest.to_string()));
    assert!(matches!(
        Schedule::scaled(2.0, deepest),
        Err(ScheduleError::TooDeep { .. })
    ));
    for depth in [schedule::MAX_DEPTH, 100_000] {
        assert!(error(&nested(depth)).contains("may be nested 32 deep"));
    }
    assert!(error(&"[".repeat(100_000)).contains("may be nested 32 deep"));
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        -10.0..10.0,
        1e-8..1e-2,
        any::<f64>().prop_filter("finite", |value| value.is_finite()),
        Just(0.0),
        Just(-0.0),
    ]
}

fn positive() -> impl Strategy<Value = f64> {
    prop_oneof![
        1e-6..10.0,
        (-300..300).prop_map(|exponent| 10f64.powi(exponent))
    ]
}

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![1..200u64, any::<u64>().prop_map(|count| count.max(1))]
}

fn curve() -> impl Strategy<Value = Curve> {
    prop::sample::select(Curve::ALL.to_vec())
}

fn increasing() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::btree_set(count(), 0..5).prop_map(|steps| steps.into_iter().collect())
}

/// Any schedule, nested or not. What the arguments exclude together is left out.
fn any_schedule() -> impl Strategy<Value = Schedule> {
    let leaf = prop_oneof![
        value().prop_map(Schedule::constant),
        (value(), value(), count()).prop_map(|(from, to, steps)| Schedule::linear(from, to, steps)),
        (value(), value(), count(), positive())
            .prop_map(|(from, to, steps, power)| Schedule::polynomial(from, to, steps, power)),
        (positive(), positive(), count())
            .prop_map(|(from, to, steps)| Schedule::geometric(from, to, steps)),
        (value(), positive(), count())
            .prop_map(|(from, factor, every)| Schedule::exponential(from, factor, every)),
        (value(), positive(), count())
            .prop_map(|(from, factor, every)| Schedule::step(from, factor, every)),
        (value(), positive(), increasing())
            .prop_map(|(from, factor, milestones)| Schedule::multi_step(from, factor, milestones)),
        (prop::collection::vec(value(), 6), increasing()).prop_map(|(mut values, boundaries)| {
            values.truncate(boundaries.len() + 1);
            Schedule::piecewise(values, boundaries)
        }),
        (value(), positive(), positive())
            .prop_map(|(from, rate, power)| Schedule::inverse_time(from, rate, power)),
        (value(), positive()).prop_map(|(from, shift)| Schedule::inverse_sqrt(from, shift)),
        (value(), value(), count()).prop_map(|(from, to, steps)| Schedule::cosine(from, to, steps)),
        (value(), value(), count(), prop_oneof![1..4u64, count()]).prop_map(
            |(from, to, steps, multiplier)| Schedule::cosine_restarts(from, to, steps, multiplier)
        ),
        (
            (value(), count(), 0.0..=1.0),
            (positive(), positive(), curve(), any::<bool>())
        )
            .prop_map(
                |((peak, steps, pct_start), (div_factor, final_div_factor, curve, three_phase))| {
                    Schedule::one_cycle(OneCycle {
                        peak,
                        steps,
                        pct_start,
                        div_factor,
                        final_div_factor,
                        curve,
                        three_phase,
                    })
                }
            ),
        (
            (value(), value(), value()),
            (0..50u64, 0..50u64, count()),
            curve()
        )
            .prop_map(|((peak, from, to), (warmup, stable, decay), curve)| {
                Schedule::wsd(Wsd {
                    peak,
                    warmup,
                    stable,
                    decay,
                    from,
                    to,
                    curve,
                })
            }),
    ]
    .prop_filter_map("arguments that exclude each other", Result::ok);
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (0..100u64, value(), inner.clone())
                .prop_map(|(steps, from, then)| Schedule::warmup(steps, from, then)),
            (
                prop::collection::vec((inner.clone(), prop_oneof![0..60u64, any::<u64>()]), 1..4),
                inner.clone()
            )
                .prop_map(|(stages, then)| Schedule::sequence(stages, then)),
            (value(), inner).prop_map(|(factor, of)| Schedule::scaled(factor, of)),
        ]
        .prop_map(|schedule| schedule.expect("arguments in range"))
    })
}

proptest! {
    #[test]
    fn text_round_trips_exactly(schedule in any_schedule()) {
        let text = schedule.to_string();
        let back: Schedule = text.parse().unwrap();
        prop_assert_eq!(&back, &schedule);
        prop_assert_eq!(back.to_string(), text);
        for step in [0, 1, 17, u64::MAX] {
            prop_assert_eq!(back.at(step).to_bits(), schedule.at(step).to_bits());
        }
    }

    #[test]
    fn is_never_nan_and_stays_in_its_bounds(schedule in any_schedule(), steps in 1..400u64, late in any::<u64>()) {
        let check = |step: u64, steps: u64| {
            let (low, high) = schedule.bounds(steps);
            let value = schedule.at(step);
            let slack = |bound: f64| if bound.is_finite() { 1e-12 * bound.abs() } else { 0.0 };
            prop_assert!(
                value >= low - slack(low) && value <= high + slack(high),
                "{schedule} at {step} of {steps}: {value} is not within {low} and {high}"
            );
            Ok(())
        };
        for step in 0..steps {
            check(step, steps)?;
        }
        check(late.min(u64::MAX - 1), u64::MAX)?;
        check(u64::MAX - 1, u64::MAX)?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-z_0-9.,=()\\[\\]+\\- é]{0,40}", cut in 0..200usize) {
        let _ = text.parse::<Schedule>();
        let whole = "sequence(linear(from=0, to=1, steps=10) for 10, then=multi_step(from=1, factor=0.5, milestones=[1, 2]))";
        let part: String = whole.chars().take(cut).collect();
        let _ = part.parse::<Schedule>();
        let _ = format!("{part}{text}").parse::<Schedule>();
    }
}
