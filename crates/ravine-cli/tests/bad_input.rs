//! Mistakes of every kind: one clear line, the right exit code, no panic.

mod common;

use std::fs;

use common::{TINY, ravine, run, stderr, stdout};

/// A CSV file with `cell` in place of one number.
fn rows(cell: &str) -> String {
    let row = |i: usize| format!("{}.5,{},{}\n", i, (i * 7) % 11, i % 2);
    let mut rows: Vec<String> = (0..40).map(row).collect();
    rows[20] = format!("{cell}\n");
    rows.concat()
}

#[test]
fn each_mistake_gets_one_line_and_its_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| fs::write(dir.path().join(name), content).unwrap();
    file("empty.csv", "");
    file("nan.csv", &rows("1.0,NaN,1"));
    file("text.csv", &rows("1.0,lots,1"));
    file("ragged.csv", &rows("1.0,1"));
    file("one_class.csv", &"1.0,2.0,1\n2.0,1.0,1\n".repeat(20));
    file("broken.toml", "epochs = = 3\n");
    file("unknown.toml", "epocs = 3\n");
    fs::create_dir(dir.path().join("full")).unwrap();
    file("full/thesis.tex", "words");

    let table: &[(&[&str], i32, &str)] = &[
        (&["--optimizers=adam,adamx"], 2, "did you mean 'adam"),
        (&["--optimizers=adm"], 2, "did you mean 'adam'?"),
        (&["adam.lr=-0.1"], 2, "above 0"),
        (
            &["--epochs=0"],
            2,
            "epochs=0 (given by --epochs): must be a whole number from 1",
        ),
        (&["--epochs", "-5"], 2, "must be a whole number from 1"),
        (&["--schedule=cosin"], 2, "did you mean 'cosine'?"),
        (&["--target=0.95"], 2, "write accuracy:0.9"),
        (&["--batch=none"], 2, "must be a whole number from 1"),
        (
            &["--jobs=0"],
            2,
            "jobs=0 (given by --jobs): must be a whole number from 1 to 1024",
        ),
        (&["epoch=3"], 2, "did you mean 'epochs'?"),
        (&["adam.beta1=2"], 2, "[0, 1)"),
        (
            &["nonsense"],
            2,
            "'nonsense' is not a setting: write key=value",
        ),
        (&["--model=mpl"], 2, "mlp"),
        (&["--config=none.toml"], 2, "none.toml"),
        (&["--config=broken.toml"], 2, "broken.toml, line 1"),
        (&["--config=unknown.toml"], 2, "did you mean 'epochs'?"),
        (
            &["--require-target", "target=none"],
            2,
            "--require-target needs a target",
        ),
        (&["--data=none.csv"], 1, "none.csv"),
        (&["--data=empty.csv"], 1, "empty.csv"),
        (&["--data=nan.csv"], 1, "line 21"),
        (&["--data=text.csv"], 1, "line 21"),
        (&["--data=ragged.csv"], 1, "line 21"),
        (
            &["--data=one_class.csv", "data.task=classification"],
            1,
            "one_class.csv",
        ),
        (&["--data=one_class.csv", "data.label=7"], 1, "7"),
        (&["--data=.", "--out=x"], 1, "error: "),
        (&["--out=/dev/null/run"], 1, "--out"),
        (&["--out=empty.csv"], 1, "--out"),
        (&["--out=/proc/run"], 1, "/proc/run"),
        (&["--out=full"], 2, "not a run directory"),
    ];
    for (args, code, expected) in table {
        // Of a flag given twice the parser complains, so the table's flags replace those of the tiny run.
        let name = |arg: &str| arg.split('=').next().unwrap().to_string();
        let mut all: Vec<&str> = TINY
            .iter()
            .copied()
            .filter(|tiny| args.iter().all(|arg| name(arg) != name(tiny)))
            .collect();
        all.extend_from_slice(args);
        let output = run(dir.path(), &all);
        let errors = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{args:?}: {errors}");
        assert!(errors.contains(expected), "{args:?}: {errors}");
        let lines: Vec<&str> = errors
            .lines()
            .filter(|line| !line.starts_with("warning: "))
            .collect();
        assert_eq!(lines.len(), 1, "{args:?}: {errors}");
        assert!(lines[0].starts_with("error: "), "{args:?}: {errors}");
        assert!(!errors.contains("internal"), "{args:?}: {errors}");
        assert_eq!(stdout(&output), "", "{args:?}");
    }
    assert!(
        !dir.path().join("runs").exists(),
        "a mistake left a run directory behind"
    );
    assert_eq!(fs::read_dir(dir.path().join("full")).unwrap().count(), 1);
}

#[test]
fn commands_that_read_say_what_they_miss() {
    let dir = tempfile::tempdir().unwrap();
    let table: &[(&[&str], i32, &str)] = &[
        (&["explain", "adma"], 2, "did you mean 'adam"),
        (&["report", "nowhere"], 1, "not a run directory"),
        (&["list", "optimiser"], 2, "optimizers"),
        (&["compare", "--optimiser", "adam"], 2, "--optimizers"),
        (&["comprae"], 2, "compare"),
        (&["list"], 2, "<WHAT>"),
    ];
    for (args, code, expected) in table {
        let output = run(dir.path(), args);
        assert_eq!(
            output.status.code(),
            Some(*code),
            "{args:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(expected),
            "{args:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn the_environment_is_checked_too() {
    let dir = tempfile::tempdir().unwrap();
    let output = ravine(dir.path())
        .args(TINY)
        .arg("--print-config")
        .env("RAVINE_BATCH", "0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("environment variable RAVINE_BATCH"));
    let output = ravine(dir.path())
        .args(["compare", "--print-config"])
        .env("RAVINE_BATCH", "16")
        .env("RAVINE_EPOCH", "3")
        .output()
        .unwrap();
    assert!(stdout(&output).contains("batch = 16"));
    assert!(stderr(&output).contains("warning: environment variable RAVINE_EPOCH sets nothing"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_is_full_is_an_error_and_one_that_is_closed_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = ravine(dir.path())
        .args(["list", "optimizers"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("error: cannot write to standard output"));

    let mut child = ravine(dir.path())
        .args(["explain", "adam"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(0), "")
    );
}
