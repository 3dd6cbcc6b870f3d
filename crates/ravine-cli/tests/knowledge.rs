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
        ("schedules", "schedules"),
        ("models", "models"),
        ("data", "data"),
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
        "8 bytes per parameter in f32",
        "Kingma",
    ] {
        assert!(adam.contains(part), "{part}: {adam}");
    }
    let adam = json(&["explain", "adam", "--json"]);
    assert_eq!(adam["kind"], "optimizer");
    assert_eq!(adam["bytes_per_parameter"], 8);
    assert!(adam["formula"].as_str().unwrap().contains('←'));
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
