//! Splits: nothing lost, every class in proportion, training statistics 0 and 1, and the seed alone decides.

use std::collections::BTreeSet;

use proptest::prelude::*;
use ravine_nets::data::{DataError, Dataset, Fractions, Part, PartTargets, Split, Targets, digits};

fn parts(split: &Split) -> [&Part; 3] {
    [&split.train, &split.validation, &split.test]
}

fn dataset(features: usize, inputs: Vec<f64>, targets: Targets) -> Dataset {
    Dataset {
        name: "made".to_owned(),
        columns: (0..features).map(|i| format!("x{i}")).collect(),
        label: "y".to_owned(),
        inputs,
        targets,
    }
}

fn classification(sizes: &[usize], order: &[usize]) -> Dataset {
    let mut labels: Vec<u32> = sizes
        .iter()
        .zip(0..)
        .flat_map(|(size, class)| vec![class; *size])
        .collect();
    for (i, j) in order.iter().enumerate() {
        let n = labels.len();
        labels.swap(i % n, j % n);
    }
    let names = (0..sizes.len())
        .map(|class| format!("class {class}"))
        .collect();
    let inputs = (0..labels.len()).map(|i| (i as f64 * 0.7).sin()).collect();
    dataset(1, inputs, Targets::Classes { labels, names })
}

fn assert_partition(split: &Split, rows: usize) {
    let mut all: Vec<usize> = parts(split)
        .into_iter()
        .flat_map(|part| part.rows.clone())
        .collect();
    all.sort_unstable();
    assert_eq!(all, (0..rows).collect::<Vec<_>>());
    for part in parts(split) {
        assert!(part.rows.is_sorted());
        assert!(!part.is_empty());
        assert_eq!(part.inputs.len(), part.len() * part.features);
        assert_eq!(
            part.len(),
            match &part.targets {
                PartTargets::Classes(labels) => labels.len(),
                PartTargets::Values(values) => values.len(),
            }
        );
    }
}

fn counts(part: &Part, classes: usize) -> Vec<usize> {
    let PartTargets::Classes(labels) = &part.targets else {
        panic!("expected classes")
    };
    let mut counts = vec![0; classes];
    labels.iter().for_each(|label| counts[*label as usize] += 1);
    counts
}

#[test]
fn digits_split_in_proportion() {
    let split = digits().split(Fractions::default(), 0).unwrap();
    assert_partition(&split, 1797);
    assert_eq!(parts(&split).map(Part::len), [1078, 360, 359]);
    assert_eq!((split.features(), split.outputs), (64, 10));
    assert_eq!(
        split.class_names,
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    );
    for (part, fraction) in parts(&split).into_iter().zip([0.6, 0.2, 0.2]) {
        for (count, size) in counts(part, 10).into_iter().zip(digits().class_counts()) {
            assert!((count as f64 - fraction * size as f64).abs() < 1.0);
        }
    }
    assert_eq!(split.train.input(0).len(), 64);
    assert!(split.train.input(1078).is_empty());
}

/// Constant pixels of the whole set are 0, 32 and 39; a training part may have more.
#[test]
fn constant_columns_become_zero_and_are_kept_count_of() {
    let split = digits().split(Fractions::default(), 0).unwrap();
    let constant = split.standardization.constant_columns();
    assert!(
        [0, 32, 39].iter().all(|column| constant.contains(column)),
        "{constant:?}"
    );
    for part in parts(&split) {
        for column in &constant {
            assert!(part.inputs.chunks(64).all(|row| row[*column] == 0.0));
        }
    }
}

/// A split is part of what a seed means: results of an earlier version can be repeated.
#[test]
fn the_split_of_a_seed_does_not_move() {
    let split = digits().split(Fractions::default(), 0).unwrap();
    assert_eq!(split.validation.rows[..8], [0, 2, 4, 8, 9, 19, 25, 26]);
}

#[test]
fn a_regression_has_standardised_targets() {
    let rows = 50;
    let inputs: Vec<f64> = (0..rows).flat_map(|i| [1.7e9 + i as f64, 3.0]).collect();
    let targets: Vec<f64> = (0..rows).map(|i| 1000.0 + 5.0 * i as f64).collect();
    let data = dataset(2, inputs, Targets::Values(targets.clone()));
    let split = data.split(Fractions::default(), 3).unwrap();
    assert_partition(&split, rows);
    assert_eq!(parts(&split).map(Part::len), [30, 10, 10]);
    assert_eq!((split.outputs, split.class_names.len()), (1, 0));
    let scale = split.standardization.target.unwrap();
    let n = split.train.len() as f64;
    let mean = split
        .train
        .rows
        .iter()
        .map(|row| targets[*row])
        .sum::<f64>()
        / n;
    let variance = split
        .train
        .rows
        .iter()
        .map(|row| (targets[*row] - mean).powi(2))
        .sum::<f64>()
        / n;
    assert!(
        (scale.mean - mean).abs() < 1e-9
            && (scale.standard_deviation - variance.sqrt()).abs() < 1e-9
    );
    for part in parts(&split) {
        let PartTargets::Values(values) = &part.targets else {
            panic!("expected values")
        };
        for (row, z) in part.rows.iter().zip(values) {
            assert!((scale.undo(f64::from(*z)) - targets[*row]).abs() < 1e-3);
            assert!((f64::from(*z) - (targets[*row] - mean) / variance.sqrt()).abs() < 1e-6);
        }
        // A step of 1 in 1.7e9 is below the resolution of f32, and survives.
        for i in 1..part.len() {
            let step = (part.input(i)[0] - part.input(i - 1)[0])
                * split.standardization.columns[0].standard_deviation as f32;
            let expected = (part.rows[i] - part.rows[i - 1]) as f32;
            assert!((step - expected).abs() < 1e-4, "{step} {expected}");
        }
    }
    // Predicting the mean has the error 1 in standardised units, and the variance in the target's own.
    assert!((scale.mean_squared_error(1.0) - variance).abs() < 1e-6);
    assert_eq!(split.standardization.constant_columns(), [1]);
}

#[test]
fn a_value_that_leaves_the_range_of_f32_is_an_error() {
    let make = |outlier: usize| {
        let mut inputs: Vec<f64> = (0..20).map(|i| f64::from(i % 2) * 1e-30).collect();
        inputs[outlier] = 1e30;
        let labels = (0..20).map(|i| u32::from(i >= 10)).collect();
        let names = vec!["a".to_owned(), "b".to_owned()];
        dataset(1, inputs, Targets::Classes { labels, names })
    };
    // Which rows train depends on the classes and the seed alone.
    let rows = classification(&[10, 10], &[])
        .split(Fractions::default(), 0)
        .unwrap()
        .train
        .rows;
    for outlier in 0..20 {
        let result = make(outlier).split(Fractions::default(), 0);
        if rows.contains(&outlier) {
            assert!(result.is_ok());
        } else {
            let row = outlier + 1;
            assert_eq!(
                result.unwrap_err().to_string(),
                format!(
                    "made, row {row}, column \"x0\": 1000000000000000000000000000000 is beyond the range of f32 once standardised; correct it or remove the row"
                )
            );
        }
    }
}

#[test]
fn fractions_are_checked() {
    let message = |train, validation, test| {
        digits()
            .split(
                Fractions {
                    train,
                    validation,
                    test,
                },
                0,
            )
            .unwrap_err()
            .to_string()
    };
    let rest = "for training, validation and test; each must be positive, and their sum 1";
    assert_eq!(
        message(0.5, 0.5, 0.5),
        format!("fractions 0.5, 0.5, 0.5 {rest}")
    );
    assert_eq!(
        message(0.8, 0.2, 0.0),
        format!("fractions 0.8, 0.2, 0 {rest}")
    );
    assert_eq!(
        message(1.2, -0.1, -0.1),
        format!("fractions 1.2, -0.1, -0.1 {rest}")
    );
    assert_eq!(
        message(f64::NAN, 0.5, 0.5),
        format!("fractions NaN, 0.5, 0.5 {rest}")
    );
    let thirds = Fractions {
        train: 1.0 / 3.0,
        validation: 1.0 / 3.0,
        test: 1.0 / 3.0,
    };
    assert_eq!(
        parts(&digits().split(thirds, 0).unwrap()).map(Part::len),
        [599, 599, 599]
    );
    let text = toml::to_string(&thirds).unwrap();
    assert_eq!(toml::from_str::<Fractions>(&text).unwrap(), thirds);
    assert_eq!(
        toml::from_str::<Fractions>("").unwrap(),
        Fractions::default()
    );
}

/// Thirty classes of four: each by itself rounds to 2, 1, 1; the sums must still be near 72, 24, 24 as far as that allows.
#[test]
fn many_small_classes_do_not_all_round_the_same_way() {
    let sums = |size: usize| {
        let split = classification(&[size; 30], &[])
            .split(Fractions::default(), 1)
            .unwrap();
        parts(&split).map(Part::len)
    };
    assert_eq!(sums(5), [90, 30, 30]);
    assert_eq!(sums(6), [108, 36, 36]);
    assert_eq!(sums(7), [126, 42, 42]);
    assert_eq!(sums(8), [144, 48, 48]);
    assert_eq!(sums(9), [162, 54, 54]);
    // Every part needs a row of every class, which comes first.
    assert_eq!(sums(3), [30, 30, 30]);
}

#[test]
fn data_set_errors_reach_the_caller() {
    let few = classification(&[4, 2], &[])
        .split(Fractions::default(), 0)
        .unwrap_err();
    assert!(matches!(
        few,
        DataError::TooFewRows {
            rows: 6,
            needed: 10,
            ..
        }
    ));
    let rare = classification(&[10, 2], &[])
        .split(Fractions::default(), 0)
        .unwrap_err();
    assert!(matches!(
        rare,
        DataError::ClassTooSmall {
            rows: 2,
            needed: 3,
            ..
        }
    ));
    let absent = classification(&[10, 0, 5], &[])
        .split(Fractions::default(), 0)
        .unwrap_err();
    assert!(matches!(
        absent,
        DataError::ClassTooSmall {
            rows: 0,
            needed: 3,
            ..
        }
    ));
    let one = classification(&[10], &[])
        .split(Fractions::default(), 0)
        .unwrap_err();
    assert!(matches!(one, DataError::OneClass { .. }));
    let constant = dataset(1, vec![0.5; 12], Targets::Values(vec![2.0; 12]));
    assert!(matches!(
        constant.split(Fractions::default(), 0),
        Err(DataError::ConstantTarget { .. })
    ));
    let empty = dataset(0, vec![], Targets::Values(vec![]));
    assert!(matches!(
        empty.split(Fractions::default(), 0),
        Err(DataError::TooFewRows { .. })
    ));
}

fn fractions() -> impl Strategy<Value = Fractions> {
    (0.02..1.0f64, 0.02..1.0f64, 0.02..1.0f64).prop_map(|(a, b, c)| {
        let sum = a + b + c;
        Fractions {
            train: a / sum,
            validation: b / sum,
            test: c / sum,
        }
    })
}

proptest! {
    #[test]
    fn classes_are_split_in_proportion_and_nothing_is_lost(
        sizes in prop::collection::vec(5..60usize, 2..8),
        order in prop::collection::vec(any::<u16>().prop_map(usize::from), 0..100),
        fractions in fractions(),
        seed in any::<u64>(),
    ) {
        let rows: usize = sizes.iter().sum();
        let data = classification(&sizes, &order);
        let Targets::Classes { labels, .. } = &data.targets else { unreachable!() };
        let split = data.split(fractions, seed).unwrap();
        assert_partition(&split, rows);
        let shares = [fractions.train, fractions.validation, fractions.test];
        let table = parts(&split).map(|part| counts(part, sizes.len()));
        for (class, size) in sizes.iter().enumerate() {
            let quotas = shares.map(|share| share * *size as f64);
            for part in 0..3 {
                let count = table[part][class];
                prop_assert!(count >= 1);
                // A part whose quota is below one row gets one, at the cost of others.
                if quotas.iter().all(|quota| *quota >= 1.0) {
                    prop_assert!((count as f64 - quotas[part]).abs() < 1.0, "{} of {}, quota {}", count, size, quotas[part]);
                }
            }
        }
        for part in 0..3 {
            let off = parts(&split)[part].len() as f64 - shares[part] * rows as f64;
            if sizes.iter().all(|size| shares.iter().all(|share| share * *size as f64 >= 1.0)) {
                prop_assert!(off.abs() < 2.0, "part {} is off by {}", part, off);
            }
        }
        for part in parts(&split) {
            let PartTargets::Classes(found) = &part.targets else { unreachable!() };
            let expected: Vec<u32> = part.rows.iter().map(|row| labels[*row]).collect();
            prop_assert_eq!(found, &expected);
        }
    }

    #[test]
    fn the_training_part_has_mean_zero_and_deviation_one(
        columns in prop::collection::vec((-1e6..1e6f64, prop_oneof![Just(0.0), 1e-3..1e3f64]), 1..5),
        noise in prop::collection::vec(-1.0..1.0f64, 300),
        rows in 10..60usize,
        seed in any::<u64>(),
    ) {
        let features = columns.len();
        let inputs: Vec<f64> = (0..rows)
            .flat_map(|row| columns.iter().enumerate().map(move |(j, (offset, spread))| (row * features + j, offset, spread)))
            .map(|(i, offset, spread)| offset + spread * noise[i % noise.len()])
            .collect();
        let data = dataset(features, inputs.clone(), Targets::Values((0..rows).map(|i| i as f64).collect()));
        let split = data.split(Fractions::default(), seed).unwrap();
        assert_partition(&split, rows);
        let n = split.train.len() as f64;
        let check = |values: Vec<f64>, constant: bool| {
            let mean = values.iter().sum::<f64>() / n;
            let square = values.iter().map(|z| z * z).sum::<f64>() / n;
            assert!(mean.abs() < 1e-5, "mean {mean}");
            assert!((square - if constant { 0.0 } else { 1.0 }).abs() < 1e-5, "mean square {square}");
        };
        for (j, (_, spread)) in columns.iter().enumerate() {
            check(split.train.inputs.chunks(features).map(|row| f64::from(row[j])).collect(), *spread == 0.0);
            // The same line maps every part.
            let scale = split.standardization.columns[j];
            for part in parts(&split) {
                for (i, row) in part.rows.iter().enumerate() {
                    let x = inputs[row * features + j];
                    prop_assert!((scale.undo(scale.apply(x)) - x).abs() <= 1e-9 * (1.0 + x.abs()) || *spread == 0.0);
                    prop_assert_eq!(part.input(i)[j], scale.apply(x) as f32);
                }
            }
        }
        let PartTargets::Values(values) = &split.train.targets else { unreachable!() };
        check(values.iter().map(|z| f64::from(*z)).collect(), false);
    }

    #[test]
    fn the_seed_alone_decides(seed in any::<u64>(), other in any::<u64>()) {
        let data = classification(&[40, 30, 50], &[]);
        let split = data.split(Fractions::default(), seed).unwrap();
        prop_assert_eq!(&split, &data.clone().split(Fractions::default(), seed).unwrap());
        if seed != other {
            let other = data.split(Fractions::default(), other).unwrap();
            prop_assert_ne!(split.train.rows, other.train.rows);
        }
    }

    #[test]
    fn every_row_can_go_anywhere(start in any::<u32>()) {
        let data = classification(&[20, 20], &[]);
        let mut seen: [BTreeSet<usize>; 3] = Default::default();
        for seed in 0..200 {
            let split = data.split(Fractions::default(), u64::from(start) + seed).unwrap();
            for (seen, part) in seen.iter_mut().zip(parts(&split)) {
                seen.extend(&part.rows);
            }
        }
        prop_assert!(seen.iter().all(|rows| rows.len() == 40));
    }
}
