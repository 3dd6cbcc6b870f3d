//! Saved states: the layout, and what is refused.

use std::fs;

use crate::common::Network;
use ravine::average::Ema;
use ravine::rule::{ClipGlobalNorm, WeightDecay};
use ravine::{Chain, Error, Optimizer, Parameter, adam, momentum, sgd};
use safetensors::SafeTensors;

fn trained(names: &[&str]) -> Optimizer<f32> {
    let mut optimizer = Optimizer::new(adam(0.1)).unwrap();
    let mut values = vec![[0.5_f32; 6]; names.len()];
    let parameters = names.iter().zip(&mut values);
    let gradient = [0.1_f32; 6];
    optimizer
        .step(parameters.map(|(name, v)| Parameter::new(name, v, Some(&gradient)).shape(&[2, 3])))
        .unwrap();
    optimizer
}

#[test]
fn the_layout_is_safetensors_by_names() {
    let bytes = trained(&["a.weight", "b.weight"]).to_bytes().unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = tensors.names();
    names.sort();
    assert_eq!(
        names,
        [
            "a.weight/exp_avg",
            "a.weight/exp_avg_sq",
            "b.weight/exp_avg",
            "b.weight/exp_avg_sq"
        ]
    );
    assert_eq!(tensors.tensor("a.weight/exp_avg").unwrap().shape(), [2, 3]);
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let header: serde_json::Value =
        serde_json::from_str(&metadata.metadata().as_ref().unwrap()["ravine.optimizer"]).unwrap();
    assert_eq!(header["version"], 1);
    assert_eq!(header["steps"], 1);
    assert_eq!(
        header["chain"],
        serde_json::json!(["adam", "learning_rate"])
    );
    assert_eq!(header["parameters"]["b.weight"]["updates"], 1);
}

#[test]
fn a_file_continues_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("optimizer.safetensors");
    let chain = || {
        Chain::from(ClipGlobalNorm::new().clip_global_norm(0.7))
            .then(WeightDecay::new().weight_decay(0.1))
            .then(adam(0.1))
            .then(Ema::new())
    };
    let mut whole = Network::<f32>::new(&[70, 9]);
    let mut optimizer = Optimizer::new(chain()).unwrap();
    whole.train(&mut optimizer, 0..20);

    let mut cut = Network::<f32>::new(&[70, 9]);
    let mut first = Optimizer::new(chain()).unwrap();
    cut.train(&mut first, 0..11);
    first.save(&path).unwrap();
    let mut second = Optimizer::new(chain()).unwrap();
    second.load(&path).unwrap();
    cut.train(&mut second, 11..20);
    assert_eq!(cut, whole);
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing is left beside the file");
}

#[test]
fn one_error_lists_all_that_does_not_fit_and_nothing_changes() {
    let saved = trained(&["a", "b"]).to_bytes().unwrap();
    let mut other = Optimizer::<f32>::new(adam(0.1)).unwrap();
    let (mut a, mut c) = ([0.0_f32; 6], [0.0_f32; 2]);
    other
        .step([
            Parameter::new("a", &mut a, Some(&[1.0_f32; 6])).shape(&[3, 2]),
            Parameter::new("c", &mut c, Some(&[1.0_f32; 2])),
        ])
        .unwrap();
    let before = other.to_bytes().unwrap();
    let error = other.from_bytes(&saved).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the saved state does not fit this optimiser, and nothing was loaded:\n  \
         - parameter 'a' has shape [3, 2], but [2, 3] in the file\n  \
         - parameter 'c' is not in the file\n  \
         - parameter 'b' in the file is not known here"
    );
    assert_eq!(other.to_bytes().unwrap(), before);
}

#[test]
fn another_chain_or_precision_is_refused() {
    let saved = trained(&["a"]).to_bytes().unwrap();
    let error = Optimizer::<f32>::new(momentum(0.1))
        .unwrap()
        .from_bytes(&saved)
        .unwrap_err();
    assert!(
        error.to_string().contains(
            "states [exp_avg, exp_avg_sq] of the chain adam → learning_rate, but this optimiser keeps [momentum_buffer] of the chain \
             momentum → learning_rate"
        ),
        "{error}"
    );
    let error = Optimizer::<f64>::new(adam(0.1))
        .unwrap()
        .from_bytes(&saved)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the saved state does not fit this optimiser, and nothing was loaded:\n  \
         - tensor 'a/exp_avg' is of type F32, but this optimiser computes in F64\n  \
         - tensor 'a/exp_avg_sq' is of type F32, but this optimiser computes in F64"
    );
}

#[test]
fn a_velocity_with_the_learning_rate_inside_is_another_one() {
    let chain = |form| {
        let momentum = ravine::catalogue::find("momentum").unwrap();
        momentum.chain(&[("form", form)]).unwrap()
    };
    let mut optimizer = Optimizer::<f32>::new(chain("pytorch")).unwrap();
    optimizer
        .step([Parameter::new("w", &mut [0.0], Some(&[1.0]))])
        .unwrap();
    let saved = optimizer.to_bytes().unwrap();
    assert!(
        Optimizer::<f32>::new(chain("lecture"))
            .unwrap()
            .from_bytes(&saved)
            .is_err()
    );
    assert!(
        Optimizer::<f32>::new(chain("pytorch"))
            .unwrap()
            .from_bytes(&saved)
            .is_ok()
    );
}

#[test]
fn a_new_name_is_refused_while_a_loaded_one_is_missing() {
    let loaded = || {
        let mut optimizer = Optimizer::<f32>::new(adam(0.1)).unwrap();
        optimizer
            .from_bytes(&trained(&["a"]).to_bytes().unwrap())
            .unwrap();
        optimizer
    };
    let (mut a, mut b, gradient) = ([0.0_f32; 6], [0.0_f32; 6], [1.0_f32; 6]);
    let mut renamed = loaded();
    let error = renamed
        .step([Parameter::new("renamed", &mut a, Some(&gradient)).shape(&[2, 3])])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "parameter 'renamed': is not in the loaded state, of which 'a' did not come; was it renamed?"
    );
    // Beside all that was loaded, a new parameter is a new parameter: a head that is trained later.
    loaded()
        .step([
            Parameter::new("head", &mut b, Some(&gradient)),
            Parameter::new("a", &mut a, Some(&gradient)).shape(&[2, 3]),
        ])
        .unwrap();
}

#[test]
fn files_that_are_none_are_refused() {
    let mut optimizer = Optimizer::<f32>::new(sgd(0.1)).unwrap();
    for bytes in [&b""[..], b"nonsense", &[0xFF; 64]] {
        assert!(matches!(
            optimizer.from_bytes(bytes),
            Err(Error::Format { .. })
        ));
    }
    let mut cut = trained(&["a"]).to_bytes().unwrap();
    cut.truncate(cut.len() - 3);
    assert!(matches!(
        optimizer.from_bytes(&cut),
        Err(Error::Format { .. })
    ));
    let missing = optimizer.load("no/such/file").unwrap_err().to_string();
    assert!(missing.starts_with("no/such/file: "), "{missing}");
    assert!(optimizer.save("no/such/folder/file").is_err());
}

/// A file whose header says this in the place of something it said.
fn tampered(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let header = metadata.metadata().as_ref().unwrap()["ravine.optimizer"].replace(from, to);
    let header = std::collections::HashMap::from([("ravine.optimizer".to_string(), header)]);
    safetensors::serialize(tensors.tensors(), Some(header)).unwrap()
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    let saved = trained(&["a"]).to_bytes().unwrap();
    for (from, to) in [
        ("\"steps\":1", "\"steps\":18446744073709551615"),
        ("\"updates\":1", "\"updates\":18446744073709551615"),
        ("\"updates\":1", "\"updates\":2"),
        ("[2,3]", "[18446744073709551615,2]"),
        ("[2,3]", "[3,2]"),
    ] {
        let bytes = tampered(&saved, from, to);
        assert_ne!(bytes, saved, "{from}");
        let mut optimizer = Optimizer::<f32>::new(adam(0.1)).unwrap();
        assert!(optimizer.from_bytes(&bytes).is_err(), "{to}");
        assert_eq!(optimizer.steps(), 0);
    }
}

#[test]
fn a_learning_rate_of_one_fits_any_other() {
    let mut optimizer = Optimizer::<f64>::new(momentum(1.0)).unwrap();
    optimizer
        .step([Parameter::new("w", &mut [1.0], Some(&[0.5]))])
        .unwrap();
    let mut other = Optimizer::<f64>::new(momentum(0.5)).unwrap();
    other.from_bytes(&optimizer.to_bytes().unwrap()).unwrap();
}

#[test]
fn a_name_of_all_parameters_is_refused() {
    let mut optimizer = Optimizer::<f64>::new(adam(0.1)).unwrap();
    let error = optimizer
        .step([Parameter::new("*", &mut [1.0], Some(&[0.5]))])
        .unwrap_err();
    assert!(error.to_string().contains("give it another"), "{error}");
}
