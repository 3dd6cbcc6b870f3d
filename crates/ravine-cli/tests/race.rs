//! The command `race`: its page, its picture in the terminal, its table, and its mistakes.

mod common;

use std::fs;

use common::{ravine, run, stderr, stdout};

#[test]
fn a_race_leaves_a_page_and_a_table() {
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "race",
        "rosenbrock",
        "--optimizers=sgd,adam,bfgs",
        "--steps=50",
        "--tune",
    ];
    let output = run(dir.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = stdout(&output);
    for expected in [
        "A  sgd",
        "B  adam",
        "C  bfgs",
        "above minimum",
        "evaluations",
        "page: race.html",
    ] {
        assert!(table.contains(expected), "{expected} is missing:\n{table}");
    }
    let page = fs::read_to_string(dir.path().join("race.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("ravine.race/1"));
    assert!(page.contains("ravine race rosenbrock --optimizers=sgd,adam,bfgs"));
    // The same command, the same bytes.
    run(dir.path(), &args);
    assert_eq!(
        fs::read_to_string(dir.path().join("race.html")).unwrap(),
        page
    );
}

#[test]
fn the_terminal_shows_braille_or_plain_characters() {
    let dir = tempfile::tempdir().unwrap();
    let shown = |locale: &str, more: &[&str]| {
        let mut command = ravine(dir.path());
        command.env_remove("LC_CTYPE").env("LC_ALL", locale);
        command.args([
            "race",
            "--expr",
            "x^2 + 10*y^2",
            "--terminal",
            "--steps",
            "30",
        ]);
        let output = command.args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    let braille = |text: &str| text.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c));
    assert!(braille(&shown("C.UTF-8", &[])));
    assert!(!braille(&shown("C.UTF-8", &["--plain"])));
    assert!(!braille(&shown("C", &[])));
    // Off a terminal there are no colours.
    assert!(!shown("C.UTF-8", &[]).contains('\u{1b}'));
    assert!(!dir.path().join("race.html").exists());
    shown("C", &["--out", "here.html"]);
    assert!(dir.path().join("here.html").exists());
}

#[test]
fn settings_noise_and_start_are_kept_to() {
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "race",
        "beale",
        "--optimizers=momentum,adam",
        "adam.beta1=0.5",
        "--noise=0.1",
        "--seed=3",
        "--start",
        "-1,2",
        "--lr=0.01",
    ];
    let output = run(dir.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = fs::read_to_string(dir.path().join("race.html")).unwrap();
    let data = page.split_once("type=\"application/json\">").unwrap().1;
    let document: serde_json::Value =
        serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(document["start"], serde_json::json!([-1.0, 2.0]));
    assert_eq!(
        (&document["noise"], &document["seed"]),
        (&0.1.into(), &3.into())
    );
    assert_eq!(document["optimizers"][0]["lr"], 0.01);
    assert_eq!(document["optimizers"][1]["points"][0], document["start"]);
}

#[test]
fn where_all_diverge_the_exit_code_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(
        dir.path(),
        &["race", "rosenbrock", "--optimizers=sgd", "--lr=1"],
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("diverged at step"));
}

#[test]
fn each_mistake_gets_its_message_and_exit_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let table: &[(&[&str], &str)] = &[
        (&[], "which function?"),
        (&["rosenbrok"], "did you mean 'rosenbrock'?"),
        (&["rosenbrock", "beale"], "two functions"),
        (&["rosenbrock", "--expr=x+y"], "two functions"),
        (&["--expr=x^2"], "one variable"),
        (&["--expr=sine(x) + y"], "  sine(x) + y\n  ^^^^"),
        (&["--expr=(x + y"], "never closed"),
        (&["rosenbrock", "--optimizers=adm"], "did you mean 'adam'?"),
        (&["rosenbrock", "--optimizers=sgd,sgd"], "twice"),
        (&["rosenbrock", "--lr=-1"], "above 0"),
        (&["rosenbrock", "--lr=fast"], "must be a number, above 0"),
        (&["rosenbrock", "--steps=0"], "from 1 to"),
        (&["rosenbrock", "--noise=-1"], "at least 0"),
        (&["rosenbrock", "--seed=x"], "whole number"),
        (&["rosenbrock", "--start=1"], "must be 2 numbers, X,Y"),
        (&["rosenbrock", "--start=nan,1"], "must be 2 numbers, X,Y"),
        (&["rosenbrock", "--window=1,1,0,2"], "no area"),
        (&["rosenbrock", "adam.beta9=0.1"], "beta9"),
        (&["rosenbrock", "lion.beta1=0.1"], "lion.beta1"),
        (&["rosenbrock", "beta1=0.1"], "write NAME.option=value"),
        (&["--expr=ln(x) + y", "--start=-1,1"], "NaN at the start"),
        (&["rosenbrock", "--tune", "--lr=1"], "cannot be used with"),
    ];
    for (args, expected) in table {
        let output = run(dir.path(), &[&["race"], *args].concat());
        let errors = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
        assert!(errors.contains(expected), "{args:?}: {errors}");
    }
    let output = run(
        dir.path(),
        &["race", "rosenbrock", "--out=/proc/none/race.html"],
    );
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}
