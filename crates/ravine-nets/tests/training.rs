//! The training loop: results, determinism, failures.

use std::ops::ControlFlow;
use std::path::Path;

use ravine::{Chain, NonFinite, catalogue};
use ravine_burn::BurnOptimizer;
use ravine_nets::data::{CsvOptions, Fractions, Split, csv, digits};
use ravine_nets::train::{
    LastBatch, Outcome, Point, Target, TrainError, TrainingConfig, train, train_with,
};

fn split() -> Split {
    digits().split(Fractions::default(), 0).unwrap()
}

fn go_on(_: &Point) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn short() -> TrainingConfig {
    TrainingConfig {
        epochs: 2,
        ..TrainingConfig::default()
    }
}

fn outcome(config: &TrainingConfig, split: &Split, optimizer: impl Into<Chain>) -> Outcome {
    train(config, split, optimizer, &mut go_on).unwrap()
}

/// Everything but the time, to the bit.
fn bits(outcome: &Outcome) -> String {
    let mut outcome = outcome.clone();
    outcome.seconds = 0.0;
    outcome.seconds_to_target = None;
    for point in &mut outcome.points {
        point.seconds = 0.0;
    }
    serde_json::to_string(&outcome).unwrap()
}

#[test]
fn adam_learns_the_digits() {
    let config = TrainingConfig {
        epochs: 15,
        target: Some(Target::ValidationLoss(0.3)),
        ..TrainingConfig::default()
    };
    let mut seen = Vec::new();
    let outcome = train(&config, &split(), ravine::adam(3e-3), &mut |point| {
        seen.push(point.clone());
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(outcome.test_accuracy.unwrap() > 0.95, "{outcome:?}");
    assert_eq!(outcome.failure, None);
    assert_eq!(seen, outcome.points);

    // 1797 rows, 60 % of them to train on: 17 batches an epoch, the last one smaller.
    let rows = split().train.len();
    let batches = rows.div_ceil(64) as u64;
    let steps: Vec<u64> = seen.iter().map(|point| point.step).collect();
    assert_eq!(
        steps,
        (0..=15).map(|epoch| epoch * batches).collect::<Vec<_>>()
    );
    assert_eq!(outcome.steps, 15 * batches);
    assert!(
        seen.iter()
            .zip(0..)
            .all(|(point, epoch)| point.epoch == f64::from(epoch))
    );
    assert!(
        seen.windows(2)
            .all(|pair| pair[0].seconds < pair[1].seconds)
    );
    assert_eq!(seen[0].seconds, 0.0);
    assert_eq!(outcome.seconds, seen[15].seconds);
    // Ten classes, nothing learnt yet.
    assert!((seen[0].train_loss - 10f64.ln()).abs() < 1.0 && seen[0].validation_loss > 1.5);
    assert!(seen[15].train_loss < seen[1].train_loss);
    let best = seen
        .iter()
        .min_by(|a, b| a.validation_loss.total_cmp(&b.validation_loss))
        .unwrap();
    assert_eq!(outcome.validation_loss, best.validation_loss);
    assert_eq!(outcome.best_step, Some(best.step));

    let first = seen
        .iter()
        .find(|point| point.validation_loss <= 0.3)
        .unwrap();
    assert_eq!(outcome.steps_to_target, Some(first.step));
    assert_eq!(outcome.seconds_to_target, Some(first.seconds));
}

/// A run that ends at the best evaluation of a longer one has the same network then, so the same results on test data.
#[test]
fn the_test_part_sees_the_network_of_the_best_evaluation() {
    let long = TrainingConfig {
        epochs: 30,
        ..TrainingConfig::default()
    };
    let judged = outcome(&long, &split(), ravine::rmsprop(1e-2));
    let best = judged
        .points
        .iter()
        .find(|point| Some(point.step) == judged.best_step)
        .unwrap();
    assert!(0.0 < best.epoch && best.epoch < 30.0, "{}", best.epoch);
    let short = TrainingConfig {
        epochs: best.epoch as usize,
        ..TrainingConfig::default()
    };
    let ended = outcome(&short, &split(), ravine::rmsprop(1e-2));
    assert_eq!(ended.best_step, Some(ended.steps));
    assert_eq!(
        (ended.validation_loss, ended.test_loss, ended.test_accuracy),
        (
            judged.validation_loss,
            judged.test_loss,
            judged.test_accuracy
        )
    );
}

#[test]
fn every_optimizer_learns_with_its_usual_learning_rate() {
    let split = split();
    let config = TrainingConfig {
        epochs: 10,
        ..TrainingConfig::default()
    };
    let longer = TrainingConfig {
        epochs: 40,
        ..TrainingConfig::default()
    };
    // The training loop has gradients only.
    for recipe in catalogue::all().iter().filter(|r| !r.needs_hessian()) {
        // Those that look for their step size begin far below it.
        let searches = recipe.family == "learning-rate-free";
        let config = if searches { &longer } else { &config };
        let lr = recipe.usual_learning_rate.to_string();
        let mut settings = vec![("lr", lr.as_str())];
        // Free to grow at once, its estimate is too large after a few of these steps (as in the authors' implementation): the
        // training loss still goes to zero, but the validation loss is never below that of the first weights.
        if recipe.name == "dadapt-adam" {
            settings.push(("growth_rate", "1.02"));
        }
        let outcome = outcome(config, &split, recipe.chain(&settings).unwrap());
        let accuracy = outcome.test_accuracy.unwrap();
        assert!(accuracy > 0.7, "{}: {accuracy}", recipe.name);
    }
}

#[test]
fn every_model_learns() {
    let split = split();
    let config = |model: &str| TrainingConfig {
        epochs: 10,
        model: model.parse().unwrap(),
        ..TrainingConfig::default()
    };
    for model in [
        "softmax",
        "mlp activation=tanh init=xavier-normal",
        "mlp activation=gelu init=he-normal",
        "mlp widths=50 activation=sigmoid init=lecun-uniform",
    ] {
        let outcome = outcome(&config(model), &split, ravine::adam(1e-2));
        let accuracy = outcome.test_accuracy.unwrap();
        assert!(accuracy > 0.9, "{model}: {accuracy}");
    }
}

#[test]
fn the_same_bits_beside_other_runs_and_inside_any_pool() {
    let split = split();
    // Large enough that Burn would use several threads if it could.
    let config = TrainingConfig {
        epochs: 1,
        batch: 512,
        model: "mlp widths=256,256".parse().unwrap(),
        ..TrainingConfig::default()
    };
    let run = |seed| {
        let config = TrainingConfig {
            seed,
            ..config.clone()
        };
        bits(&outcome(&config, &split, ravine::adam(1e-3)))
    };
    let alone = [run(0), run(1)];
    assert_ne!(alone[0], alone[1]);
    let side_by_side = std::thread::scope(|scope| {
        let handles = [0, 1, 0, 1].map(|seed| scope.spawn(move || run(seed)));
        handles.map(|handle| handle.join().unwrap())
    });
    assert_eq!(side_by_side[..2], alone);
    assert_eq!(side_by_side[2..], alone);
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        assert_eq!(pool.install(|| run(0)), alone[0]);
    }
}

#[test]
fn every_optimizer_sees_the_same_start_and_the_seed_sets_it() {
    let split = split();
    let start = |seed, chain: Chain| {
        let config = TrainingConfig { seed, ..short() };
        let first = &outcome(&config, &split, chain).points[0];
        (first.train_loss, first.validation_loss)
    };
    assert_eq!(
        start(3, ravine::sgd(0.1).into()),
        start(3, ravine::adam(0.01).into())
    );
    assert_ne!(
        start(3, ravine::sgd(0.1).into()),
        start(4, ravine::sgd(0.1).into())
    );
}

#[test]
fn a_diverging_run_says_why_and_at_which_step() {
    let split = split();
    let outcome = outcome(&short(), &split, ravine::sgd(1e6));
    let failure = outcome.failure.as_ref().unwrap();
    assert!(
        failure.contains("training loss became") && failure.contains("at step"),
        "{failure}"
    );
    assert!(outcome.validation_loss.is_nan() && outcome.test_loss.is_nan());
    assert_eq!(outcome.test_accuracy, None);
    assert!(failure.ends_with(&format!("step {}", outcome.steps + 1)));
    assert!(!outcome.points.is_empty());

    let json = serde_json::to_string(&outcome).unwrap();
    assert!(json.contains("\"validation_loss\":null"));
    let back: Outcome = serde_json::from_str(&json).unwrap();
    assert_eq!(bits(&back), bits(&outcome));
    assert!(back.test_loss.is_nan());
}

#[test]
fn an_infinite_gradient_is_a_failure_with_the_name_unless_told_otherwise() {
    let mut split = split();
    // Squared, a weight of 1e20 would not fit; here the input makes a finite loss with an infinite gradient.
    split
        .train
        .inputs
        .iter_mut()
        .for_each(|input| *input *= 1e30);
    let config = TrainingConfig {
        model: "mlp widths=8".parse().unwrap(),
        ..short()
    };
    let outcome = outcome(&config, &split, ravine::sgd(1e-3));
    assert!(outcome.failure.is_some());
    let mut skipping = BurnOptimizer::new(ravine::sgd(1e-3)).unwrap();
    skipping = skipping.with_non_finite(NonFinite::Skip);
    train_with(&config, &split, &mut skipping, &mut go_on).unwrap();
}

#[test]
fn a_loss_that_explodes_without_overflow_is_no_failure() {
    let config = TrainingConfig {
        model: "softmax".parse().unwrap(),
        ..short()
    };
    let outcome = outcome(&config, &split(), ravine::sgd(1e3));
    assert_eq!(outcome.failure, None);
    assert!(outcome.points[1].train_loss > 10.0);
}

#[test]
fn the_observer_can_end_a_run() {
    let mut seen = 0;
    let error = train(&short(), &split(), ravine::sgd(0.1), &mut |point| {
        seen += 1;
        if point.epoch >= 1.0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .unwrap_err();
    assert_eq!(seen, 2);
    assert!(
        matches!(error, TrainError::Interrupted { step: 17 }),
        "{error}"
    );
    // Behind the last evaluation there is nothing to end.
    let config = TrainingConfig {
        epochs: 1,
        ..short()
    };
    let outcome = train(&config, &split(), ravine::sgd(0.1), &mut |point| {
        if point.epoch >= 1.0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(outcome.is_ok());
}

#[test]
fn the_last_batch_is_kept_or_dropped() {
    let split = split();
    let rows = split.train.len() as u64;
    assert_ne!(rows % 64, 0);
    let steps = |last_batch| {
        let config = TrainingConfig {
            last_batch,
            ..short()
        };
        outcome(&config, &split, ravine::sgd(0.1)).steps
    };
    assert_eq!(steps(LastBatch::Keep), 2 * rows.div_ceil(64));
    assert_eq!(steps(LastBatch::Drop), 2 * (rows / 64));
    let config = TrainingConfig {
        batch: 10_000,
        ..short()
    };
    assert_eq!(outcome(&config, &split, ravine::sgd(0.1)).steps, 2);
}

#[test]
fn targets_can_be_met_at_once_or_never() {
    let split = split();
    let with = |target| {
        let config = TrainingConfig {
            target: Some(target),
            ..short()
        };
        outcome(&config, &split, ravine::sgd(0.1))
    };
    assert_eq!(with(Target::ValidationLoss(100.0)).steps_to_target, Some(0));
    assert_eq!(with(Target::ValidationLoss(1e-6)).steps_to_target, None);
    assert!(
        with(Target::ValidationAccuracy(0.5))
            .steps_to_target
            .unwrap()
            > 0
    );
}

#[test]
fn a_linear_relation_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("line.csv");
    let rows: Vec<String> = (0..200)
        .map(|i| {
            let (a, b) = (f64::from(i * 7 % 31), f64::from(i * 13 % 17) / 4.0);
            format!("{a},{b},{}", 3.0 * a - 5.0 * b + 2.0)
        })
        .collect();
    std::fs::write(&file, format!("a,b,y\n{}\n", rows.join("\n"))).unwrap();
    let data = csv::load(Path::new(&file), &CsvOptions::default()).unwrap();
    let split = data.split(Fractions::default(), 0).unwrap();
    let config = TrainingConfig {
        model: "softmax".parse().unwrap(),
        epochs: 40,
        batch: 16,
        ..TrainingConfig::default()
    };
    let outcome = outcome(&config, &split, ravine::adam(0.05));
    assert!(outcome.test_loss < 1e-4, "{outcome:?}");
    assert_eq!(outcome.test_accuracy, None);
    assert_eq!(outcome.points[0].validation_accuracy, None);
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let split = split();
    let message = |config: TrainingConfig| {
        train(&config, &split, ravine::sgd(0.1), &mut go_on)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(TrainingConfig {
            epochs: 0,
            ..short()
        }),
        "epochs is 0, but must be at least 1"
    );
    assert_eq!(
        message(TrainingConfig {
            batch: 0,
            ..short()
        }),
        "batch is 0, but must be at least 1"
    );
    for target in [
        Target::ValidationLoss(f64::NAN),
        Target::ValidationAccuracy(96.0),
    ] {
        let config = TrainingConfig {
            target: Some(target),
            ..short()
        };
        assert!(message(config).starts_with("target is"));
    }
    let mut empty = split.clone();
    empty.validation = empty.validation.clone();
    empty.validation.rows.clear();
    empty.validation.inputs.clear();
    let error = train(&short(), &empty, ravine::sgd(0.1), &mut go_on).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the validation part of the data has no rows"
    );
    let error = train(&short(), &split, ravine::sgd(-0.1), &mut go_on).unwrap_err();
    assert!(matches!(error, TrainError::Optimizer(_)), "{error}");
}
