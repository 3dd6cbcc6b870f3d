//! Every rule against the values that PyTorch, Optax or a naive loop made: `tools/golden/optimizers.py`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ravine::average::Ema;
use ravine::{Chain, Optimizer, Parameter, Scalar, catalogue};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Common {
    parameters: BTreeMap<String, Start>,
    lr: Vec<f64>,
    gradients: Vec<BTreeMap<String, Option<Vec<f64>>>>,
}

#[derive(Deserialize)]
struct Start {
    shape: Vec<usize>,
    values: Vec<f64>,
}

type Snapshots = BTreeMap<usize, BTreeMap<String, Vec<f64>>>;

#[derive(Deserialize)]
struct Case {
    case: String,
    recipe: String,
    settings: BTreeMap<String, String>,
    clip: Option<Clip>,
    ema_decay: Option<f64>,
    snapshots: Snapshots,
    ema: Option<Snapshots>,
}

#[derive(Deserialize)]
struct Clip {
    kind: String,
    bound: f64,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All cases: every file of the folder that has a recipe and runs on the common gradients.
fn cases() -> Vec<Case> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let values = names
        .iter()
        .map(|name| (name, read::<serde_json::Value>(name)));
    values
        .filter(|(_, value)| value.get("recipe").is_some() && value.get("A").is_none())
        .map(|(name, value)| {
            serde_json::from_value(value).unwrap_or_else(|error| panic!("{name}: {error}"))
        })
        .collect()
}

fn chain(case: &Case) -> Chain {
    let mut settings: BTreeMap<String, String> = case.settings.clone();
    if let Some(clip) = &case.clip {
        settings.insert(format!("clip_{}", clip.kind), clip.bound.to_string());
    }
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let chain = catalogue::find(&case.recipe)
        .unwrap()
        .chain(&settings)
        .unwrap();
    match case.ema_decay {
        Some(decay) => chain.then(Ema::new().decay(decay)),
        None => chain,
    }
}

fn close<T: Scalar>(got: &[T], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (got, expected) in got.iter().zip(expected) {
        let error = (got.to_f64() - expected).abs();
        assert!(
            error <= tolerance * expected.abs().max(1.0),
            "{what}: {got:?}, but {expected} was expected"
        );
    }
}

fn replay<T: Scalar>(case: &Case, common: &Common, tolerance: f64) {
    let mut optimizer = Optimizer::<T>::new(chain(case)).unwrap();
    let narrow = |values: &Vec<f64>| values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    let mut values: BTreeMap<&String, Vec<T>> = common
        .parameters
        .iter()
        .map(|(name, start)| (name, narrow(&start.values)))
        .collect();
    for (index, (lr, gradients)) in common.lr.iter().zip(&common.gradients).enumerate() {
        let gradients: BTreeMap<&String, Option<Vec<T>>> = gradients
            .iter()
            .map(|(name, g)| (name, g.as_ref().map(narrow)))
            .collect();
        optimizer.set("lr", *lr).unwrap();
        let parameters = values.iter_mut().map(|(name, values)| {
            Parameter::new(name, values, gradients[*name].as_deref())
                .shape(&common.parameters[*name].shape)
        });
        optimizer.step(parameters).unwrap();
        let step = index + 1;
        for (name, expected) in case.snapshots.get(&step).into_iter().flatten() {
            let what = format!("{} {name} at step {step}", case.case);
            close(&values[name], expected, tolerance, &what);
        }
        let averages = case.ema.as_ref().and_then(|ema| ema.get(&step));
        for (name, expected) in averages.into_iter().flatten() {
            // A parameter that has had no gradient yet has no average; PyTorch's stands at the start.
            let ema = optimizer.state(name, "ema").unwrap_or(&values[name]);
            close(
                ema,
                expected,
                tolerance,
                &format!("{} ema of {name} at step {step}", case.case),
            );
        }
    }
    assert!(case.snapshots.keys().all(|step| *step <= common.lr.len()) && case.snapshots.len() > 5);
}

#[test]
fn f64_agrees_to_1e_12() {
    let common: Common = read("common.json");
    let cases = cases();
    assert!(cases.len() >= 29, "{} cases", cases.len());
    for case in &cases {
        replay::<f64>(case, &common, 1e-12);
    }
}

#[test]
fn f32_agrees_to_1e_5() {
    let common: Common = read("common.json");
    for case in cases() {
        replay::<f32>(&case, &common, 1e-5);
    }
}

#[test]
fn every_recipe_has_a_case() {
    let cases = cases();
    for recipe in catalogue::all() {
        assert!(
            cases.iter().any(|case| case.recipe == recipe.name),
            "{}",
            recipe.name
        );
    }
}

/// The lecture's Nesterov, with the gradient at the look-ahead point, on a quadratic.
#[test]
fn nesterov_at_the_look_ahead_point() {
    #[derive(Deserialize)]
    struct Problem {
        #[serde(rename = "A")]
        a: BTreeMap<String, Vec<Vec<f64>>>,
        theta0: BTreeMap<String, Vec<f64>>,
        lr: Vec<f64>,
        beta: f64,
        snapshots: BTreeMap<usize, BTreeMap<String, BTreeMap<String, Vec<f64>>>>,
    }
    let problem: Problem = read("nesterov_lecture.json");
    let settings = [("form", "lecture"), ("momentum", &problem.beta.to_string())];
    let chain = catalogue::find("nesterov")
        .unwrap()
        .chain(&settings)
        .unwrap();
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut points = problem.theta0.clone();
    for (index, lr) in problem.lr.iter().enumerate() {
        optimizer.set("lr", *lr).unwrap();
        let gradients: BTreeMap<String, Vec<f64>> = points
            .iter()
            .map(|(name, x)| {
                let dot = |row: &Vec<f64>| row.iter().zip(x).map(|(a, x)| a * x).sum();
                (name.clone(), problem.a[name].iter().map(dot).collect())
            })
            .collect();
        let parameters = points
            .iter_mut()
            .map(|(name, x)| Parameter::new(name, x, gradients.get(name).map(Vec::as_slice)));
        optimizer.step(parameters).unwrap();
        let Some(snapshot) = problem.snapshots.get(&(index + 1)) else {
            continue;
        };
        for (name, x) in &points {
            close(x, &snapshot["phi"][name], 1e-12, "look-ahead point");
            let velocity = optimizer.state(name, "momentum_buffer").unwrap();
            let iterate: Vec<f64> = x
                .iter()
                .zip(velocity)
                .map(|(x, v)| x + problem.beta * v)
                .collect();
            close(&iterate, &snapshot["theta"][name], 1e-12, "iterate");
        }
    }
}
