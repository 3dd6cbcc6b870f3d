//! Every method, saved and continued in a new process, gives the bits of the uninterrupted training.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{Network, forgiving, recipes};

const FOLDER: &str = "RAVINE_TEST_NEW_PROCESS";
const SIZES: [usize; 4] = [1, 28, 33, 530];

/// Values and state, as a training leaves them.
fn write(folder: &Path, number: usize, what: &str, network: &Network<f32>, state: &[u8]) {
    let values: Vec<u8> = (network.values.iter().flatten())
        .flat_map(|value| value.to_le_bytes())
        .collect();
    fs::write(folder.join(format!("{number}.{what}.values")), values).unwrap();
    fs::write(folder.join(format!("{number}.{what}.state")), state).unwrap();
}

#[test]
fn every_method_continues_in_a_new_process() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return continue_all(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    for (number, (_, chain)) in recipes().into_iter().enumerate() {
        let mut network = Network::<f32>::new(&SIZES);
        let mut optimizer = forgiving(chain);
        network.train(&mut optimizer, 0..9);
        write(
            folder.path(),
            number,
            "half",
            &network,
            &optimizer.to_bytes().unwrap(),
        );
        network.train(&mut optimizer, 9..20);
        write(
            folder.path(),
            number,
            "whole",
            &network,
            &optimizer.to_bytes().unwrap(),
        );
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "new_process::every_method_continues_in_a_new_process",
        ])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
    for (number, (name, _)) in recipes().into_iter().enumerate() {
        for what in ["values", "state"] {
            let read = |which: &str| {
                let file = folder.path().join(format!("{number}.{which}.{what}"));
                fs::read(file).unwrap()
            };
            assert!(read("whole") == read("continued"), "{name}: {what}");
        }
    }
}

/// What the new process does: everything from half-way on.
fn continue_all(folder: &Path) {
    for (number, (_, chain)) in recipes().into_iter().enumerate() {
        let mut network = Network::<f32>::new(&SIZES);
        let bytes = fs::read(folder.join(format!("{number}.half.values"))).unwrap();
        let saved = bytes
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        for (value, saved) in network.values.iter_mut().flatten().zip(saved) {
            *value = saved;
        }
        let mut optimizer = forgiving(chain);
        optimizer
            .load(folder.join(format!("{number}.half.state")))
            .unwrap();
        network.train(&mut optimizer, 9..20);
        write(
            folder,
            number,
            "continued",
            &network,
            &optimizer.to_bytes().unwrap(),
        );
    }
}
