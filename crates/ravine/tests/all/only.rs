//! Links for some of the parameters, by every kind of measure, on slices and on tensors.

use crate::common::{Naive, numbers};
use ravine::rule::{Adam, Cautious, ClipGlobalNorm, ClipNorm, DoG, LearningRate, Lion, NovoGrad};
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Chain, Error, Optimizer, Parameter, Selection};

const STEPS: u64 = 12;
const LEN: usize = 40;

fn gradient(which: u64, step: u64) -> Vec<f32> {
    numbers(which + 10 * step, LEN)
}

/// `w` and `b` trained together, or one of them alone.
fn train(chain: &Chain, names: &[&str]) -> Vec<Vec<f32>> {
    let mut optimizer = Optimizer::new(chain.clone()).unwrap();
    let seed = |name: &str| u64::from(name == "w");
    let mut values: Vec<Vec<f32>> = names.iter().map(|n| numbers(seed(n) + 1, LEN)).collect();
    for step in 0..STEPS {
        let gradients: Vec<Vec<f32>> = names.iter().map(|n| gradient(seed(n), step)).collect();
        let parameters = names.iter().zip(&mut values).zip(&gradients);
        optimizer
            .step(parameters.map(|((name, values), g)| Parameter::new(name, values, Some(g))))
            .unwrap();
    }
    values
}

/// The same on tensors.
fn train_tensors(chain: &Chain, names: &[&str]) -> Vec<Vec<f32>> {
    let mut optimizer = TensorOptimizer::new(chain.clone(), Naive).unwrap();
    let seed = |name: &str| u64::from(name == "w");
    let mut parameters: Vec<_> = names
        .iter()
        .map(|name| TensorParameter {
            name: (*name).to_string(),
            shape: vec![LEN],
            values: numbers(seed(name) + 1, LEN),
            gradient: None,
            hessian: None,
        })
        .collect();
    for step in 0..STEPS {
        for (parameter, name) in parameters.iter_mut().zip(names) {
            parameter.gradient = Some(gradient(seed(name), step));
        }
        optimizer.step(&mut parameters).unwrap();
    }
    parameters
        .into_iter()
        .map(|parameter| parameter.values)
        .collect()
}

fn close(a: &[f32], b: &[f32], what: &str) {
    for (a, b) in a.iter().zip(b) {
        assert!(
            (a - b).abs() <= 1e-5 * b.abs().max(1.0),
            "{what}: {a} and {b}"
        );
    }
}

#[test]
fn who_passes_by_has_no_part_in_any_measure() {
    let only = |chain: Chain| chain.only(Selection::matching("w"));
    let lr = || LearningRate::new().lr(0.1);
    let measures: [(&str, Chain); 6] = [
        ("nothing", Chain::from(Adam::new())),
        ("norm", Chain::from(ClipNorm::new().clip_norm(0.3))),
        (
            "global norm",
            Chain::from(ClipGlobalNorm::new().clip_global_norm(0.3)),
        ),
        ("sums", Chain::from(Cautious::new())),
        ("global sums, remembered for all", Chain::from(DoG::new())),
        ("norm, remembered for each", Chain::from(NovoGrad::new())),
    ];
    for (what, link) in measures {
        // First in the chain, and behind another link.
        for before in [Chain::default(), Chain::from(Lion::new())] {
            let restricted = before.clone().join(only(link.clone())).then(lr());
            let with = before.clone().join(link.clone()).then(lr());
            let without = before.then(lr());
            let together = train(&restricted, &["w", "b"]);
            close(
                &together[0],
                &train(&with, &["w"])[0],
                &format!("{what}: w"),
            );
            close(
                &together[1],
                &train(&without, &["b"])[0],
                &format!("{what}: b"),
            );
            let turned = train(&restricted, &["b", "w"]);
            assert_eq!(
                (&turned[1], &turned[0]),
                (&together[0], &together[1]),
                "{what}"
            );
            let tensors = train_tensors(&restricted, &["w", "b"]);
            close(&tensors[0], &together[0], &format!("{what}: w on tensors"));
            close(&tensors[1], &together[1], &format!("{what}: b on tensors"));
        }
    }
}

#[test]
fn states_are_kept_for_those_that_pass_through() {
    let chain = |which: &str| {
        Chain::from(Lion::new())
            .only(Selection::matching(which))
            .then(LearningRate::new().lr(0.1))
    };
    let mut optimizer = Optimizer::<f64>::new(chain("w")).unwrap();
    let (mut w, mut b) = ([1.0], [1.0]);
    optimizer
        .step([
            Parameter::new("w", &mut w, Some(&[0.5])),
            Parameter::new("b", &mut b, Some(&[0.5])),
        ])
        .unwrap();
    assert_eq!((w, b), ([0.9], [0.95]));
    assert!(optimizer.state("w", "exp_avg").is_some());
    assert!(optimizer.state("b", "exp_avg").is_none());

    // A state that belongs to the other parameter is not taken for this one's.
    let mut other = Optimizer::<f64>::new(chain("b")).unwrap();
    let error = other
        .from_bytes(&optimizer.to_bytes().unwrap())
        .unwrap_err();
    assert!(
        error.to_string().contains("does not pass through"),
        "{error}"
    );
    assert!(matches!(error, Error::Mismatch { .. }));
}

#[test]
fn ranks_want_shapes() {
    let matrices = Selection::rank_below(2).inverted();
    let chain = Chain::from(Lion::new())
        .only(matrices)
        .then(LearningRate::new());
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let error = optimizer
        .step([Parameter::new("w", &mut [1.0], Some(&[0.5]))])
        .unwrap_err();
    assert!(error.to_string().contains("has no shape"), "{error}");
}
