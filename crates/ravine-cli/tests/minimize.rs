//! The command `minimize`: its answer, its trace, and its mistakes.

mod common;

use std::fs;

use common::{run, stderr, stdout};
use serde_json::Value;

fn answer(args: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &[&["minimize", "--json"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

fn is_near(value: &Value, expected: f64) -> bool {
    (value.as_f64().unwrap() - expected).abs() < 1e-6
}

#[test]
fn the_document_has_what_it_promises() {
    let document = answer(&["rosenbrock", "--method", "bfgs"]);
    assert_eq!(document["schema"], "ravine.minimize/1");
    assert!(
        document["method"]
            .as_str()
            .unwrap()
            .starts_with("bfgs with ")
    );
    assert!(is_near(&document["x"][0], 1.0) && is_near(&document["x"][1], 1.0));
    assert!(document["value"].as_f64().unwrap() < 1e-15);
    assert!(document["gradient_norm"].as_f64().unwrap() <= 1e-8);
    assert_eq!(document["stopped"], "gradient");
    assert!(document["iterations"].as_u64().unwrap() > 10);
    for part in ["value", "gradient", "hessian_vector"] {
        assert!(document["evaluations"][part].is_u64(), "{part}");
    }
}

#[test]
fn formulas_bounds_starts_and_dimensions() {
    let formula = "(1-x)^2 + 100*(y-x^2)^2";
    let free = answer(&["--expr", formula, "--start", "-1.2,1"]);
    assert!(is_near(&free["x"][0], 1.0));
    // Between bounds the minimum is at x = ½, y = ¼.
    let bounded = answer(&["--expr", formula, "--start", "0,0", "--bounds", ":0.5,-1:1"]);
    assert_eq!(bounded["method"], "lbfgsb");
    assert!(is_near(&bounded["x"][0], 0.5) && is_near(&bounded["x"][1], 0.25));
    let many = answer(&["himmelblau", "--starts", "40"]);
    assert_eq!(many["minima"].as_array().unwrap().len(), 4);
    let long = answer(&["rosenbrock", "--dimension", "30", "--method", "lbfgs"]);
    assert_eq!(long["x"].as_array().unwrap().len(), 30);
    let short = answer(&[
        "rosenbrock",
        "--method",
        "lbfgs",
        "lbfgs.memory=1",
        "wolfe.curvature=0.1",
    ]);
    let usual = answer(&["rosenbrock", "--method", "lbfgs"]);
    assert_ne!(short["evaluations"], usual["evaluations"]);
    // The same seed, the same answer; another one, another way.
    let evolved = |seed: &str| answer(&["ackley", "--method", "cma-es", "--seed", seed]);
    assert_eq!(evolved("1"), evolved("1"));
    assert_ne!(evolved("1")["x"], evolved("2")["x"]);
}

#[test]
fn the_text_says_what_was_found_and_what_it_cost() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["minimize", "beale"]);
    let text = stdout(&output);
    for part in [
        "beale (",
        "since",
        "x = 3",
        "y = 0.5",
        "reached",
        "the gradient is small enough",
        "iterations: ",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

#[test]
fn the_trace_has_every_iteration() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(
        dir.path(),
        &[
            "minimize",
            "booth",
            "--method",
            "cg-pr",
            "--trace",
            "path.jsonl",
            "--json",
        ],
    );
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let trace = fs::read_to_string(dir.path().join("path.jsonl")).unwrap();
    let lines: Vec<Value> = trace
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines.len() as u64,
        document["iterations"].as_u64().unwrap() + 1
    );
    assert_eq!(lines[0]["iteration"], 0);
    assert_eq!(lines.last().unwrap()["x"], document["x"]);
}

#[test]
fn mistakes_are_one_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    for (args, code, said) in [
        (&["minimize"][..], 2, "what is to be minimised?"),
        (&["minimize", "rosenbrok"], 2, "rosenbrock"),
        (
            &["minimize", "rosenbrock", "beale"],
            2,
            "one function at a time",
        ),
        (
            &["minimize", "beale", "--method", "lbfgs", "lbfgs.memry=3"],
            2,
            "did you mean 'memory'?",
        ),
        (
            &["minimize", "beale", "--method", "lbfgs", "memory=3"],
            2,
            "write NAME.option=value, such as lbfgs.memory=5",
        ),
        (&["minimize", "beale", "--dimension", "3"], 2, "beale"),
        (
            &["minimize", "beale", "--method", "bgfs"],
            2,
            "did you mean 'bfgs'?",
        ),
        (
            &[
                "minimize",
                "beale",
                "--step-size",
                "wulfe",
                "--method",
                "bfgs",
            ],
            2,
            "did you mean 'wolfe'?",
        ),
        (
            &["minimize", "beale", "--start", "1"],
            2,
            "the start has 1 coordinates, but the function has 2 variables",
        ),
        (
            &["minimize", "beale", "--start", "1,a"],
            2,
            "'a' is not a number",
        ),
        (
            &["minimize", "beale", "--start", "1,inf"],
            2,
            "coordinate 1 of the start is inf",
        ),
        (
            &["minimize", "beale", "--bounds", "1:0"],
            2,
            "bounded by 1 below and 0 above",
        ),
        (&["minimize", "beale", "--bounds", "3"], 2, "-5:5"),
        (
            &["minimize", "beale", "--bounds", "0:1", "--method", "bfgs"],
            2,
            "does not keep to bounds",
        ),
        (&["minimize", "beale", "--tolerance", "-1"], 2, "at least 0"),
        (&["minimize", "--expr", "(1-x^2"], 2, "^"),
        (&["minimize", "--expr", "x^2 + sn(y)"], 2, "sn"),
        (
            &["minimize", "--expr", "x^2", "--trace", "no/such/dir"],
            1,
            "no/such/dir",
        ),
        (&["minimize", "--expr", "-x"], 3, ""),
        (&["minimize", "--expr", "ln(x)", "--start", "-1"], 3, ""),
    ] {
        let output = run(dir.path(), args);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            stderr(&output)
        );
        let message = stderr(&output);
        assert!(message.contains(said), "{args:?}: {message}");
        if code < 3 {
            assert!(message.starts_with("error: "), "{message}");
        }
    }
    // A full disk is no small answer.
    if std::path::Path::new("/dev/full").exists() {
        let output = run(dir.path(), &["minimize", "booth", "--trace", "/dev/full"]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    }
}
