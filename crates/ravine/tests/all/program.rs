//! The recorded program against the compiled kernel, for every recipe in every form.

use crate::common::{Naive, Network, recipes, train_tensors};
use ravine::rule::Measure;
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Error, NonFinite, Optimizer, catalogue};

#[test]
fn program_and_kernel_agree() {
    for (name, chain) in recipes() {
        let measures = chain.clone().without_idle().parts();
        let mut sliced = Network::<f32>::new(&[1, 37, 700]);
        let mut tensors = sliced.clone();
        let mut optimizer = Optimizer::new(chain.clone()).unwrap();
        let mut interpreter = TensorOptimizer::new(chain.clone(), Naive).unwrap();
        for step in 0..25 {
            sliced.train(&mut optimizer, step..step + 1);
            train_tensors(&mut tensors, &mut interpreter, step..step + 1);
            // A sum is made in another order, so what depends on one may differ in its last bits.
            let exact = measures.iter().all(|part| part.measure == Measure::Nothing);
            for (a, b) in sliced
                .values
                .iter()
                .flatten()
                .zip(tensors.values.iter().flatten())
            {
                let close = (a - b).abs() <= 2e-5 * a.abs().max(1.0);
                assert!(
                    if exact { a == b } else { close },
                    "{name}, step {step}: {a} and {b}"
                );
            }
        }
        for state in chain.clone().without_idle().states() {
            for parameter in &sliced.names {
                let (a, b) = (
                    optimizer.state(parameter, &state),
                    interpreter.state(parameter, &state),
                );
                assert_eq!(
                    a.map(|state| state.len()),
                    b.map(Vec::len),
                    "{name} {parameter}/{state}"
                );
            }
        }
    }
}

#[test]
fn both_routes_read_each_others_files() {
    for (name, chain) in recipes() {
        let mut network = Network::<f32>::new(&[5, 40]);
        let mut optimizer = Optimizer::new(chain.clone()).unwrap();
        network.train(&mut optimizer, 0..9);
        let saved = optimizer.to_bytes().unwrap();
        let mut interpreter = TensorOptimizer::new(chain, Naive).unwrap();
        interpreter.from_bytes(&saved).unwrap();
        assert_eq!(interpreter.to_bytes().unwrap(), saved, "{name}");
        assert_eq!(interpreter.steps(), 9);
    }
}

#[test]
fn tensors_follow_the_policies_for_bad_gradients() {
    let parameters = |gradient: Vec<f32>| {
        vec![TensorParameter {
            name: "w".to_string(),
            shape: vec![3],
            values: vec![1.0, 2.0, 3.0],
            gradient: Some(gradient),
            hessian: None,
        }]
    };
    let bad = vec![1.0, f32::NAN, f32::INFINITY];
    let chain = || {
        catalogue::find("adam")
            .unwrap()
            .chain(&[("lr", "0.1")])
            .unwrap()
    };

    let mut stop = TensorOptimizer::new(chain(), Naive).unwrap();
    let mut values = parameters(bad.clone());
    let error = stop.step(&mut values).unwrap_err();
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
    assert_eq!(values[0].values, [1.0, 2.0, 3.0]);
    assert_eq!(stop.steps(), 0);

    let mut skip = TensorOptimizer::new(chain(), Naive)
        .unwrap()
        .with_non_finite(NonFinite::Skip);
    let report = skip.step(&mut values).unwrap();
    assert!(report.skipped && report.non_finite[0].count == 2);
    assert_eq!(values[0].values, [1.0, 2.0, 3.0]);

    let mut zero = TensorOptimizer::new(chain(), Naive)
        .unwrap()
        .with_non_finite(NonFinite::Zero);
    zero.step(&mut values).unwrap();
    let mut expected = parameters(vec![1.0, 0.0, 0.0]);
    TensorOptimizer::new(chain(), Naive)
        .unwrap()
        .step(&mut expected)
        .unwrap();
    assert_eq!(values[0].values, expected[0].values);
}
