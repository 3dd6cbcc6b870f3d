//! The commands of the README's blocks, run as they stand there, with a small budget.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The lines of all `sh` blocks, without comments.
fn commands() -> Vec<String> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = fs::read_to_string(readme).unwrap();
    let blocks = text
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    blocks
        .flat_map(str::lines)
        .map(|line| {
            line.split(" #")
                .next()
                .unwrap_or_default()
                .trim()
                .to_string()
        })
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn every_command_works() {
    let folder = tempfile::tempdir().unwrap();
    let rows = (0..120).map(|i| format!("{},{},{}\n", i % 7, (i * 31) % 11, ["a", "b"][i % 7 / 4]));
    fs::write(folder.path().join("my.csv"), rows.collect::<String>()).unwrap();

    let mut ran = 0;
    for line in commands() {
        if line == "cargo test --workspace" {
            continue;
        }
        // As a shell would, of arguments without spaces.
        let line = line
            .replace("cargo run --release --", "ravine")
            .replace('\'', "");
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some("ravine"), "{line}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ravine"));
        command.args(words).current_dir(folder.path());
        if line.contains(" compare") {
            command.args(["--epochs", "1", "--trials", "3", "--tuning-seeds", "1"]);
            command.args(["--seeds", "2", "extend=0"]);
        }
        let output = command.output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {message}");
        assert!(!output.stdout.is_empty(), "{line} printed nothing");
        ran += 1;
    }
    assert!(ran >= 7, "{ran} commands");
}
