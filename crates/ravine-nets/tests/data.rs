//! The built-in data, and what a data set says about itself.

use ravine_nets::data::{
    self, CsvOptions, DataError, Dataset, Fractions, Targets, Task, digits, sets,
};

#[test]
fn digits_are_the_published_ones() {
    let digits = digits();
    assert_eq!(
        (digits.rows(), digits.features(), digits.outputs()),
        (1797, 64, 10)
    );
    assert_eq!(
        (digits.task(), digits.name.as_str()),
        (Task::Classification, "digits")
    );
    assert_eq!(
        digits.class_counts(),
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    );

    #[rustfmt::skip]
    let first = [
        0, 0, 5, 13, 9, 1, 0, 0,  0, 0, 13, 15, 10, 15, 5, 0,  0, 3, 15, 2, 0, 11, 8, 0,  0, 4, 12, 0, 0, 8, 8, 0,
        0, 5, 8, 0, 0, 9, 8, 0,  0, 4, 11, 0, 1, 12, 7, 0,  0, 2, 14, 5, 10, 12, 0, 0,  0, 0, 6, 13, 10, 0, 0, 0,
    ];
    assert_eq!(digits.inputs[..64], first.map(f64::from));
    assert!(
        digits
            .inputs
            .iter()
            .all(|x| (0.0..=16.0).contains(x) && x.fract() == 0.0)
    );
    assert_eq!(digits.inputs.iter().sum::<f64>(), 561_718.0);

    let Targets::Classes { labels, names } = &digits.targets else {
        panic!("digits are classes")
    };
    assert_eq!(names, &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(labels[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(labels.last(), Some(&8));
    // Σ i × (the sum of row i and its digit), from an independent reading of the file.
    let weighted: f64 = (0..1797)
        .map(|i| {
            let row = &digits.inputs[i * 64..(i + 1) * 64];
            i as f64 * (row.iter().sum::<f64>() + f64::from(labels[i]))
        })
        .sum();
    assert_eq!(weighted, 510_607_338.0);
    assert_eq!(digits.columns[0], "pixel 0,0");
    assert_eq!(digits.columns[63], "pixel 7,7");
}

#[test]
fn the_list_of_sets_is_true() {
    for set in sets() {
        let loaded = data::load(set.name, &CsvOptions::default()).unwrap();
        assert_eq!(loaded.name, set.name);
        assert_eq!(
            (loaded.rows(), loaded.features(), loaded.task()),
            (set.rows, set.features, set.task)
        );
        assert_eq!(loaded.class_counts().len(), set.classes);
        let fields = [set.summary, set.source, set.licence];
        assert!(
            fields
                .iter()
                .all(|text| !text.is_empty() && !text.contains('\n'))
        );
    }
}

#[test]
fn a_wrong_name_of_a_set_is_corrected() {
    let message = |name: &str| {
        data::load(name, &CsvOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message("digit"),
        "digit: no such file; did you mean the built-in data set digits?"
    );
    assert_eq!(
        message("Digits"),
        "Digits: no such file; did you mean the built-in data set digits?"
    );
    assert_eq!(
        message("no/such.csv"),
        "no/such.csv: no such file; give the path of a CSV file, or a built-in data set: digits"
    );
    assert!(
        data::load("digit", &CsvOptions::default())
            .unwrap_err()
            .is_io()
    );
}

#[test]
fn tasks_are_texts() {
    for task in [Task::Classification, Task::Regression] {
        assert_eq!(task.to_string().parse(), Ok(task));
        assert_eq!(serde_json::to_string(&task).unwrap(), format!("\"{task}\""));
    }
    assert_eq!(
        "regresion".parse::<Task>().unwrap_err().to_string(),
        "unknown task \"regresion\"; it is classification or regression"
    );
}

fn small() -> Dataset {
    Dataset {
        name: "small".to_owned(),
        columns: vec!["a".to_owned(), "b".to_owned()],
        label: "y".to_owned(),
        inputs: (0..24).map(f64::from).collect(),
        targets: Targets::Classes {
            labels: (0..12).map(|i| i % 2).collect(),
            names: vec!["even".to_owned(), "odd".to_owned()],
        },
    }
}

#[test]
fn a_fingerprint_sees_every_change_but_that_of_the_name() {
    let mut seen = std::collections::HashSet::from([small().fingerprint()]);
    let mut changed = |change: &dyn Fn(&mut Dataset)| {
        let mut data = small();
        change(&mut data);
        seen.insert(data.fingerprint())
    };
    assert!(!changed(&|data| data.name = "other".to_owned()));
    assert!(changed(&|data| data.inputs[5] += 1e-12));
    assert!(changed(&|data| data.inputs.swap(0, 1)));
    assert!(changed(&|data| data.columns[0] = "c".to_owned()));
    assert!(changed(&|data| data.columns.swap(0, 1)));
    assert!(changed(&|data| data.label = "z".to_owned()));
    assert!(changed(
        &|data| data.targets = Targets::Values((0..12).map(f64::from).collect())
    ));
    assert!(changed(&|data| match &mut data.targets {
        Targets::Classes { labels, .. } => labels.swap(0, 1),
        Targets::Values(_) => unreachable!(),
    }));
    assert!(changed(&|data| match &mut data.targets {
        Targets::Classes { names, .. } => names.swap(0, 1),
        Targets::Values(_) => unreachable!(),
    }));
    // It is stored in run directories, so it must not move.
    assert_eq!(small().fingerprint(), 12_347_432_618_151_508_502);
}

#[test]
fn a_data_set_that_contradicts_itself_is_an_error() {
    let message = |change: &dyn Fn(&mut Dataset)| {
        let mut data = small();
        change(&mut data);
        let error = data.split(Fractions::default(), 0).unwrap_err();
        assert!(matches!(error, DataError::Inconsistent { .. }));
        error.to_string()
    };
    assert_eq!(
        message(&|data| data.inputs.truncate(23)),
        "small: 23 inputs for 12 rows of 2 features; the data set is not consistent"
    );
    assert_eq!(
        message(&|data| data.inputs[5] = f64::NAN),
        "small: NaN in row 3, column \"b\"; the data set is not consistent"
    );
    assert_eq!(
        message(&|data| match &mut data.targets {
            Targets::Classes { labels, .. } => labels[3] = 2,
            Targets::Values(_) => unreachable!(),
        }),
        "small: class 2 in row 4, but 2 class names; the data set is not consistent"
    );
    assert_eq!(
        message(&|data| {
            data.targets = Targets::Values((0..12).map(|i| 1.0 / f64::from(i)).collect());
        }),
        "small: inf as the target of row 1; the data set is not consistent"
    );
}
