//! Training with states in bf16 and in 8 bits ends where training with states in f32 does.
//!
//! `cargo test -p ravine-nets --test small_states -- --nocapture` prints the losses.

mod csv_file;

use std::fmt::Write;
use std::ops::ControlFlow;

use ravine::catalogue;
use ravine::storage::Format;
use ravine_burn::BurnOptimizer;
use ravine_nets::data::{CsvOptions, Fractions, Split, digits};
use ravine_nets::train::{TrainingConfig, train_with};

const SEEDS: u64 = 5;

/// The best validation losses, one for each seed.
fn losses(split: &Split, model: &str, optimizer: (&str, &str), format: Format) -> Vec<f64> {
    let (name, lr) = optimizer;
    let chain = catalogue::find(name).unwrap().chain(&[("lr", lr)]).unwrap();
    let run = |seed| {
        let config = TrainingConfig {
            model: model.parse().unwrap(),
            epochs: 12,
            seed,
            ..TrainingConfig::default()
        };
        let optimizer = BurnOptimizer::new(chain.clone()).unwrap();
        let mut optimizer = optimizer.with_states(format).with_seed(seed);
        let go_on = &mut |_: &_| ControlFlow::Continue(());
        let outcome = train_with(&config, split, &mut optimizer, go_on).unwrap();
        assert_eq!(outcome.failure, None, "{name}, {format:?}");
        outcome.validation_loss
    };
    (0..SEEDS).map(run).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// The median of each format lies within what the seeds of f32 spread over.
fn is_faithful(task: &str, split: &Split, model: &str, optimizers: [(&str, &str); 4]) {
    println!("{task}: best validation loss, median (lowest to highest) of {SEEDS} seeds");
    for optimizer in optimizers {
        let full = losses(split, model, optimizer, Format::Full);
        let low = full.iter().copied().fold(f64::INFINITY, f64::min);
        let high = full.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut line = format!(
            "{:10} f32 {:.4} ({low:.4} to {high:.4})",
            optimizer.0,
            median(&full)
        );
        for format in [Format::Bf16, Format::Eight] {
            let small = losses(split, model, optimizer, format);
            assert_ne!(small, full, "{optimizer:?}: {format:?} is used");
            let middle = median(&small);
            write!(line, ", {format:?} {middle:.4}").unwrap();
            assert!(
                (low..=high).contains(&middle),
                "{task}, {line}: outside the spread of f32"
            );
        }
        println!("{line}");
    }
}

#[test]
fn on_digits() {
    let split = digits().split(Fractions::default(), 0).unwrap();
    let optimizers = [
        ("adam", "3e-3"),
        ("lion", "3e-4"),
        ("momentum", "3e-2"),
        ("adan", "3e-3"),
    ];
    // All but the last layer's weights are large enough for small states.
    is_faithful("digits", &split, "mlp widths=128,64", optimizers);
}

/// Friedman's first function, with noise: 10 sin(πx₁x₂) + 20(x₃ − ½)² + 10x₄ + 5x₅ of ten features.
#[test]
fn on_a_regression_from_csv() {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut text = String::new();
    for _ in 0..800 {
        let x: Vec<f64> = (0..10).map(|_| uniform()).collect();
        let noise = (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let y = 10.0 * (std::f64::consts::PI * x[0] * x[1]).sin()
            + 20.0 * (x[2] - 0.5).powi(2)
            + 10.0 * x[3]
            + 5.0 * x[4]
            + noise;
        x.iter().for_each(|x| write!(text, "{x:.4},").unwrap());
        writeln!(text, "{y:.4}").unwrap();
    }
    let data = csv_file::read(text, &CsvOptions::default()).unwrap();
    let split = data.split(Fractions::default(), 0).unwrap();
    let optimizers = [
        ("adam", "3e-3"),
        ("lion", "3e-4"),
        ("momentum", "1e-2"),
        ("adan", "3e-3"),
    ];
    is_faithful("csv", &split, "mlp widths=64,128", optimizers);
}
