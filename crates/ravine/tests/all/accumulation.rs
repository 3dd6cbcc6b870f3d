//! Gradient accumulation, and freezing by the step.

use crate::common::{Naive, numbers};
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Error, Group, NonFinite, Optimizer, Parameter, adamw, catalogue};

const MICRO: u64 = 4;

fn gradient(step: u64, micro: u64, len: usize) -> Vec<f32> {
    numbers(1000 * step + micro, len)
}

/// The mean over the micro-batches, in their order.
fn mean(step: u64, len: usize) -> Vec<f32> {
    let mut sum = vec![0.0; len];
    for micro in 0..MICRO {
        for (sum, g) in sum.iter_mut().zip(gradient(step, micro, len)) {
            *sum += g;
        }
    }
    sum.into_iter().map(|sum| sum / MICRO as f32).collect()
}

#[test]
fn gathered_is_one_step_with_the_mean() {
    let mut gathered = numbers::<f32>(1, 900);
    let mut whole = gathered.clone();
    let mut a = Optimizer::new(adamw(0.01))
        .unwrap()
        .with_accumulation(MICRO)
        .unwrap();
    let mut b = Optimizer::new(adamw(0.01)).unwrap();
    for step in 0..10 {
        for micro in 0..MICRO {
            let before = gathered.clone();
            let g = gradient(step, micro, 900);
            let report = a
                .step([Parameter::new("w", &mut gathered, Some(&g))])
                .unwrap();
            let last = micro + 1 == MICRO;
            assert_eq!(report.gathered, !last);
            assert_eq!(report.step, step + u64::from(last));
            assert_eq!(gathered == before, !last);
        }
        let g = mean(step, 900);
        b.step([Parameter::new("w", &mut whole, Some(&g))]).unwrap();
        assert_eq!(gathered, whole);
    }
}

#[test]
fn a_missing_gradient_counts_as_zero() {
    let mut optimizer = Optimizer::<f64>::new(ravine::sgd(1.0))
        .unwrap()
        .with_accumulation(2)
        .unwrap();
    let (mut w, mut never) = ([1.0], [1.0]);
    for g in [Some(&[0.5][..]), None] {
        optimizer
            .step([
                Parameter::new("w", &mut w, g),
                Parameter::new("never", &mut never, None),
            ])
            .unwrap();
    }
    assert_eq!((w, never), ([0.75], [1.0]));
}

#[test]
fn saved_between_micro_batches() {
    let make = || {
        Optimizer::<f32>::new(adamw(0.01))
            .unwrap()
            .with_accumulation(MICRO)
            .unwrap()
    };
    let (mut x, mut y) = (numbers::<f32>(1, 50), numbers::<f32>(1, 50));
    let (mut straight, mut cut) = (make(), make());
    for call in 0..11 {
        let g = gradient(0, call, 50);
        straight
            .step([Parameter::new("w", &mut x, Some(&g))])
            .unwrap();
        cut.step([Parameter::new("w", &mut y, Some(&g))]).unwrap();
        let mut next = make();
        next.from_bytes(&cut.to_bytes().unwrap()).unwrap();
        cut = next;
    }
    assert_eq!(x, y);
    assert!(straight.to_bytes().unwrap() == cut.to_bytes().unwrap());
    // Three are gathered, so a step of two cannot go on from here.
    let mut two = Optimizer::<f32>::new(adamw(0.01))
        .unwrap()
        .with_accumulation(2)
        .unwrap();
    let error = two.from_bytes(&cut.to_bytes().unwrap()).unwrap_err();
    assert!(error.to_string().contains("3 micro-batches"), "{error}");
}

#[test]
fn tensors_gather_alike() {
    let mut x = numbers::<f32>(1, 30);
    let mut tensors = vec![TensorParameter {
        name: "w".to_string(),
        shape: vec![30],
        values: x.clone(),
        gradient: None,
        hessian: None,
    }];
    let mut a = Optimizer::new(adamw(0.01))
        .unwrap()
        .with_accumulation(MICRO)
        .unwrap();
    let mut b = TensorOptimizer::new(adamw(0.01), Naive)
        .unwrap()
        .with_accumulation(MICRO)
        .unwrap();
    for call in 0..12 {
        let g = gradient(0, call, 30);
        a.step([Parameter::new("w", &mut x, Some(&g))]).unwrap();
        tensors[0].gradient = Some(g);
        b.step(&mut tensors).unwrap();
        assert_eq!(x, tensors[0].values);
    }
}

#[test]
fn a_bad_micro_batch() {
    let mut w = [1.0_f32];
    let mut optimizer = Optimizer::new(adamw(0.01))
        .unwrap()
        .with_accumulation(2)
        .unwrap();
    optimizer
        .step([Parameter::new("w", &mut w, Some(&[0.5]))])
        .unwrap();
    let error = optimizer
        .step([Parameter::new("w", &mut w, Some(&[f32::NAN]))])
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NonFinite {
                untouched: true,
                ..
            }
        ),
        "{error}"
    );
    // The bad one is not gathered; the next completes the step.
    let report = optimizer
        .step([Parameter::new("w", &mut w, Some(&[0.5]))])
        .unwrap();
    assert_eq!(report.step, 1);
    let mut skipping = Optimizer::new(adamw(0.01))
        .unwrap()
        .with_accumulation(2)
        .unwrap()
        .with_non_finite(NonFinite::Skip);
    assert!(
        skipping
            .step([Parameter::new("w", &mut w, Some(&[f32::NAN]))])
            .unwrap()
            .skipped
    );
    assert!(
        Optimizer::<f32>::new(adamw(0.01))
            .unwrap()
            .with_accumulation(0)
            .is_err()
    );
}

#[test]
fn parameters_thaw_and_freeze() {
    let group = Group::matching("w")
        .freeze_during(0..3)
        .freeze_during(5..u64::MAX);
    let mut optimizer = Optimizer::<f64>::new(ravine::sgd(1.0))
        .unwrap()
        .with_group(group)
        .unwrap();
    let mut w = [10.0];
    let mut seen = vec![];
    for _ in 0..7 {
        optimizer
            .step([Parameter::new("w", &mut w, Some(&[1.0]))])
            .unwrap();
        seen.push(w[0]);
    }
    assert_eq!(seen, [10.0, 10.0, 10.0, 9.0, 8.0, 8.0, 8.0]);
}

#[test]
fn an_error_in_the_last_micro_batch_loses_nothing() {
    let chain = catalogue::find("sps").unwrap().chain(&[]).unwrap();
    let mut optimizer = Optimizer::<f64>::new(chain)
        .unwrap()
        .with_accumulation(2)
        .unwrap();
    let mut w = [1.0];
    optimizer
        .step([Parameter::new("w", &mut w, Some(&[0.5]))])
        .unwrap();
    let error = optimizer
        .step([Parameter::new("w", &mut w, Some(&[0.5]))])
        .unwrap_err();
    assert!(matches!(error, Error::NoLoss { .. }), "{error}");
    optimizer.set_loss(f64::NAN);
    let error = optimizer
        .step([Parameter::new("w", &mut w, Some(&[0.5]))])
        .unwrap_err();
    assert!(matches!(error, Error::BadLoss { .. }), "{error}");
    optimizer.set_loss(1.0);
    let report = optimizer
        .step([Parameter::new("w", &mut w, Some(&[0.5]))])
        .unwrap();
    assert_eq!(report.step, 1);
}

#[test]
fn what_was_gathered_ends_with_its_step() {
    let mut optimizer = Optimizer::<f64>::new(ravine::sgd(1.0))
        .unwrap()
        .with_accumulation(2)
        .unwrap();
    let (mut w, mut v) = ([0.0], [0.0]);
    let step = |optimizer: &mut Optimizer<f64>, list: Vec<Parameter<'_, f64>>| {
        optimizer.step(list).unwrap()
    };
    step(
        &mut optimizer,
        vec![
            Parameter::new("w", &mut w, Some(&[1.0])),
            Parameter::new("v", &mut v, Some(&[1.0])),
        ],
    );
    // `v` is not there in the last call, and begins afresh in the next step.
    step(
        &mut optimizer,
        vec![Parameter::new("w", &mut w, Some(&[1.0]))],
    );
    step(
        &mut optimizer,
        vec![Parameter::new("v", &mut v, Some(&[2.0]))],
    );
    step(
        &mut optimizer,
        vec![Parameter::new("v", &mut v, Some(&[2.0]))],
    );
    assert_eq!((w, v), ([-1.0], [-2.0]));
}

#[test]
fn bad_coordinates_are_reported_in_every_micro_batch() {
    let mut optimizer = Optimizer::<f64>::new(ravine::sgd(1.0))
        .unwrap()
        .with_accumulation(2)
        .unwrap()
        .with_non_finite(NonFinite::Zero);
    for _ in 0..2 {
        let report = optimizer
            .step([Parameter::new("w", &mut [1.0], Some(&[f64::NAN]))])
            .unwrap();
        assert_eq!(report.non_finite.len(), 1);
    }
}
