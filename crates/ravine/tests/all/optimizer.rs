//! Groups, missing and bad gradients, changed hyper-parameters, reports, and what is refused.

use crate::common::{Network, numbers};
use ravine::average::Ema;
use ravine::rule::{Adam, ClipGlobalNorm, ClipNorm, LearningRate, Momentum, WeightDecay};
use ravine::{
    Chain, Error, Group, NonFinite, Optimizer, Parameter, Schedule, adam, adamw, catalogue,
    momentum, sgd,
};

fn step(
    optimizer: &mut Optimizer<f64>,
    name: &str,
    values: &mut [f64],
    gradient: &[f64],
) -> Result<ravine::StepReport, Error> {
    optimizer.step([Parameter::new(name, values, Some(gradient))])
}

#[test]
fn groups_apply_in_order_and_by_name_rank_or_predicate() {
    let decayed = || {
        (
            WeightDecay::new().weight_decay(0.5),
            LearningRate::new().lr(1.0),
        )
    };
    let mut optimizer = Optimizer::<f64>::new(decayed())
        .unwrap()
        .with_group(Group::rank_below(2).set("weight_decay", 0.0))
        .unwrap()
        .with_group(
            Group::matching("head.*")
                .set("lr", 0.1)
                .set("weight_decay", 0.25),
        )
        .unwrap()
        .with_group(Group::when("the frozen one", |name, _| name == "frozen").freeze())
        .unwrap();
    let names = ["body.weight", "body.bias", "head.bias", "frozen"];
    let shapes: [&[usize]; 4] = [&[1, 2], &[2], &[2], &[2]];
    let mut values = [[1.0, 2.0]; 4];
    let zero = [0.0; 2];
    let parameters = values.iter_mut().zip(names).zip(shapes);
    optimizer
        .step(
            parameters.map(|((v, name), shape)| Parameter::new(name, v, Some(&zero)).shape(shape)),
        )
        .unwrap();
    assert_eq!(values[0], [0.5, 1.0], "decayed");
    assert_eq!(values[1], [1.0, 2.0], "a bias is not");
    assert_eq!(
        values[2],
        [1.0 - 0.1 * 0.25, 2.0 - 0.1 * 0.5],
        "the later group overrides"
    );
    assert_eq!(values[3], [1.0, 2.0], "frozen");
}

#[test]
fn groups_are_checked_when_they_are_added() {
    let optimizer = || Optimizer::<f32>::new(adamw(1e-3)).unwrap();
    let error = optimizer()
        .with_group(Group::rank_below(2).set("weight_decya", 0.0))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown hyper-parameter 'weight_decya'; did you mean 'weight_decay'?"
    );
    let error = optimizer()
        .with_group(Group::rank_below(2).set("beta1", 1.0))
        .unwrap_err();
    assert_eq!(error.to_string(), "beta1 is 1, but must be in [0, 1)");
}

#[test]
fn a_missing_gradient_is_no_zero_gradient() {
    let mut optimizer = Optimizer::<f64>::new(momentum(0.1)).unwrap();
    let (mut a, mut b) = ([1.0], [1.0]);
    for gradient in [Some([1.0]), None, Some([1.0])] {
        optimizer
            .step([
                Parameter::new("missing", &mut a, gradient.as_ref().map(|g| &g[..])),
                Parameter::new("zero", &mut b, Some(&gradient.unwrap_or([0.0]))),
            ])
            .unwrap();
    }
    // v: 1, –, 1.9 against 1, 0.9, 1.81
    assert!((a[0] - (1.0 - 0.1 * (1.0 + 1.9))).abs() < 1e-15);
    assert!((b[0] - (1.0 - 0.1 * (1.0 + 0.9 + 1.81))).abs() < 1e-15);
}

#[test]
fn bad_gradients_never_reach_a_parameter_or_a_state() {
    let n = 1300;
    let bad_at = [0, 511, 512, 1299];
    let clean = numbers::<f64>(1, n);
    let mut gradient = clean.clone();
    for (k, &i) in bad_at.iter().enumerate() {
        gradient[i] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN][k];
    }
    for chain in [
        Chain::from((Adam::new(), (LearningRate::new().lr(0.1), Ema::new()))),
        Chain::from(Adam::new())
            .then(LearningRate::new().lr(0.1))
            .then(Ema::new()),
    ] {
        let mut expected = numbers::<f64>(7, n);
        let before = expected.clone();
        let mut values = expected.clone();
        let mut reference = Optimizer::<f64>::new(chain.clone()).unwrap();
        step(&mut reference, "w", &mut expected, &clean).unwrap();
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let error = step(&mut optimizer, "w", &mut values, &gradient).unwrap_err();
        assert_eq!(
            error.to_string(),
            "step 1: the gradient is not finite in 'w' (4 coordinates); these coordinates were left as they were, all \
             others were updated"
        );
        for i in 0..n {
            let held = bad_at.contains(&i);
            assert_eq!(
                values[i],
                if held { before[i] } else { expected[i] },
                "coordinate {i}"
            );
            for (state, start) in [("exp_avg", 0.0), ("exp_avg_sq", 0.0), ("ema", before[i])] {
                let got = optimizer.state("w", state).unwrap()[i];
                let moved = reference.state("w", state).unwrap()[i];
                assert_eq!(got, if held { start } else { moved }, "{state} {i}");
            }
        }
    }
}

#[test]
fn with_a_norm_ahead_a_bad_gradient_changes_nothing() {
    for chain in [
        Chain::from(ClipGlobalNorm::new().clip_global_norm(1.0)).then(sgd(0.1)),
        Chain::from(Adam::new())
            .then(ClipNorm::new().clip_norm(1.0))
            .then(sgd(0.1)),
    ] {
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let mut values = [1.0, 2.0];
        let error = step(&mut optimizer, "w", &mut values, &[1.0, f64::NAN]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "step 1: the gradient is not finite in 'w' (1 coordinate); nothing was changed"
        );
        assert_eq!((values, optimizer.steps()), ([1.0, 2.0], 0));
    }
}

#[test]
fn skip_and_zero() {
    let chain = || (ClipGlobalNorm::new().clip_global_norm(10.0), adam(0.1));
    let mut skip = Optimizer::<f64>::new(chain())
        .unwrap()
        .with_non_finite(NonFinite::Skip);
    let mut values = [1.0, 2.0];
    let report = step(&mut skip, "w", &mut values, &[3.0, f64::NAN]).unwrap();
    assert!(report.skipped && report.step == 0 && report.gradient_norm == 3.0);
    assert_eq!(
        (
            report.non_finite[0].parameter.as_str(),
            report.non_finite[0].count
        ),
        ("w", 1)
    );
    assert_eq!(
        (values, skip.steps(), skip.state("w", "exp_avg")),
        ([1.0, 2.0], 0, None)
    );

    for chain in [Chain::from(chain()), Chain::from(adam(0.1))] {
        let mut zero = Optimizer::<f64>::new(chain.clone())
            .unwrap()
            .with_non_finite(NonFinite::Zero);
        let mut values = [1.0, 2.0];
        let report = step(&mut zero, "w", &mut values, &[3.0, f64::NAN]).unwrap();
        assert!(!report.skipped && report.non_finite.len() == 1 && report.gradient_norm == 3.0);
        let mut reference = Optimizer::<f64>::new(chain).unwrap();
        let mut expected = [1.0, 2.0];
        step(&mut reference, "w", &mut expected, &[3.0, 0.0]).unwrap();
        assert_eq!(values, expected);
    }
}

#[test]
fn a_gradient_that_overflows_when_squared_is_finite() {
    let mut optimizer = Optimizer::<f32>::new(sgd(1e-30)).unwrap();
    let mut values = vec![0.0_f32; 100];
    let report = optimizer
        .step([Parameter::new("w", &mut values, Some(&[1e30_f32; 100]))])
        .unwrap();
    assert!((report.gradient_norm / 1e31 - 1.0).abs() < 1e-6);
    assert!((report.update_norm / 10.0 - 1.0).abs() < 1e-6);
    let tiny = optimizer
        .step([Parameter::new("w", &mut values, Some(&[1e-30_f32; 100]))])
        .unwrap();
    assert!((tiny.gradient_norm / 1e-29 - 1.0).abs() < 1e-6);
}

#[test]
fn the_report_tells_norms_rate_and_clipping() {
    let chain = (
        ClipGlobalNorm::new().clip_global_norm(1.0),
        sgd(Schedule::linear(0.5, 0.0, 10).unwrap()),
    );
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let (mut a, mut b) = ([0.0], [0.0]);
    let report = optimizer
        .step([
            Parameter::new("a", &mut a, Some(&[3.0])),
            Parameter::new("b", &mut b, Some(&[4.0])),
        ])
        .unwrap();
    assert_eq!((report.step, report.learning_rate), (1, Some(0.5)));
    assert_eq!((report.gradient_norm, report.clipped), (5.0, true));
    assert!((report.update_norm - 0.5).abs() < 1e-15);
    assert!((a[0] + 0.3).abs() < 1e-15 && (b[0] + 0.4).abs() < 1e-15);
    let report = step(&mut optimizer, "a", &mut a, &[0.25]).unwrap();
    assert_eq!((report.learning_rate, report.clipped), (Some(0.45), false));
}

#[test]
fn hyper_parameters_change_between_steps_and_states_stay() {
    let chain = catalogue::find("momentum")
        .unwrap()
        .chain(&[("lr", "0.1")])
        .unwrap();
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut values = [1.0];
    step(&mut optimizer, "w", &mut values, &[1.0]).unwrap();
    optimizer.set("lr", 0.01).unwrap();
    // A link that was idle, and so left out, comes in.
    optimizer.set("weight_decay", 0.5).unwrap();
    step(&mut optimizer, "w", &mut values, &[1.0]).unwrap();
    let g = 1.0 + 0.5 * 0.9;
    assert!(
        (values[0] - (0.9 - 0.01 * (0.9 + g))).abs() < 1e-15,
        "{values:?}"
    );
    assert!(optimizer.set("lr", -1.0).is_err());
    assert!(optimizer.set("nonsense", 1.0).is_err());
}

#[test]
fn an_average_begins_at_the_parameter_and_stands_last() {
    let mut optimizer = Optimizer::<f64>::new((sgd(1.0), Ema::new().decay(0.75))).unwrap();
    let mut values = [4.0];
    step(&mut optimizer, "w", &mut values, &[4.0]).unwrap();
    assert_eq!(
        (values, &*optimizer.state("w", "ema").unwrap()),
        ([0.0], &[3.0][..])
    );

    let error = Optimizer::<f64>::new((Ema::new(), sgd(1.0))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ema reads the final update, so it must stand at the end of the chain, but learning_rate stands behind it"
    );
}

#[test]
fn an_empty_chain_is_plain_descent_and_no_parameters_are_no_trouble() {
    let mut optimizer = Optimizer::<f64>::new(Chain::default()).unwrap();
    let mut values = [1.0];
    step(&mut optimizer, "w", &mut values, &[0.25]).unwrap();
    assert_eq!(values, [0.75]);
    assert_eq!(optimizer.step([]).unwrap().gradient_norm, 0.0);
    let report = optimizer
        .step([Parameter::new("none", &mut [0.0; 0], Some(&[0.0; 0]))])
        .unwrap();
    assert_eq!(report.update_norm, 0.0);
}

#[test]
fn what_does_not_fit_is_refused_before_anything_changes() {
    let mut optimizer = Optimizer::<f64>::new(adam(0.1)).unwrap();
    step(&mut optimizer, "known", &mut [1.0, 2.0], &[1.0, 1.0]).unwrap();
    let (mut a, mut b) = ([1.0, 2.0], [1.0]);
    let mut refuse =
        |parameters: Vec<Parameter<'_, f64>>| optimizer.step(parameters).unwrap_err().to_string();
    assert_eq!(
        refuse(vec![
            Parameter::new("a", &mut a, Some(&[1.0, 1.0])),
            Parameter::new("b", &mut b, Some(&[1.0, 2.0])),
        ]),
        "parameter 'b': has 1 values, but its gradient has 2"
    );
    assert_eq!(
        refuse(vec![
            Parameter::new("c", &mut a, Some(&[1.0, 1.0])).shape(&[3, 1])
        ]),
        "parameter 'c': has 2 values, but shape [3, 1]"
    );
    let (mut x, mut y) = ([1.0], [1.0]);
    assert_eq!(
        refuse(vec![
            Parameter::new("twin", &mut x, Some(&[1.0])),
            Parameter::new("twin", &mut y, Some(&[1.0])),
        ]),
        "parameter 'twin': comes twice in one step; give each parameter a name of its own"
    );
    assert_eq!(
        refuse(vec![Parameter::new("known", &mut b, Some(&[1.0]))]),
        "parameter 'known': has shape [1], but its state has shape [2]"
    );
    assert_eq!((a, b, optimizer.steps()), ([1.0, 2.0], [1.0], 1));
}

#[test]
fn values_outside_their_range_are_refused() {
    let refuse = |chain: Chain| Optimizer::<f32>::new(chain).unwrap_err().to_string();
    assert_eq!(
        refuse(sgd(-0.1).into()),
        "lr is -0.1, but must be in [0, ∞)"
    );
    assert_eq!(
        refuse(sgd(f64::NAN).into()),
        "lr is NaN, but must be in [0, ∞)"
    );
    assert_eq!(
        refuse(Chain::from(Adam::new().beta2(1.0))),
        "beta2 is 1, but must be in [0, 1)"
    );
    assert_eq!(
        refuse(Chain::from(ClipNorm::new().clip_norm(0.0))),
        "clip_norm is 0, but must be in (0, ∞]"
    );
    assert_eq!(
        refuse(Chain::from(
            Momentum::new().momentum(Schedule::linear(0.5, 1.5, 10).unwrap())
        )),
        "momentum is linear(from=0.5, to=1.5, steps=10), which reaches 1.5, but must be in [0, 1)"
    );
}

#[test]
fn settings_as_text() {
    let adam = catalogue::find("adam").unwrap();
    let refuse = |settings: &[(&str, &str)]| adam.chain(settings).unwrap_err().to_string();
    assert_eq!(
        refuse(&[("betal", "0.5")]),
        "unknown setting of adam 'betal'; did you mean 'beta1'?"
    );
    assert_eq!(
        refuse(&[("lr", "fast")]),
        "'fast' is neither a number nor a schedule such as cosine(from=0.1, to=0, steps=1000)"
    );
    assert_eq!(
        refuse(&[("amsgrad", "yes")]),
        "amsgrad is 'yes', but must be one of: false, true"
    );
    assert_eq!(refuse(&[("eps", "-1")]), "eps is -1, but must be in [0, ∞)");
    assert_eq!(
        catalogue::find("adm").unwrap_err().to_string(),
        "unknown optimizer 'adm'; did you mean 'adam'?"
    );
    let chain = adam
        .chain(&[
            ("lr", "cosine(from=0.1, to=0, steps=10)"),
            ("clip_norm", "1"),
        ])
        .unwrap();
    assert_eq!(chain.get("lr").unwrap().at(0), 0.1);
    assert_eq!(
        chain.without_idle().names(),
        ["clip_norm", "adam", "learning_rate"]
    );
}

#[test]
fn formulas_are_printed_from_the_program() {
    let formula = |name: &str| catalogue::find(name).unwrap().formula();
    assert_eq!(
        formula("adamw"),
        "exp_avg ← β₁·exp_avg + (1 − β₁)·g\n\
         exp_avg_sq ← β₂·exp_avg_sq + (1 − β₂)·g²\n\
         u ← (1/(1 − β₁ⁿ))·exp_avg / ((1/√(1 − β₂ⁿ))·√exp_avg_sq + ε)\n\
         u ← u + λ·x\n\
         u ← η·u\n\
         x ← x − u"
    );
    // Lion's update is made with the old average, so it is printed first.
    assert_eq!(
        formula("lion"),
        "u ← sign(β₁·exp_avg + (1 − β₁)·g)\n\
         exp_avg ← β₂·exp_avg + (1 − β₂)·g\n\
         u ← η·u\n\
         x ← x − u"
    );
}

#[test]
fn ten_thousand_parameters_find_their_states_in_any_order() {
    let mut network = Network::<f32>::new(&[3; 10_000]);
    let mut optimizer = Optimizer::new(adam(1e-2)).unwrap();
    network.train(&mut optimizer, 1..3);
    network.names.reverse();
    network.values.reverse();
    network.train(&mut optimizer, 3..5);
    assert_eq!(optimizer.steps(), 4);
}

/// However a list of links is put in brackets, a norm sees what it would see in a plain list.
#[test]
fn brackets_do_not_matter() {
    let decay = || WeightDecay::new().weight_decay(0.1);
    let clip = || ClipNorm::new().clip_norm(1.0);
    let global = || ClipGlobalNorm::new().clip_global_norm(0.5);
    let lr = || LearningRate::new().lr(0.3);
    let chains = [
        Chain::from(decay()).then(clip()).then(global()).then(lr()),
        Chain::from((decay(), (clip(), (global(), lr())))),
        Chain::from((((decay(), clip()), global()), lr())),
        Chain::from(((decay(), clip()), (global(), lr()))),
        Chain::from((decay(), ((clip(), global()), lr()))),
        Chain::from(((decay(), (clip(), global())), lr())),
    ];
    let outcomes: Vec<[f64; 2]> = chains
        .into_iter()
        .map(|chain| {
            let mut values = [1.0, -2.0];
            let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
            let report = step(&mut optimizer, "w", &mut values, &[30.0, 40.0]).unwrap();
            assert!(report.clipped);
            values
        })
        .collect();
    assert!(
        outcomes.iter().all(|values| *values == outcomes[0]),
        "{outcomes:?}"
    );
    let moved = (outcomes[0][0] - 1.0).hypot(outcomes[0][1] + 2.0);
    assert!((moved - 0.3 * 0.5).abs() < 1e-12);
}

#[test]
fn a_norm_in_the_middle_of_a_chain_does_not_overflow() {
    let chain = Chain::from(WeightDecay::new().weight_decay(0.1))
        .then(ClipGlobalNorm::new().clip_global_norm(1.0))
        .then(LearningRate::new().lr(1.0));
    let mut optimizer = Optimizer::<f32>::new(chain).unwrap();
    let mut values = [0.0_f32; 64];
    let report = optimizer
        .step([Parameter::new("w", &mut values, Some(&[1e20; 64]))])
        .unwrap();
    assert!(report.clipped && (report.update_norm - 1.0).abs() < 1e-6);
    assert!((values[0] + 0.125).abs() < 1e-6);
}

#[test]
fn a_step_that_fails_leaves_no_trace() {
    let mut optimizer = Optimizer::<f64>::new((adam(0.1), Ema::new())).unwrap();
    let (mut w, mut b) = ([1.0; 6], [1.0]);
    let fails = optimizer.step([
        Parameter::new("w", &mut w, Some(&[1.0; 6])),
        Parameter::new("typo", &mut b, Some(&[1.0, 2.0])),
    ]);
    assert!(fails.is_err());
    let untouched = Optimizer::<f64>::new((adam(0.1), Ema::new()))
        .unwrap()
        .to_bytes()
        .unwrap();
    assert_eq!(optimizer.to_bytes().unwrap(), untouched);
    // The shape that was left out the first time is accepted now.
    optimizer
        .step([Parameter::new("w", &mut w, Some(&[1.0; 6])).shape(&[2, 3])])
        .unwrap();

    // An average begins at the parameter of the first update, not of a step that was skipped before.
    let mut skip = Optimizer::<f64>::new((sgd(1.0), Ema::new().decay(0.5)))
        .unwrap()
        .with_non_finite(NonFinite::Skip);
    step(&mut skip, "w", &mut [5.0], &[f64::NAN]).unwrap();
    assert_eq!(skip.state("w", "ema"), None);
    step(&mut skip, "w", &mut [0.0], &[0.0]).unwrap();
    assert_eq!(*skip.state("w", "ema").unwrap(), [0.0]);
}

#[test]
fn a_state_that_rests_comes_back_and_one_that_joins_late_is_saved() {
    let chain = || {
        catalogue::find("rmsprop")
            .unwrap()
            .chain(&[("lr", "0.1")])
            .unwrap()
    };
    let mut optimizer = Optimizer::<f64>::new(chain()).unwrap();
    let mut values = [1.0];
    step(&mut optimizer, "w", &mut values, &[1.0]).unwrap();
    optimizer.set("momentum", 0.9).unwrap();
    let early = optimizer.to_bytes().unwrap();
    optimizer.from_bytes(&early).unwrap();
    step(&mut optimizer, "w", &mut values, &[1.0]).unwrap();
    let buffer = optimizer.state("w", "momentum_buffer").unwrap().to_vec();
    optimizer.set("momentum", 0.0).unwrap();
    assert_eq!(optimizer.state("w", "momentum_buffer"), None);
    optimizer.set("momentum", 0.9).unwrap();
    assert_eq!(optimizer.state("w", "momentum_buffer").unwrap(), buffer);
}

#[test]
fn a_group_has_its_own_first_state() {
    let mut optimizer = Optimizer::<f64>::new(ravine::adagrad(0.1))
        .unwrap()
        .with_group(Group::matching("a").set("initial_accumulator_value", 100.0))
        .unwrap();
    let (mut a, mut b) = ([0.0], [0.0]);
    optimizer
        .step([
            Parameter::new("a", &mut a, Some(&[1.0])),
            Parameter::new("b", &mut b, Some(&[1.0])),
        ])
        .unwrap();
    assert_eq!(*optimizer.state("a", "sum").unwrap(), [101.0]);
    assert_eq!(*optimizer.state("b", "sum").unwrap(), [1.0]);
}

#[test]
fn groups_by_rank_want_shapes() {
    let mut optimizer = Optimizer::<f64>::new(adamw(0.1))
        .unwrap()
        .with_group(Group::rank_below(2).set("weight_decay", 0.0))
        .unwrap();
    assert_eq!(
        step(&mut optimizer, "w", &mut [1.0], &[1.0])
            .unwrap_err()
            .to_string(),
        "parameter 'w': has no shape, but the chain or a group goes by shapes; give it one with Parameter::shape"
    );
}

#[test]
fn a_shape_beyond_all_numbers_is_refused() {
    let mut optimizer = Optimizer::<f64>::new(adam(0.1)).unwrap();
    let mut values = [0.0; 0];
    let parameter = Parameter::new("w", &mut values, Some(&[])).shape(&[usize::MAX, 2]);
    assert!(optimizer.step([parameter]).is_err());
}

#[test]
fn a_finite_gradient_that_makes_a_parameter_nan_is_reported() {
    let chain = || (Adam::new().eps(0.0), LearningRate::new().lr(0.1));
    let mut optimizer = Optimizer::<f64>::new(chain()).unwrap();
    let error = step(&mut optimizer, "w", &mut [1.0, 1.0], &[1.0, 0.0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "step 1: the update is not finite in 'w' (1 coordinate); the learning rate may be too large"
    );
    let mut lenient = Optimizer::<f64>::new(chain())
        .unwrap()
        .with_non_finite(NonFinite::Zero);
    let report = step(&mut lenient, "w", &mut [1.0, 1.0], &[1.0, 0.0]).unwrap();
    assert_eq!(report.diverged[0].count, 1);
}

#[test]
fn the_last_of_two_settings_counts() {
    let adam = catalogue::find("adam").unwrap();
    let chain = adam
        .chain(&[("amsgrad", "true"), ("amsgrad", "false")])
        .unwrap();
    assert!(chain.names().contains(&"adam"));
}

#[test]
fn formulas_say_which_input_they_mean() {
    let chain = Chain::from(ravine::rule::ClipValue::new().clip_value(1.0)).then(ravine::lion(0.1));
    let lines = ravine::formula(&chain);
    assert_eq!(
        lines,
        "u ← min(max(g, −c), c)\n\
         g ← u\n\
         u ← sign(β₁·exp_avg + (1 − β₁)·g)\n\
         exp_avg ← β₂·exp_avg + (1 − β₂)·g\n\
         u ← η·u\n\
         x ← x − u"
    );
}

#[test]
fn a_percentile_that_is_set_late_begins_with_the_present_norm() {
    let chain = Chain::from(ravine::rule::ClipPercentile::new()).then(LearningRate::new().lr(1.0));
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut w = [0.0];
    for step in 0..4 {
        if step == 2 {
            optimizer.set("clip_percentile", 5.0).unwrap();
        }
        optimizer
            .step([Parameter::new("w", &mut w, Some(&[1.0]))])
            .unwrap();
    }
    assert_eq!(w, [-4.0]);
}

#[test]
fn sums_of_tiny_and_of_huge_numbers() {
    // ‖g‖² is beyond f32 both ways; the trust ratio ‖x‖/‖g‖ is not.
    for scale in [1e-25_f32, 1e25] {
        let chain = Chain::from(ravine::rule::TrustRatio::new()).then(LearningRate::new().lr(0.1));
        let mut optimizer = Optimizer::new(chain).unwrap();
        let mut w = [3.0_f32, 4.0];
        optimizer
            .step([Parameter::new("w", &mut w, Some(&[0.0, scale]))])
            .unwrap();
        assert!((w[1] - 3.5).abs() < 1e-5, "{scale}: {w:?}");
    }
}

#[test]
fn a_learning_rate_set_at_every_step_is_that_of_the_step() {
    let mut optimizer = Optimizer::<f64>::new(ravine::sgd(1.0))
        .unwrap()
        .with_group(Group::matching("slow").set("lr", 0.125))
        .unwrap();
    let (mut fast, mut slow) = ([0.0], [0.0]);
    for lr in [1.0, 0.5, 0.25] {
        optimizer.set("lr", lr).unwrap();
        optimizer
            .step([
                Parameter::new("fast", &mut fast, Some(&[1.0])),
                Parameter::new("slow", &mut slow, Some(&[1.0])),
            ])
            .unwrap();
    }
    assert_eq!((fast, slow), ([-1.75], [-0.375]));
}
