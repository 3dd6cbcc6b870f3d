//! Every rule against the values that PyTorch, Optax, pytorch_optimizer or a naive loop made: `tools/golden/optimizers.py`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ravine::average::Ema;
use ravine::{Chain, Optimizer, Parameter, Scalar, catalogue};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Whose parameters and gradients a case runs on.
#[derive(Deserialize)]
struct Data {
    parameters: BTreeMap<String, Start>,
    lr: Vec<f64>,
    gradients: Vec<BTreeMap<String, Option<Vec<f64>>>>,
    /// Estimates of the Hessian's diagonal.
    #[serde(default)]
    hessians: Vec<BTreeMap<String, Vec<f64>>>,
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
    #[serde(default = "common")]
    data: String,
    /// The data's learning rates are multiplied by it.
    #[serde(default = "one")]
    lr_factor: f64,
    /// The loss at every step, for methods that want it.
    loss: Option<Vec<f64>>,
    /// The steps, from 1, that bring the data's estimate of the Hessian's diagonal.
    #[serde(default)]
    hessian_steps: Vec<usize>,
    clip: Option<Clip>,
    ema_decay: Option<f64>,
    #[serde(default = "tolerance")]
    tolerance: f64,
    #[serde(default = "f32_tolerance")]
    f32_tolerance: f64,
    snapshots: Snapshots,
    /// By the state's name.
    #[serde(default)]
    states: BTreeMap<String, Snapshots>,
}

fn common() -> String {
    "common".to_owned()
}

fn one() -> f64 {
    1.0
}

fn tolerance() -> f64 {
    1e-12
}

fn f32_tolerance() -> f64 {
    1e-5
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

/// All cases: every file of the folder that has a recipe and no problem of its own.
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

fn chain(case: &Case) -> Result<Chain, ravine::Error> {
    let mut settings: BTreeMap<String, String> = case.settings.clone();
    if let Some(clip) = &case.clip {
        settings.insert(format!("clip_{}", clip.kind), clip.bound.to_string());
    }
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let chain = catalogue::find(&case.recipe)?.chain(&settings)?;
    Ok(match case.ema_decay {
        Some(decay) => chain.then(Ema::new().decay(decay)),
        None => chain,
    })
}

fn close<T: Scalar>(got: &[T], expected: &[f64], tolerance: f64, what: &str) -> Result<(), String> {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (got, expected) in got.iter().zip(expected) {
        let error = (got.to_f64() - expected).abs();
        let is_close = error <= tolerance * expected.abs().max(1.0);
        if !is_close {
            return Err(format!(
                "{what}: {got:?}, but {expected} was expected, off by {error:.1e}"
            ));
        }
    }
    Ok(())
}

fn replay<T: Scalar>(case: &Case, data: &Data, tolerance: f64) -> Result<(), String> {
    let last = data.lr.len();
    assert!(case.snapshots.len() > 5 && case.snapshots.keys().all(|step| *step <= last));
    assert!(case.loss.as_ref().is_none_or(|loss| loss.len() == last));
    let mut optimizer = chain(case)
        .and_then(Optimizer::<T>::new)
        .map_err(|error| format!("{}: {error}", case.case))?;
    let narrow = |values: &Vec<f64>| values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    let mut values: BTreeMap<&String, Vec<T>> = data
        .parameters
        .iter()
        .map(|(name, start)| (name, narrow(&start.values)))
        .collect();
    for (index, (lr, gradients)) in data.lr.iter().zip(&data.gradients).enumerate() {
        let gradients: BTreeMap<&String, Option<Vec<T>>> = gradients
            .iter()
            .map(|(name, g)| (name, g.as_ref().map(narrow)))
            .collect();
        optimizer.set("lr", case.lr_factor * lr).unwrap();
        let step = index + 1;
        let hessians: Option<BTreeMap<&String, Vec<T>>> =
            case.hessian_steps.contains(&step).then(|| {
                let hessians = data.hessians[index].iter();
                hessians.map(|(name, h)| (name, narrow(h))).collect()
            });
        if let Some(loss) = &case.loss {
            optimizer.set_loss(loss[index]);
        }
        let parameters = values.iter_mut().map(|(name, values)| {
            let parameter = Parameter::new(name, values, gradients[*name].as_deref())
                .shape(&data.parameters[*name].shape);
            match &hessians {
                Some(hessians) => parameter.hessian(&hessians[*name]),
                None => parameter,
            }
        });
        optimizer.step(parameters).unwrap();
        for (name, expected) in case.snapshots.get(&step).into_iter().flatten() {
            let what = format!("{} {name} at step {step}", case.case);
            close(&values[name], expected, tolerance, &what)?;
        }
        for (state, snapshots) in &case.states {
            for (name, expected) in snapshots.get(&step).into_iter().flatten() {
                let what = format!("{} {state} of {name} at step {step}", case.case);
                let got = optimizer.state(name, state);
                close(&got.expect(&what), expected, tolerance, &what)?;
            }
        }
    }
    Ok(())
}

/// Replays all cases and tells of every one that fails, where it first does.
fn replay_all<T: Scalar>(tolerance: fn(&Case) -> f64) {
    let mut data: BTreeMap<String, Data> = BTreeMap::new();
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let data = data
                .entry(case.data.clone())
                .or_insert_with_key(|name| read(&format!("{name}.json")));
            replay::<T>(case, data, tolerance(case)).err()
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn f64_agrees_to_1e_12() {
    let cases = cases();
    assert!(cases.len() >= 29, "{} cases", cases.len());
    // A case may ask for less than 1e-12, but not for less than this.
    assert!(cases.iter().all(|case| case.tolerance <= 1e-10));
    replay_all::<f64>(|case| case.tolerance);
}

#[test]
fn f32_agrees_to_1e_5() {
    replay_all::<f32>(|case| case.f32_tolerance);
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
            close(x, &snapshot["phi"][name], 1e-12, "look-ahead point").unwrap();
            let velocity = optimizer.state(name, "momentum_buffer").unwrap();
            let iterate: Vec<f64> = x
                .iter()
                .zip(velocity.iter())
                .map(|(x, v)| x + problem.beta * v)
                .collect();
            close(&iterate, &snapshot["theta"][name], 1e-12, "iterate").unwrap();
        }
    }
}
