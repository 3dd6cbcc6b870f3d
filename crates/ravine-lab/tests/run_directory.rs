//! What a run directory keeps, and whom it refuses.

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::{bowl, config, numbers, outcome, run};
use ravine_lab::LabError;
use ravine_lab::compare::{Document, Event, Finished, Race, TrialSpec, race};
use ravine_lab::config::{Config, from_file};

const SMALL: [&str; 4] = [
    "optimizers=adam,sgd",
    "trials=3",
    "tuning_seeds=2",
    "seeds=2",
];

fn loss(spec: &TrialSpec) -> f64 {
    bowl(spec, if spec.optimizer == "adam" { 1.0 } else { 0.1 })
}

/// Runs, and returns how many runs were made anew.
fn counted(config: &Config, out: &Path) -> (Document, usize) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = made.clone();
    let finished = run(config, out, 2, move |spec| {
        count.fetch_add(1, Ordering::Relaxed);
        loss(spec)
    });
    (finished.unwrap().document, made.load(Ordering::Relaxed))
}

fn refused(result: Result<Finished, LabError>) -> LabError {
    result.err().unwrap()
}

#[test]
fn a_second_start_makes_nothing_again() {
    let dir = tempfile::tempdir().unwrap();
    let (first, made) = counted(&config(&SMALL), dir.path());
    assert!(made > 0);
    let (second, made) = counted(&config(&SMALL), dir.path());
    assert_eq!(made, 0);
    assert_eq!(numbers(&first), numbers(&second));
    let meta: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.path().join("meta.json")).unwrap()).unwrap();
    assert_eq!(meta["exit"], "done");
    assert_eq!(meta["data"]["rows"], 1797);
    let written: Document =
        serde_json::from_slice(&fs::read(dir.path().join("compare.json")).unwrap()).unwrap();
    assert_eq!(written, second);
}

#[test]
fn a_log_cut_at_any_byte_is_continued_to_the_same_result() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let (expected, made) = counted(&config(&SMALL), &whole);
    let log = fs::read(whole.join("metrics.jsonl")).unwrap();
    for part in 0..24 {
        let cut = dir.path().join(part.to_string());
        fs::create_dir(&cut).unwrap();
        for name in ["config.toml", "meta.json"] {
            fs::copy(whole.join(name), cut.join(name)).unwrap();
        }
        let kept = &log[..log.len() * part / 23];
        fs::write(cut.join("metrics.jsonl"), kept).unwrap();
        let lines = kept.iter().filter(|&&b| b == b'\n').count();
        let (document, again) = counted(&config(&SMALL), &cut);
        assert_eq!(numbers(&document), numbers(&expected));
        assert_eq!(again, made - lines);
    }
}

#[test]
fn a_damaged_line_is_named() {
    let dir = tempfile::tempdir().unwrap();
    counted(&config(&SMALL), dir.path());
    let path = dir.path().join("metrics.jsonl");
    let log = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<&str> = log.lines().collect();
    lines[2] = "{\"trial\": 3}";
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let error = refused(run(&config(&SMALL), dir.path(), 1, loss)).to_string();
    assert!(
        error.contains("metrics.jsonl: line 3 is not a finished run"),
        "{error}"
    );
}

#[test]
fn another_configuration_is_refused_line_by_line() {
    let dir = tempfile::tempdir().unwrap();
    counted(&config(&SMALL), dir.path());
    let mut other = SMALL.to_vec();
    other.extend(["epochs=7", "adam.beta1=0.8"]);
    let error = refused(run(&config(&other), dir.path(), 1, loss));
    assert!(error.is_usage());
    let text = error.to_string();
    assert!(
        text.contains("\n  adam.beta1: not set there, 0.8 now"),
        "{text}"
    );
    assert!(text.ends_with("\n  epochs: 40 there, 7 now"), "{text}");
    counted(&config(&SMALL), dir.path());
}

#[test]
fn data_that_changed_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("my.csv");
    let rows = |shift: f64| -> String {
        (0..40)
            .map(|i| format!("{i},{},{}\n", (i * 7) % 5, i as f64 * 0.5 + shift))
            .collect()
    };
    let source = format!("data.source={}", file.display());
    let mut pairs = SMALL.to_vec();
    pairs.extend([source.as_str(), "data.task=regression"]);
    fs::write(&file, rows(0.0)).unwrap();
    let out = dir.path().join("run");
    run(&config(&pairs), &out, 1, loss).unwrap();
    fs::write(&file, rows(1.0)).unwrap();
    let error = refused(run(&config(&pairs), &out, 1, loss)).to_string();
    assert!(error.contains("content of the data"), "{error}");
}

#[test]
fn a_directory_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let held = run(&config(&SMALL), dir.path(), 1, loss).unwrap();
    let error = refused(run(&config(&SMALL), dir.path(), 1, loss));
    assert!(matches!(error, LabError::InUse { .. }), "{error}");
    drop(held);
    run(&config(&SMALL), dir.path(), 1, loss).unwrap();
}

#[test]
fn a_directory_of_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.tex"), "words").unwrap();
    let error = refused(run(&config(&SMALL), dir.path(), 1, loss));
    assert!(
        matches!(error, LabError::NotARunDirectory { .. }),
        "{error}"
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);

    let file = dir.path().join("thesis.tex");
    let error = refused(run(&config(&SMALL), &file, 1, loss)).to_string();
    assert!(
        error.contains("thesis.tex") && error.contains("--out"),
        "{error}"
    );
}

#[test]
fn stopped_and_continued_gives_the_same_result() {
    let dir = tempfile::tempdir().unwrap();
    let (expected, _) = counted(&config(&SMALL), &dir.path().join("whole"));
    let out = dir.path().join("stopped");
    let race_of = Race::prepare(&config(&SMALL)).unwrap();
    for stop_after in [1, 4, 9] {
        let stop = Arc::new(AtomicBool::new(false));
        let make = |spec: &TrialSpec| Ok(Some((spec.clone(), outcome(spec, loss(spec)))));
        let flag = stop.clone();
        let result = race(
            &race_of,
            &out,
            "ravine compare",
            2,
            stop,
            make,
            &mut |event| {
                if let Event::Finished {
                    reused: false,
                    done,
                    ..
                } = event
                    && done >= stop_after
                {
                    flag.store(true, Ordering::Relaxed);
                }
            },
        );
        // With runs this quick, all may be there before anyone looks at the flag.
        match result {
            Err(LabError::Interrupted { done, total, .. }) => {
                assert!(done >= stop_after && done < total)
            }
            Err(other) => panic!("{other}"),
            Ok(_) => {}
        }
    }
    let (document, _) = counted(&config(&SMALL), &out);
    assert_eq!(numbers(&document), numbers(&expected));
}

#[test]
fn config_toml_repeats_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let mut pairs = SMALL.to_vec();
    pairs.extend([
        "model.widths=32,16",
        "model.activation=tanh",
        "adam.amsgrad=true",
        "sgd.lr=0.3",
        "schedule=warmup-cosine",
        "target=loss:0.25",
        "data.label=-1",
    ]);
    let config = config(&pairs);
    run(&config, dir.path(), 1, loss).unwrap();
    let settings = from_file(&dir.path().join("config.toml")).unwrap();
    let (again, warnings) = Config::resolve(settings).unwrap();
    assert_eq!(again, config);
    assert!(warnings.is_empty());
}
