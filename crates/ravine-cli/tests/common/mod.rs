//! The real binary, in a directory of its own.
// Each test file uses its own part of this.
#![allow(dead_code)]

pub mod browser;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The smallest comparison there is.
pub const TINY: &[&str] = &[
    "compare",
    "--model=softmax",
    "--optimizers=sgd",
    "--epochs=1",
    "--trials=1",
    "--tuning-seeds=1",
    "--seeds=1",
];

/// The command, to run in `dir`, whatever the environment of the tests.
pub fn ravine(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ravine"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RAVINE_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(dir)
        .stdin(Stdio::null())
        .env_remove("RUST_BACKTRACE");
    command
}

pub fn run(dir: &Path, args: &[&str]) -> Output {
    ravine(dir).args(args).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The document without what measures time and without the command line.
pub fn numbers(mut document: Value) -> Value {
    strip(&mut document);
    document
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["seconds", "seconds_to_target", "command"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

pub fn document(dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join("compare.json")).unwrap()).unwrap()
}
