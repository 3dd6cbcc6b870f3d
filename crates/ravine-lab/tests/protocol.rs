//! What a comparison decides, on runs whose best learning rate is known.

mod common;

use std::time::Duration;

use common::{bowl, config, numbers, outcome, run};
use ravine_lab::compare::{Document, Phase, Ranked, TrialSpec};

const TWO: &str = "optimizers=adam,sgd";

fn compare(pairs: &[&str], loss: impl Fn(&TrialSpec) -> f64 + Send + Sync + 'static) -> Document {
    let dir = tempfile::tempdir().unwrap();
    run(&config(pairs), &dir.path().join("run"), 2, loss)
        .unwrap()
        .document
}

fn of<'a>(document: &'a Document, optimizer: &str) -> &'a Ranked {
    let found = document.ranking.iter().find(|r| r.optimizer == optimizer);
    found.unwrap()
}

fn count(document: &Document, optimizer: &str, phase: Phase) -> usize {
    let mine = document.trials.iter().filter(|t| t.optimizer == optimizer);
    mine.filter(|t| t.phase == phase).count()
}

#[test]
fn finds_the_known_best_rate_with_equal_trials() {
    let document = compare(&[TWO], |spec| {
        bowl(spec, if spec.optimizer == "adam" { 0.01 } else { 0.1 })
    });
    let (adam, sgd) = (of(&document, "adam"), of(&document, "sgd"));
    assert_eq!((adam.tuned.lr, sgd.tuned.lr), (0.01, 0.1));
    assert_eq!((adam.default.lr, sgd.default.lr), (1e-3, 1e-3));
    assert_eq!((adam.rates.len(), sgd.rates.len()), (7, 7));
    assert!(!adam.lr_at_edge && !sgd.lr_at_edge);
    for optimizer in ["adam", "sgd"] {
        assert_eq!(count(&document, optimizer, Phase::Tuning), 21);
        assert_eq!(count(&document, optimizer, Phase::Tuned), 5);
        assert_eq!(count(&document, optimizer, Phase::Default), 5);
    }
    assert_eq!(document.curves.len(), 10);
    assert_eq!(adam.tuned.steps_to_target.unwrap().reached, 5);
}

#[test]
fn reported_seeds_are_fresh_and_the_same_for_all() {
    let document = compare(&[TWO, "seed=3"], |spec| bowl(spec, 0.01));
    let seeds = |optimizer: &str, phase: Phase| -> Vec<u64> {
        let mine = document
            .trials
            .iter()
            .filter(|t| t.optimizer == optimizer && t.phase == phase);
        let mut seeds: Vec<u64> = mine.map(|t| t.seed).collect();
        seeds.sort();
        seeds.dedup();
        seeds
    };
    assert_eq!(seeds("adam", Phase::Tuning), [3000, 3001, 3002]);
    assert_eq!(seeds("adam", Phase::Tuned), [3500, 3501, 3502, 3503, 3504]);
    for phase in [Phase::Tuning, Phase::Tuned, Phase::Default] {
        assert_eq!(seeds("adam", phase), seeds("sgd", phase));
    }
}

#[test]
fn the_grid_slides_until_the_best_is_inside() {
    // Adam's grid ends at 0.1; the best is two half decades beyond.
    let document = compare(&["optimizers=adam"], |spec| bowl(spec, 1.0));
    let adam = of(&document, "adam");
    assert_eq!(
        (adam.tuned.lr, adam.extended, adam.lr_at_edge),
        (1.0, 3, false)
    );
    assert_eq!(adam.rates.last(), Some(&3.16));
    assert_eq!(count(&document, "adam", Phase::Tuning), 30);

    let below = compare(&["optimizers=adam"], |spec| bowl(spec, 1e-4));
    let adam = of(&below, "adam");
    assert_eq!(
        (adam.tuned.lr, adam.extended, adam.lr_at_edge),
        (1e-4, 1, false)
    );
    assert_eq!(adam.rates[0], 3.16e-5);
}

#[test]
fn a_best_beyond_the_limit_is_marked() {
    let document = compare(&["optimizers=adam"], |spec| bowl(spec, 1e6));
    let adam = of(&document, "adam");
    assert_eq!(
        (adam.tuned.lr, adam.extended, adam.lr_at_edge),
        (3.16, 3, true)
    );

    let fixed = compare(&["optimizers=adam", "extend=0"], |spec| bowl(spec, 1e6));
    let adam = of(&fixed, "adam");
    assert_eq!(
        (adam.tuned.lr, adam.extended, adam.lr_at_edge),
        (0.1, 0, true)
    );
}

#[test]
fn one_rate_is_no_search_and_two_may_slide() {
    let document = compare(&["optimizers=adam", "trials=1"], |spec| bowl(spec, 1e6));
    let adam = of(&document, "adam");
    assert_eq!(
        (adam.tuned.lr, adam.extended, adam.lr_at_edge),
        (0.00316, 0, false)
    );

    let document = compare(&["optimizers=adam", "trials=2"], |spec| bowl(spec, 0.01));
    let adam = of(&document, "adam");
    assert_eq!((adam.tuned.lr, adam.lr_at_edge), (0.01, false));
}

#[test]
fn a_failure_is_infinite_and_counted() {
    // Above 0.005 one tuning seed in three fails, which the median forgives; above 0.05 two do, which it does not.
    let document = compare(&["optimizers=adam"], |spec| match spec.lr {
        lr if lr > 0.05 && spec.seed != 0 => f64::NAN,
        lr if lr > 0.005 && spec.seed % 3 == 1 => f64::NAN,
        _ => bowl(spec, 0.1),
    });
    let adam = of(&document, "adam");
    assert_eq!(adam.tuned.lr, 0.0316);
    // Reporting seeds 500 to 504: only 502 leaves 1 when divided by 3.
    assert_eq!((adam.tuned.failures, adam.tuned.validation_loss.n), (1, 5));
    assert!(adam.tuned.validation_loss.median.is_some());
    assert_eq!(adam.tuned.steps_to_target.unwrap().reached, 4);
    let failed = document
        .trials
        .iter()
        .find(|t| t.failure.is_some())
        .unwrap();
    assert_eq!((failed.validation_loss, failed.test_accuracy), (None, None));
    assert!(!document.all_failed());
}

#[test]
fn where_all_fails_all_is_null() {
    let document = compare(&[TWO], |_| f64::INFINITY);
    assert!(document.all_failed());
    let adam = of(&document, "adam");
    assert_eq!((adam.extended, adam.lr_at_edge), (3, true));
    let accuracy = adam.tuned.test_accuracy.unwrap();
    assert_eq!(
        (accuracy.median, accuracy.low, adam.tuned.test_loss.median),
        (None, None, None)
    );
    assert!(!document.target_reached());
    // Equal optimisers keep the order in which they were named.
    assert_eq!(document.ranking[0].optimizer, "adam");
}

#[test]
fn ranks_by_median_test_accuracy_then_loss() {
    let document = compare(&["optimizers=sgd,lion,adam,momentum"], |spec| {
        match spec.optimizer.as_str() {
            "lion" => bowl(spec, 0.001) + 0.5,
            "adam" => bowl(spec, 0.001),
            "sgd" => f64::NAN,
            _ => bowl(spec, 0.001) + 0.2,
        }
    });
    let order: Vec<&str> = document
        .ranking
        .iter()
        .map(|r| r.optimizer.as_str())
        .collect();
    assert_eq!(order, ["adam", "momentum", "lion", "sgd"]);
}

#[test]
fn a_default_that_was_chosen_is_run_once_and_reported_twice() {
    let document = compare(&["optimizers=adam"], |spec| bowl(spec, 0.001));
    let adam = of(&document, "adam");
    assert_eq!(adam.tuned, adam.default);
    assert_eq!(count(&document, "adam", Phase::Default), 5);
    let dir = tempfile::tempdir().unwrap();
    run(&config(&["optimizers=adam"]), dir.path(), 1, |spec| {
        bowl(spec, 0.001)
    })
    .unwrap();
    let log = std::fs::read_to_string(dir.path().join("metrics.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 21 + 5);
}

#[test]
fn a_centre_that_was_set_moves_the_grid_and_not_the_default() {
    let document = compare(&["optimizers=sgd", "sgd.lr=1"], |spec| bowl(spec, 1.0));
    let sgd = of(&document, "sgd");
    assert_eq!((sgd.tuned.lr, sgd.default.lr), (1.0, 1e-3));
    assert_eq!(sgd.rates, [0.0316, 0.1, 0.316, 1.0, 3.16, 10.0, 31.6]);
}

#[test]
fn the_result_does_not_depend_on_jobs_or_on_who_finishes_first() {
    let slow = |spec: &TrialSpec| {
        let jitter = (spec.seed * 31 + (spec.lr * 1e5) as u64 * 7) % 5;
        std::thread::sleep(Duration::from_millis(jitter));
        bowl(spec, 1.0)
    };
    let config = config(&["optimizers=adam,sgd,lion", "tuning_seeds=2", "seeds=2"]);
    let dir = tempfile::tempdir().unwrap();
    let documents: Vec<String> = [1, 4, 4]
        .into_iter()
        .enumerate()
        .map(|(i, jobs)| {
            let finished = run(&config, &dir.path().join(i.to_string()), jobs, slow).unwrap();
            numbers(&finished.document)
        })
        .collect();
    assert_eq!(documents[0], documents[1]);
    assert_eq!(documents[1], documents[2]);
}

#[test]
fn a_run_that_panics_is_an_error_and_not_a_hang() {
    std::panic::set_hook(Box::new(|_| {}));
    let dir = tempfile::tempdir().unwrap();
    let result = run(&config(&["optimizers=adam"]), dir.path(), 2, |spec| {
        assert!(spec.seed != 1, "a bug");
        outcome(spec, 0.1).validation_loss
    });
    let _ = std::panic::take_hook();
    let error = result.err().unwrap();
    assert!(error.to_string().contains("a bug"), "{error}");
}
