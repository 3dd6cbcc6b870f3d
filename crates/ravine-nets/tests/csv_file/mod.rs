//! Reading a text as a CSV file, and options that set one thing.
#![allow(dead_code)]

use std::fs;

use ravine_nets::data::{CsvOptions, DataError, Dataset, Task, csv};
use tempfile::TempDir;

pub fn read(content: impl AsRef<[u8]>, options: &CsvOptions) -> Result<Dataset, DataError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, content).unwrap();
    csv::load(&path, options)
}

pub fn label(text: &str) -> CsvOptions {
    CsvOptions {
        label: text.parse().unwrap(),
        ..CsvOptions::default()
    }
}

pub fn header(header: bool) -> CsvOptions {
    CsvOptions {
        header: Some(header),
        ..CsvOptions::default()
    }
}

pub fn task(task: Task) -> CsvOptions {
    CsvOptions {
        task: Some(task),
        ..CsvOptions::default()
    }
}
