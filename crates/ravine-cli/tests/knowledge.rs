//! `list`, `explain` and the help.

mod common;

use common::{run, stdout};
use serde_json::Value;

fn text(args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), args);
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    stdout(&output)
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&text(args)).unwrap()
}

#[test]
fn every_name_that_is_listed_can_be_explained() {
    for (what, key) in [
        ("optimizers", "optimizers"),
        ("links", "links"),
        ("schedules", "schedules"),
        ("models", "models"),
        ("data", "data"),
        ("methods", "methods"),
        ("step-sizes", "step_sizes"),
        ("problems", "problems"),
    ] {
        let listed = json(&["list", what, "--json"]);
        assert_eq!(listed["schema"], "ravine.list/1");
        let table = text(&["list", what]);
        for thing in listed[key].as_array().unwrap() {
            let name = thing["name"].as_str().unwrap();
            assert!(table.contains(name));
            assert!(text(&["explain", name]).starts_with(&format!("{name}: ")));
            assert_eq!(
                json(&["explain", name, "--json"])["schema"],
                "ravine.explain/1"
            );
        }
    }
}

#[test]
fn adam_is_explained() {
    let adam = text(&["explain", "adam"]);
    for part in [
        "exp_avg ←",
        "beta1",
        "[0, 1)",
        "bytes per parameter: 8 in f32, 4 in bf16",
        "Kingma",
    ] {
        assert!(adam.contains(part), "{part}: {adam}");
    }
    let adam = json(&["explain", "adam", "--json"]);
    assert_eq!(adam["kind"], "optimizer");
    assert_eq!(adam["bytes_per_parameter"]["f32"], 8.0);
    assert_eq!(
        adam["needs"],
        serde_json::json!({ "loss": false, "hessian": false })
    );
    assert_eq!(adam["choices"][0]["words"][0], "false");
    assert!(adam["formula"].as_str().unwrap().contains('←'));
}

#[test]
fn methods_are_explained_with_formula_options_and_source() {
    for (name, parts) in [
        (
            "cma-es",
            [
                "cma-es.restarts",
                "none, or ipop:runs",
                "Hansen",
                "keeps to bounds",
            ],
        ),
        (
            "lbfgs",
            ["ρᵢ = 1/sᵢᵀyᵢ", "lbfgs.memory", "wolfe", "Nocedal"],
        ),
        (
            "wolfe",
            ["c₁αφ′(0)", "wolfe.curvature", "0.9", "algorithms 3.5"],
        ),
        // What its estimator says is part of it.
        ("spsa", ["spsa.stability", "Δᵢ", "a/(A + k + 1)^α", "Spall"]),
    ] {
        let explained = text(&["explain", name]);
        for part in parts {
            assert!(explained.contains(part), "{part}: {explained}");
        }
        assert!(!explained.contains('`') && !explained.contains("](") && !explained.contains("[`"));
    }
    let options = &json(&["explain", "cma-es", "--json"])["options"];
    let restarts = options
        .as_array()
        .unwrap()
        .iter()
        .find(|o| o["name"] == "restarts");
    assert_eq!(restarts.unwrap()["default"], "none");
}

#[test]
fn a_link_is_explained_by_either_name() {
    let link = text(&["explain", "clip-norm"]);
    assert_eq!(text(&["explain", "clip_norm"]), link);
    for part in ["u ← min(1, c/‖g‖)·g", "clip_norm", "(0, ∞]"] {
        assert!(link.contains(part), "{part}: {link}");
    }
    assert!(!link.contains("x ← x − u"), "{link}");
    assert!(text(&["explain", "ema"]).contains("the end of a chain"));
    assert_eq!(json(&["explain", "ema", "--json"])["kind"], "link");
}

#[test]
fn lists_fit_in_100_columns() {
    for what in ["optimizers", "links"] {
        for line in text(&["list", what]).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn every_help_has_examples() {
    for args in [
        &["--help"][..],
        &["compare", "--help"],
        &["list", "--help"],
        &["explain", "--help"],
        &["report", "--help"],
    ] {
        let help = text(args);
        assert!(help.contains("Example"), "{args:?}");
        assert!(help.contains("  ravine "), "{args:?}");
    }
    assert!(text(&["--version"]).starts_with("ravine "));
}
