//! Killed, stopped, or out of disk: nothing is lost, and going on gives the uninterrupted result.
#![cfg(unix)]

mod common;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{document, numbers, ravine, run, stderr};
use serde_json::Value;

/// About a second of work in many short runs.
const ARGS: &[&str] = &[
    "compare",
    "--optimizers=sgd,adam,lion",
    "--epochs=30",
    "--trials=3",
    "--tuning-seeds=2",
    "--seeds=3",
    "--jobs=2",
    "--quiet",
    "model.widths=16",
];

fn args(out: &str) -> Vec<String> {
    let mut args: Vec<String> = ARGS.iter().map(ToString::to_string).collect();
    args.push(format!("--out={out}"));
    args
}

fn start(dir: &Path, out: &str) -> Child {
    ravine(dir)
        .args(args(out))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs to the end; the result, and the seconds it took.
fn finish(dir: &Path, out: &str) -> (Value, Duration) {
    let begin = Instant::now();
    let output = ravine(dir).args(args(out)).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    (numbers(document(&dir.join(out))), begin.elapsed())
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("sh")
        .args(["-c", &format!("kill -{name} {}", child.id())])
        .status();
    assert!(status.unwrap().success());
}

/// A number in 0..1 that differs from test run to test run; printed, so that a failure can be looked into.
fn chance(i: u32) -> f64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let mixed = u64::from(now.subsec_nanos() ^ i).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

/// KILLS=20 in the environment for the thorough form.
#[test]
fn killed_at_random_moments_it_ends_at_the_same_numbers() {
    let kills: u32 = std::env::var("KILLS").map_or(4, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let (expected, whole) = finish(dir.path(), "whole");
    let (mut out, mut killed, mut tries) = (0, 0, 0);
    while killed < kills {
        tries += 1;
        assert!(tries < 20 * kills, "the runs are too short to be killed");
        let mut child = start(dir.path(), &format!("killed-{out}"));
        let moment = whole.mul_f64(chance(tries) * 0.5);
        println!("attempt {tries}: killed-{out} after {moment:?}");
        std::thread::sleep(moment);
        let ended = child.try_wait().unwrap().is_some();
        let _ = child.kill();
        child.wait().unwrap();
        killed += u32::from(!ended);
        if ended || killed == kills {
            let (result, _) = finish(dir.path(), &format!("killed-{out}"));
            assert_eq!(result, expected);
            out += 1;
        }
    }
}

#[test]
fn interrupted_it_saves_exits_130_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (expected, _) = finish(dir.path(), "whole");
    for name in ["INT", "TERM"] {
        let out = format!("stopped-{name}");
        let child = start(dir.path(), &out);
        wait_for_runs(&dir.path().join(&out), 2);
        let begin = Instant::now();
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
        assert!(begin.elapsed() < Duration::from_secs(5));
        let errors = stderr(&output);
        assert!(errors.contains("stopping"), "{errors}");
        assert!(
            errors.contains("interrupted: ") && errors.contains(&out),
            "{errors}"
        );
        assert!(
            errors.contains("to go on: ravine compare --optimizers=sgd,adam,lion"),
            "{errors}"
        );
        let meta = std::fs::read_to_string(dir.path().join(&out).join("meta.json")).unwrap();
        assert!(meta.contains("\"exit\": \"interrupted\""), "{meta}");

        let report = run(dir.path(), &["report", &out]);
        assert_eq!(report.status.code(), Some(1));
        assert!(
            stderr(&report).contains("is not finished; to go on"),
            "{}",
            stderr(&report)
        );
        assert_eq!(finish(dir.path(), &out).0, expected);
    }
}

/// A limit on the size of files stands for the full disk: the write fails in the middle of a line.
#[test]
fn out_of_disk_it_keeps_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let (expected, _) = finish(dir.path(), "whole");
    let script = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    let binary = env!("CARGO_BIN_EXE_ravine").to_string();
    let output = Command::new("sh")
        .args(["-c", script, "sh", &binary])
        .args(args("full"))
        .current_dir(dir.path())
        .output()
        .unwrap();
    let errors = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.starts_with("error: cannot write "), "{errors}");
    assert!(
        errors.contains("finished runs are kept") && errors.trim_end().ends_with("--out full"),
        "{errors}"
    );
    let log = std::fs::read_to_string(dir.path().join("full/metrics.jsonl")).unwrap();
    assert!(log.lines().count() > 1 && log.ends_with('\n'));
    assert_eq!(finish(dir.path(), "full").0, expected);
}

#[test]
fn two_at_once_in_one_directory_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = start(dir.path(), "shared");
    wait_for_runs(&dir.path().join("shared"), 1);
    let second = ravine(dir.path()).args(args("shared")).output().unwrap();
    assert_eq!(second.status.code(), Some(1), "{}", stderr(&second));
    assert!(
        stderr(&second).contains("in use by another process"),
        "{}",
        stderr(&second)
    );
    let _ = first.kill();
    first.wait().unwrap();
}

fn wait_for_runs(out: &Path, runs: usize) {
    let begin = Instant::now();
    loop {
        let log = std::fs::read_to_string(out.join("metrics.jsonl")).unwrap_or_default();
        if log.lines().count() >= runs {
            return;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "no runs are made"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
