//! The UCI handwritten digits, embedded.

use std::sync::OnceLock;

use super::{CsvOptions, Dataset, Task, csv};

/// Handwritten digits: 1797 images of 8 × 8 pixels, each 0 to 16, and which digit it is. Decompressed and parsed once.
///
/// Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998, test part.
/// Licence: CC BY 4.0.
pub fn digits() -> &'static Dataset {
    static DIGITS: OnceLock<Dataset> = OnceLock::new();
    DIGITS.get_or_init(|| {
        let bytes = include_bytes!("../../data/digits.csv.gz");
        let options = CsvOptions {
            header: Some(false),
            task: Some(Task::Classification),
            ..CsvOptions::default()
        };
        let mut digits =
            csv::parse("digits", bytes, &options).expect("the embedded file is tested");
        digits.columns = (0..64)
            .map(|i| format!("pixel {},{}", i / 8, i % 8))
            .collect();
        digits.label = "digit".to_owned();
        digits
    })
}
