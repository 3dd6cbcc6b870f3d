//! The main job, with tiny budgets: what is printed, what is written, how it exits.

mod common;

use std::fs;

use common::{TINY, document, numbers, run, stderr, stdout};
use serde_json::Value;

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut args = TINY.to_vec();
    args.extend_from_slice(more);
    args
}

#[test]
fn the_json_document_has_its_schema() {
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "compare",
        "--model=softmax",
        "--optimizers=sgd,adam",
        "--epochs=2",
        "--trials=2",
        "--tuning-seeds=1",
        "--seeds=2",
        "--out=run",
        "--json",
        "extend=0",
    ];
    let output = run(dir.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["schema"], "ravine.compare/1");
    assert_eq!(printed["task"], "classification");
    assert_eq!(printed["config"]["model"]["kind"], "softmax");
    assert_eq!(printed["target"]["metric"], "validation_accuracy");
    assert!(printed["seconds"].as_f64().unwrap() > 0.0);
    assert!(
        printed["command"]
            .as_str()
            .unwrap()
            .starts_with("ravine compare --model=softmax")
    );
    assert!(printed["machine"]["cores"].as_u64().unwrap() > 0);
    let ranking = printed["ranking"].as_array().unwrap();
    assert_eq!(ranking.len(), 2);
    for ranked in ranking {
        for results in [ranked, &ranked["default"]] {
            assert!(results["lr"].as_f64().unwrap() > 0.0);
            for quantity in ["validation_loss", "test_accuracy", "test_loss"] {
                let summary = &results[quantity];
                let at = |name: &str| summary[name].as_f64().unwrap();
                assert!(at("low") <= at("median") && at("median") <= at("high"));
                assert_eq!(summary["n"], 2);
            }
            assert_eq!(results["failures"], 0);
            assert_eq!(results["steps_to_target"]["n"], 2);
            assert!(results["seconds_to_target"]["reached"].is_u64());
        }
    }
    let accuracy = |place: usize| ranking[place]["test_accuracy"]["median"].as_f64().unwrap();
    assert!(accuracy(0) >= accuracy(1));
    assert_eq!(printed["trials"].as_array().unwrap().len(), 2 * (2 + 2 + 2));
    assert!(printed.get("curves").is_none());

    let mut written = document(&dir.path().join("run"));
    let curves = written.as_object_mut().unwrap().remove("curves").unwrap();
    assert_eq!(curves.as_object().unwrap().len(), 4);
    assert_eq!(numbers(written), numbers(printed));
}

#[test]
fn the_run_directory_is_complete_and_the_page_can_be_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &with(&["--out=run"]));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for name in [
        "config.toml",
        "meta.json",
        "metrics.jsonl",
        "compare.json",
        "report.html",
    ] {
        assert!(dir.path().join("run").join(name).exists(), "{name}");
    }
    let page = fs::read(dir.path().join("run/report.html")).unwrap();
    fs::remove_file(dir.path().join("run/report.html")).unwrap();
    let output = run(dir.path(), &["report", "run"]);
    assert_eq!(stdout(&output), "run/report.html\n");
    assert_eq!(fs::read(dir.path().join("run/report.html")).unwrap(), page);

    let again = run(
        dir.path(),
        &["compare", "--config=run/config.toml", "--out=run", "--json"],
    );
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    let meta: Value =
        serde_json::from_slice(&fs::read(dir.path().join("run/meta.json")).unwrap()).unwrap();
    assert_eq!(
        (&meta["exit"], &meta["version"]),
        (&"done".into(), &env!("CARGO_PKG_VERSION").into())
    );
    assert!(
        meta["command"]
            .as_str()
            .unwrap()
            .ends_with("--seeds=1 --out=run")
    );
}

#[test]
fn the_table_is_on_standard_output_and_fits_100_columns() {
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "compare",
        "--epochs=1",
        "--trials=1",
        "--tuning-seeds=1",
        "--seeds=2",
    ];
    let output = run(dir.path(), &args);
    let text = stdout(&output);
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    assert!(
        text.contains(" comes first: median test accuracy")
            || text.contains(" wins: median test accuracy"),
        "{text}"
    );
    let page = text.trim_end().rsplit("page: ").next().unwrap();
    assert!(page.starts_with("runs/compare-20"), "{text}");
    assert!(dir.path().join(page).exists());
    assert!(
        stderr(&output).starts_with("40 runs, "),
        "{}",
        stderr(&output)
    );
    let quiet = run(dir.path(), &with(&["--quiet"]));
    assert_eq!(stderr(&quiet), "");
}

#[test]
fn a_table_of_numbers_is_regressed() {
    let dir = tempfile::tempdir().unwrap();
    let rows: String = (0..60)
        .map(|i| format!("{}.25,{},{}\n", i, (i * 7) % 11, f64::from(i) * 0.31 + 0.07))
        .collect();
    fs::write(dir.path().join("line.csv"), format!("x,noise,y\n{rows}")).unwrap();
    let args = with(&[
        "--data=line.csv",
        "data.label=y",
        "target=loss:0.5",
        "--json",
        "--out=run",
    ]);
    let output = run(dir.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["task"], "regression");
    assert!(printed["ranking"][0]["test_accuracy"].is_null());
    assert!(printed["ranking"][0]["test_loss"]["median"].is_f64());
    let table = run(
        dir.path(),
        &args
            .iter()
            .copied()
            .filter(|a| *a != "--json")
            .collect::<Vec<_>>(),
    );
    assert!(
        stdout(&table).contains("\nsgd at learning rate ")
            && stdout(&table).contains(": median test loss "),
        "{}",
        stdout(&table)
    );

    let wrong = run(
        dir.path(),
        &with(&["--data=line.csv", "target=accuracy:0.9"]),
    );
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));
}

#[test]
fn schedule_and_target_have_flags() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(
        dir.path(),
        &with(&[
            "--schedule=warmup-cosine",
            "--target",
            "loss:0.25",
            "schedule=linear",
            "--print-config",
        ]),
    );
    let text = stdout(&output);
    assert!(text.contains("schedule = \"warmup-cosine\""), "{text}");
    assert!(text.contains("target = \"loss:0.25\""), "{text}");
}

#[test]
fn exit_codes_tell_divergence_and_a_missed_target() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &with(&["sgd.weight_decay=1e30"]));
    assert_eq!(
        output.status.code(),
        Some(3),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    assert!(stdout(&output).contains("failed"), "{}", stdout(&output));
    let output = run(
        dir.path(),
        &with(&["target=accuracy:1", "--require-target"]),
    );
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    let output = run(
        dir.path(),
        &with(&["target=accuracy:0.01", "--require-target"]),
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn another_configuration_in_the_same_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &with(&["--out=run"]));
    let before = fs::read(dir.path().join("run/metrics.jsonl")).unwrap();
    let output = run(
        dir.path(),
        &with(&["--out=run", "batch=32", "sgd.weight_decay=0.1"]),
    );
    assert_eq!(output.status.code(), Some(2));
    let errors = stderr(&output);
    assert!(errors.contains("\n  batch: 64 there, 32 now\n"), "{errors}");
    assert!(
        errors.contains("\n  sgd.weight_decay: not set there, 0.1 now"),
        "{errors}"
    );
    assert_eq!(
        fs::read(dir.path().join("run/metrics.jsonl")).unwrap(),
        before
    );
}

#[test]
fn the_printed_configuration_is_one_that_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let first = run(
        dir.path(),
        &with(&[
            "adam.beta1=0.8",
            "model.init=xavier-normal",
            "--print-config",
        ]),
    );
    assert!(stderr(&first).contains("warning: the settings of 'adam'"));
    fs::write(dir.path().join("c.toml"), &first.stdout).unwrap();
    let second = run(
        dir.path(),
        &["compare", "--config=c.toml", "--print-config"],
    );
    assert_eq!(stdout(&first), stdout(&second));
    let changed = run(
        dir.path(),
        &[
            "compare",
            "--config=c.toml",
            "--epochs=9",
            "epochs=8",
            "--print-config",
        ],
    );
    assert!(stdout(&changed).contains("epochs = 9"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
