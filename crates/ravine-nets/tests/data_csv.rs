//! CSV files: what is understood, what is refused and with which words, and that nothing panics.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use ravine_nets::data::{CsvOptions, DataError, Dataset, Fractions, Label, Targets, Task, csv};
use tempfile::TempDir;

fn read(content: impl AsRef<[u8]>, options: &CsvOptions) -> Result<Dataset, DataError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, content).unwrap();
    csv::load(&path, options)
}

fn good(content: &str) -> Dataset {
    read(content, &CsvOptions::default()).unwrap()
}

fn classes(data: &Dataset) -> (Vec<u32>, Vec<&str>) {
    match &data.targets {
        Targets::Classes { labels, names } => {
            (labels.clone(), names.iter().map(String::as_str).collect())
        }
        Targets::Values(values) => panic!("expected classes, found {values:?}"),
    }
}

fn values(data: &Dataset) -> &[f64] {
    match &data.targets {
        Targets::Values(values) => values,
        Targets::Classes { names, .. } => panic!("expected values, found classes {names:?}"),
    }
}

fn label(text: &str) -> CsvOptions {
    CsvOptions {
        label: text.parse().unwrap(),
        ..CsvOptions::default()
    }
}

fn header(header: bool) -> CsvOptions {
    CsvOptions {
        header: Some(header),
        ..CsvOptions::default()
    }
}

fn task(task: Task) -> CsvOptions {
    CsvOptions {
        task: Some(task),
        ..CsvOptions::default()
    }
}

#[test]
fn a_plain_file_is_read() {
    let data =
        good("length,width,species\n5.1,3.5,setosa\n-7e-1,+3.,virginica\n 6.3 , .25,setosa\n");
    assert_eq!(data.name, "data.csv");
    assert_eq!(data.columns, ["length", "width"]);
    assert_eq!(data.label, "species");
    assert_eq!(data.inputs, [5.1, 3.5, -0.7, 3.0, 6.3, 0.25]);
    assert_eq!(classes(&data), (vec![0, 1, 0], vec!["setosa", "virginica"]));
    assert_eq!((data.rows(), data.features(), data.outputs()), (3, 2, 2));
}

#[test]
fn delimiters_are_found() {
    for content in [
        "a,b,y\n1,2,p\n3,4,q\n",
        "a;b;y\n1;2;p\n3;4;q\n",
        "a\tb\ty\n1\t2\tp\n3\t4\tq\n",
        "a;b;y\n1;2;\"p\"\n3;4;\"q\"\n",
        "\u{feff}a,b,y\n1,2,p\n3,4,q\n",
        "a,b,y\r\n1,2,p\r\n3,4,q\r\n",
        "a,b,y\r1,2,p\r3,4,q",
        "\n\na,b,y\n\n1,2,p\n   \n3,4,q\n,,\n\n",
        "\"a\",\"b\",\"y\"\n\"1\",\"2\",\"p\"\n\"3\",\"4\",\"q\"\n",
    ] {
        let data = good(content);
        assert_eq!(
            (data.columns.as_slice(), data.label.as_str()),
            (&["a".to_owned(), "b".to_owned()][..], "y"),
            "{content:?}"
        );
        assert_eq!(data.inputs, [1.0, 2.0, 3.0, 4.0], "{content:?}");
        assert_eq!(classes(&data), (vec![0, 1], vec!["p", "q"]), "{content:?}");
    }
    let data = good("a;b;y\n1;2;p,q\n3;4;r,s\n");
    assert_eq!(classes(&data).1, ["p,q", "r,s"]);
    let data = good("a,b,y\n1,2,p;q\n3,4,r\n");
    assert_eq!(classes(&data).1, ["p;q", "r"]);
}

#[test]
fn headers_are_found() {
    let unnamed = good("1,2,p\n3,4,q\n");
    assert_eq!(unnamed.columns, ["column 1", "column 2"]);
    assert_eq!((unnamed.label.as_str(), unnamed.rows()), ("column 3", 2));

    let numbered = good("0,1,target\n1,2,0\n3,4,1\n");
    assert_eq!(numbered.columns, ["0", "1"]);
    assert_eq!((numbered.label.as_str(), numbered.rows()), ("target", 2));
    assert_eq!(numbered.inputs, [1.0, 2.0, 3.0, 4.0]);

    let by_name = read(
        "2019,2020,2021\n1,2,0\n3,4,1\n",
        &CsvOptions {
            label: Label::Name("2020".to_owned()),
            ..CsvOptions::default()
        },
    )
    .unwrap();
    assert_eq!(by_name.columns, ["2019", "2021"]);
    assert_eq!(by_name.inputs, [1.0, 0.0, 3.0, 1.0]);

    let forced = read("1,2,3\n1,2,0\n3,4,1\n", &header(true)).unwrap();
    assert_eq!(
        (forced.columns.as_slice(), forced.rows()),
        (&["1".to_owned(), "2".to_owned()][..], 2)
    );
    let forced = read(
        "1,2,target\n1,2,0\n3,4,1\n",
        &CsvOptions {
            task: Some(Task::Classification),
            ..header(false)
        },
    )
    .unwrap();
    assert_eq!(classes(&forced), (vec![2, 0, 1], vec!["0", "1", "target"]));

    let partly = good(",x,y\n1,2,p\n3,4,q\n");
    assert_eq!(partly.columns, ["column 1", "x"]);
}

#[test]
fn the_label_is_chosen_by_position_or_name() {
    let content = "y,a,b\np,1,2\nq,3,4\n";
    for chosen in ["y", "1", "-3"] {
        let data = read(content, &label(chosen)).unwrap();
        assert_eq!(
            (data.label.as_str(), data.columns.len()),
            ("y", 2),
            "{chosen}"
        );
        assert_eq!(data.inputs, [1.0, 2.0, 3.0, 4.0], "{chosen}");
    }
    let middle = read("1,p,2\n3,q,4\n", &label("2")).unwrap();
    assert_eq!(middle.inputs, [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(middle.columns, ["column 1", "column 3"]);
    assert_eq!(middle.label, "column 2");
}

#[test]
fn labels_and_options_are_texts() {
    assert_eq!("-1".parse(), Ok(Label::default()));
    assert_eq!("7".parse(), Ok(Label::Position(7)));
    assert_eq!(
        "price in €".parse(),
        Ok(Label::Name("price in €".to_owned()))
    );
    for text in ["-1", "7", "price"] {
        assert_eq!(text.parse::<Label>().unwrap().to_string(), text);
    }
    for options in [
        CsvOptions::default(),
        label("price"),
        label("3"),
        header(true),
        task(Task::Regression),
    ] {
        let text = toml::to_string(&options).unwrap();
        assert_eq!(
            toml::from_str::<CsvOptions>(&text).unwrap(),
            options,
            "{text}"
        );
    }
    assert_eq!(
        toml::from_str::<CsvOptions>("").unwrap(),
        CsvOptions::default()
    );
    assert!(toml::from_str::<CsvOptions>("labl = 3").is_err());
}

/// A file of the given labels, with a feature that numbers the rows.
fn labelled<T: ToString>(labels: impl IntoIterator<Item = T>) -> String {
    labels
        .into_iter()
        .enumerate()
        .map(|(i, label)| format!("{i},{}\n", label.to_string()))
        .collect()
}

#[test]
fn the_task_follows_from_the_labels() {
    let found = |content: String| good(&content).task();
    use Task::{Classification, Regression};
    // Two integers are classes however few rows there are; more need their square in rows, and are at most 20.
    assert_eq!(found(labelled([0, 1])), Classification);
    assert_eq!(found(labelled((0..9).map(|i| i % 3))), Classification);
    assert_eq!(found(labelled((0..8).map(|i| i % 3))), Regression);
    assert_eq!(found(labelled((0..400).map(|i| i % 20))), Classification);
    assert_eq!(found(labelled((0..399).map(|i| i % 20))), Regression);
    assert_eq!(found(labelled((0..10_000).map(|i| i % 21))), Regression);
    assert_eq!(
        found(labelled((0..100).map(|i| f64::from(i % 2) / 2.0))),
        Regression
    );
    assert_eq!(
        found(labelled((0..100).map(|i| f64::from(i % 2) * 1e300 / 1e299))),
        Classification
    );
    assert_eq!(
        found(labelled((0..100).map(|i| format!("id {i}")))),
        Classification
    );
    // Text and numbers: a scale with an open end is classes, a price with a misprint is an error.
    assert_eq!(
        found(labelled((0..100).map(|i| ["1", "2", "3 or more"][i % 3]))),
        Classification
    );
    assert_eq!(
        found(labelled((0..100).map(|i| if i % 4 == 0 {
            i.to_string()
        } else {
            format!("n{i}")
        }))),
        Classification
    );

    let digits = labelled((0..100).map(|i| i % 10));
    assert_eq!(
        values(&read(&digits, &task(Regression)).unwrap())[..3],
        [0.0, 1.0, 2.0]
    );
    let halves = labelled((0..6).map(|i| f64::from(i % 3) / 2.0));
    assert_eq!(
        classes(&read(&halves, &task(Classification)).unwrap()),
        (vec![0, 1, 2, 0, 1, 2], vec!["0", "0.5", "1"])
    );
}

#[test]
fn classes_are_ordered_by_value_or_by_letters() {
    let numbers = good(&labelled([
        "10", "9", "-1", "9.0", "10", "-1.0", "1e1", "9", "-1",
    ]));
    assert_eq!(
        classes(&numbers),
        (vec![2, 1, 0, 1, 2, 0, 2, 1, 0], vec!["-1", "9", "10"])
    );
    let zeros = good(&labelled(["-0", "0", "1", "0.0"]));
    assert_eq!(classes(&zeros), (vec![0, 0, 1, 0], vec!["0", "1"]));
    let letters = good(&labelled(["b", "a", "B", "ä", "a "]));
    assert_eq!(
        classes(&letters),
        (vec![2, 1, 0, 3, 1], vec!["B", "a", "b", "ä"])
    );
}

#[test]
fn compressed_files_are_read() {
    let folder = TempDir::new().unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed
        .write_all("\u{feff}1,2,p\n3,4,q\n".as_bytes())
        .unwrap();
    let packed = packed.finish().unwrap();
    for name in ["data.csv.gz", "data.csv"] {
        let path = folder.path().join(name);
        fs::write(&path, &packed).unwrap();
        let data = csv::load(&path, &CsvOptions::default()).unwrap();
        assert_eq!(
            (data.name.as_str(), data.inputs.as_slice()),
            (name, &[1.0, 2.0, 3.0, 4.0][..])
        );
    }
    let twice = [packed.as_slice(), packed.as_slice()].concat();
    let two = read(twice, &CsvOptions::default());
    assert!(
        two.is_err(),
        "the second member's byte-order mark is text: {two:?}"
    );

    let cut = folder.path().join("cut.csv.gz");
    fs::write(&cut, &packed[..packed.len() - 12]).unwrap();
    let plain = folder.path().join("plain.csv.gz");
    fs::write(&plain, "1,2\n").unwrap();
    let message = |path: &Path| {
        csv::load(path, &CsvOptions::default())
            .unwrap_err()
            .to_string()
    };
    let text = message(&cut);
    assert!(
        text.starts_with(&format!("{}: not a whole gzip file (", cut.display())),
        "{text}"
    );
    assert_eq!(
        message(&plain),
        format!(
            "{}: not a whole gzip file (it does not begin as one); compress it again, or give the plain CSV file",
            plain.display()
        )
    );
}

/// Every way in which a file can be bad, and the line that says so.
#[test]
fn bad_files_are_explained() {
    let auto = CsvOptions::default;
    let many_columns = format!(
        "{}\n{}\n",
        (1..=15)
            .map(|i| format!("x{i}"))
            .collect::<Vec<_>>()
            .join(","),
        ["1"; 15].join(",")
    );
    let long = format!("a,y\n{},1\n", "x".repeat(100));
    let prices = labelled((0..100).map(|i| {
        if i == 30 {
            "12 €".to_owned()
        } else {
            format!("{i}.5")
        }
    }));
    let with_nan = labelled(["0", "1", "nan", "1", "0"]);
    let with_na = labelled(["0.5", "1.5", "NA", "1", "0"]);
    let with_huge = labelled(["0.5", "1.5", "1e60", "1", "0"]);
    let mixed_task = labelled(["0.5", "high", "1", "0"]);

    let cases: Vec<(&[u8], CsvOptions, &str)> = vec![
        (
            b"",
            auto(),
            " is empty; a row for each example is needed, features and label separated by commas",
        ),
        (
            b"\n\r\n  \n,,\n",
            auto(),
            " is empty; a row for each example is needed, features and label separated by commas",
        ),
        (
            b"\xef\xbb\xbf",
            auto(),
            " is empty; a row for each example is needed, features and label separated by commas",
        ),
        (
            b"a,b,y\n",
            auto(),
            " has a header but no rows; a row for each example is needed",
        ),
        (
            b"1,2,0\n",
            header(true),
            " has a header but no rows; a row for each example is needed",
        ),
        (
            b"1,2,0\n",
            label("0"),
            ": no column 0 for the label; it has 3: 1 is the first, 3 or -1 the last",
        ),
        (
            b"1\n2\n",
            auto(),
            ", line 1: one column only; at least one feature and the label are needed, separated by commas, semicolons or tabs",
        ),
        (
            b"\n1 2 3\n",
            auto(),
            ", line 2: one column only; at least one feature and the label are needed, separated by commas, semicolons or tabs",
        ),
        (
            b"a,b,y\n1,2,0\n1,2\n",
            auto(),
            ", line 3: 2 columns, but 3 in the first row (line 1); add what is missing or remove what is too much",
        ),
        (
            b"\n1,2,0\n\n1,2,0,5\n",
            auto(),
            ", line 4: 4 columns, but 3 in the first row (line 2); add what is missing or remove what is too much",
        ),
        (
            b"a,b,y\n1,\"2,0\n1,2,1\n1,2,0\n",
            auto(),
            ", line 2: 2 columns, but 3 in the first row (line 1); the row goes over several lines: is a quote left open?",
        ),
        (
            b"a,b,y\n1,abc,0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"abc\" is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to 2",
        ),
        (
            b"y,a\nyes,1\nno,2\n",
            auto(),
            ", line 2, column 1 (\"y\"): \"yes\" is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to 1",
        ),
        (
            b"1,2,0\n1,abc,0\n",
            auto(),
            ", line 2, column 2: \"abc\" is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to 2",
        ),
        (
            b"a,b,y\n1,2,0\n",
            header(false),
            ", line 1, column 1: \"a\" is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to 1",
        ),
        (
            long.as_bytes(),
            auto(),
            ", line 2, column 1 (\"a\"): \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"… is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to 1",
        ),
        (
            b"a,b,y\n1,\"x\ny\",0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"x\\ny\" is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to 2",
        ),
        (
            b"a,b,y\n1,2,0\n1,,0\n",
            auto(),
            ", line 3, column 2 (\"b\"): the cell is empty; fill it in or remove the row",
        ),
        (
            b"1,,0\n1,2,0\n",
            auto(),
            ", line 1, column 2: the cell is empty; fill it in or remove the row",
        ),
        (
            b"1,NA,0\n1,2,0\n",
            auto(),
            ", line 1, column 2: \"NA\" stands for a missing value; fill it in or remove the row",
        ),
        (
            b"a,b,y\n1,?,0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"?\" stands for a missing value; fill it in or remove the row",
        ),
        (
            b"a,b,y\n1,NaN,0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"NaN\" is not a finite number; correct it or remove the row",
        ),
        (
            b"nan,1,0\n1,1,0\n",
            auto(),
            ", line 1, column 1: \"nan\" is not a finite number; correct it or remove the row",
        ),
        (
            b"a,b,y\n-inf,1,0\n",
            auto(),
            ", line 2, column 1 (\"a\"): \"-inf\" is not a finite number; correct it or remove the row",
        ),
        (
            b"a,b,y\n1e999,1,0\n",
            auto(),
            ", line 2, column 1 (\"a\"): \"1e999\" is beyond the range of f32 (3.4e38); rescale the column or remove the row",
        ),
        (
            b"a,b,y\n1,-1e39,0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"-1e39\" is beyond the range of f32 (3.4e38); rescale the column or remove the row",
        ),
        (
            b"a;b;y\n1;2,5;0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"2,5\" is not a number; write a decimal point, and no separators of thousands",
        ),
        (
            b"a,b,y\n1,\"1,234.5\",0\n",
            auto(),
            ", line 2, column 2 (\"b\"): \"1,234.5\" is not a number; write a decimal point, and no separators of thousands",
        ),
        (
            b"a,b,y\n1,2,\n",
            auto(),
            ", line 2, column 3 (\"y\"): the label is empty; fill it in or remove the row",
        ),
        (
            b"a,b,species\n1,2,x\n",
            label("specis"),
            ": no column \"specis\"; did you mean \"species\"? the columns are \"a\", \"b\", \"species\"",
        ),
        (
            b"a,b,Species\n1,2,x\n",
            label("species"),
            ": no column \"species\"; did you mean \"Species\"? the columns are \"a\", \"b\", \"Species\"",
        ),
        (
            b"a,b,species\n1,2,x\n",
            label("price"),
            ": no column \"price\"; the columns are \"a\", \"b\", \"species\"",
        ),
        (
            many_columns.as_bytes(),
            label("price"),
            ": no column \"price\"; the columns are \"x1\", \"x2\", \"x3\", \"x4\", \"x5\", \"x6\", \"x7\", \"x8\", \"x9\", \"x10\", \"x11\", \"x12\", … (15 in all)",
        ),
        (
            b"a,y,y\n1,2,x\n",
            label("y"),
            ": 2 columns are named \"y\"; choose the label by its position (1 is the first column, -1 the last)",
        ),
        (
            b"a,b,y\n1,2,x\n",
            label("4"),
            ": no column 4 for the label; it has 3: 1 is the first, 3 or -1 the last",
        ),
        (
            b"a,b,y\n1,2,x\n",
            label("-4"),
            ": no column -4 for the label; it has 3: 1 is the first, 3 or -1 the last",
        ),
        (
            b"a,b,y\n1,2,x\n",
            label("-9223372036854775808"),
            ": no column -9223372036854775808 for the label; it has 3: 1 is the first, 3 or -1 the last",
        ),
        (
            b"1,2,3\n",
            CsvOptions {
                header: Some(false),
                ..label("y")
            },
            ": the label \"y\" cannot be found by name without a header; give its position (1 is the first column, -1 the last)",
        ),
        (
            prices.as_bytes(),
            auto(),
            ", line 31, column 2: the label \"12 €\" is not a number, but others are; correct it, or set task to classification",
        ),
        (
            mixed_task.as_bytes(),
            task(Task::Regression),
            ", line 2, column 2: the label \"high\" is not a number; regression needs numbers: correct it, or set task to classification",
        ),
        (
            with_nan.as_bytes(),
            auto(),
            ", line 3, column 2: \"nan\" is not a finite number; correct it or remove the row",
        ),
        (
            with_nan.as_bytes(),
            task(Task::Classification),
            ", line 3, column 2: \"nan\" is not a finite number; correct it or remove the row",
        ),
        (
            with_na.as_bytes(),
            auto(),
            ", line 3, column 2: \"NA\" stands for a missing value; fill it in or remove the row",
        ),
        (
            with_huge.as_bytes(),
            auto(),
            ", line 3, column 2: \"1e60\" is beyond the range of f32 (3.4e38); rescale the column or remove the row",
        ),
        (
            b"a,y\n1,caf\xe9\n",
            auto(),
            ", line 2: not UTF-8 text (byte 0xe9); save the file as CSV in UTF-8",
        ),
        (
            b"a,y\r\n\r\n1,x\r\n2,\xff\r\n",
            auto(),
            ", line 4: not UTF-8 text (byte 0xff); save the file as CSV in UTF-8",
        ),
        (
            b"\xff\xfea\0,\0y\0",
            auto(),
            ", line 1: not UTF-8 text (it begins as UTF-16 does); save the file as CSV in UTF-8",
        ),
        (
            b"PK\x03\x04\x14\0\0\0\x08\0\xff",
            auto(),
            ", line 1: not UTF-8 text (it begins as a ZIP archive or a spreadsheet does); save the file as CSV in UTF-8",
        ),
    ];
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bad.csv");
    let mut wrong = Vec::new();
    for (content, options, expected) in cases {
        fs::write(&path, content).unwrap();
        let found = match csv::load(&path, &options) {
            Ok(data) => format!("no error: {data:?}"),
            Err(error) => error.to_string(),
        };
        let expected = format!("{}{expected}", path.display());
        if found != expected {
            wrong.push(format!(
                "{}\n  expected {expected}\n  found    {found}",
                content.escape_ascii()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a file only when it is to be split.
#[test]
fn data_that_teach_nothing_are_explained() {
    let message = |content: String, options: &CsvOptions| {
        read(content, options)
            .unwrap()
            .split(Fractions::default(), 0)
            .unwrap_err()
            .to_string()
    };
    let auto = CsvOptions::default();
    assert_eq!(
        message(labelled(["a"; 30]), &auto),
        "data.csv: every row has the label \"a\" (\"column 2\"); at least two classes are needed: is it the right label column?"
    );
    assert_eq!(
        message(labelled(["1"; 30]), &auto),
        "data.csv: every row has the label \"1\" (\"column 2\"); at least two classes are needed: is it the right label column?"
    );
    assert_eq!(
        message(format!("x,price\n{}", labelled(["2.5"; 30])), &auto),
        "data.csv: every row has the label 2.5 (\"price\"); there is nothing to learn: is it the right label column?"
    );
    assert_eq!(
        message(
            labelled((0..30).map(|i| if i < 2 { "rare" } else { ["a", "b"][i % 2] })),
            &auto
        ),
        "data.csv: the class \"rare\" of \"column 2\" has 2 rows; at least 3 are needed, one each to train, validate and test: add rows, merge or remove the class, or choose another label column"
    );
    assert_eq!(
        message(labelled((0..30).map(|i| format!("name {i:02}"))), &auto),
        "data.csv: the class \"name 00\" of \"column 2\" has 1 row; at least 3 are needed, one each to train, validate and test: add rows, merge or remove the class, or choose another label column"
    );
    assert_eq!(
        message(labelled(["a", "b", "a", "b"]), &auto),
        "data.csv: 4 rows; at least 10 are needed to train, validate and test"
    );
}

#[test]
fn what_is_no_file_is_explained() {
    let folder = TempDir::new().unwrap();
    let message = |path: &Path| {
        let error = csv::load(path, &CsvOptions::default()).unwrap_err();
        assert!(error.is_io(), "{error}");
        error.to_string()
    };
    let at = folder.path().display();
    assert_eq!(
        message(folder.path()),
        format!("{at} is a folder; give the path of a CSV file")
    );
    assert_eq!(
        message(&folder.path().join("none.csv")),
        format!(
            "{at}/none.csv: no such file; give the path of a CSV file, or a built-in data set: digits"
        )
    );
    let file = folder.path().join("file");
    fs::write(&file, "1,2\n").unwrap();
    let beneath = message(&file.join("below.csv"));
    assert!(
        beneath.starts_with(&format!("{at}/file/below.csv cannot be read: ")),
        "{beneath}"
    );
    assert_eq!(
        message(Path::new("two\nlines.csv")),
        "two\u{fffd}lines.csv: no such file; give the path of a CSV file, or a built-in data set: digits"
    );
}

/// A number as someone might have written it, and its value.
fn number() -> impl Strategy<Value = (String, f64)> {
    prop_oneof![
        any::<i32>().prop_map(|i| (i.to_string(), f64::from(i))),
        any::<f32>()
            .prop_filter("finite", |x| x.is_finite())
            .prop_map(|x| {
                let x = f64::from(x);
                (format!("{x:e}"), x)
            }),
        (-1e9..1e9f64).prop_map(|x| (x.to_string(), x)),
    ]
}

/// A class name that needs quotes in many ways, but is not a number, nor empty, nor blank at its ends.
fn class() -> impl Strategy<Value = String> {
    "[a-z,;\t\"'\n\r ä]{0,8}".prop_map(|middle| format!("c{middle}c"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[derive(Debug, Clone)]
struct Table {
    rows: Vec<(Vec<(String, f64)>, String)>,
    header: bool,
    delimiter: char,
    end: &'static str,
    /// Blank lines before each row.
    blank: Vec<usize>,
    label: usize,
}

fn table() -> impl Strategy<Value = Table> {
    (1..5usize, 1..40usize).prop_flat_map(|(features, rows)| {
        (
            prop::collection::vec((prop::collection::vec(number(), features), class()), rows),
            any::<bool>(),
            prop::sample::select(vec![',', ';', '\t']),
            prop::sample::select(vec!["\n", "\r\n", "\r"]),
            prop::collection::vec(prop_oneof![4 => Just(0usize), 1 => 1..4usize], rows + 1),
            0..=features,
        )
            .prop_map(|(rows, header, delimiter, end, blank, label)| Table {
                rows,
                header,
                delimiter,
                end,
                blank,
                label,
            })
    })
}

impl Table {
    /// The file, and the line on which each row begins.
    fn write(&self) -> (String, Vec<u64>) {
        let mut text = String::new();
        let mut lines = Vec::new();
        let features = self.rows[0].0.len();
        let mut put = |mut cells: Vec<String>, label: String, blank: usize| {
            text += &self.end.repeat(blank);
            lines.push(
                1 + text
                    .replace("\r\n", "\n")
                    .replace('\r', "\n")
                    .matches('\n')
                    .count() as u64,
            );
            cells.insert(self.label, label);
            text += &cells.join(&self.delimiter.to_string());
            text += self.end;
        };
        if self.header {
            put(
                (0..features).map(|i| format!("feature {i}")).collect(),
                "the label".to_owned(),
                self.blank[0],
            );
        }
        for ((cells, class), blank) in self.rows.iter().zip(&self.blank[1..]) {
            let cells = cells.iter().enumerate().map(|(i, (text, _))| {
                if i % 2 == 0 {
                    text.clone()
                } else {
                    quoted(text)
                }
            });
            put(cells.collect(), quoted(class), *blank);
        }
        (text, lines.split_off(usize::from(self.header)))
    }

    fn options(&self) -> CsvOptions {
        CsvOptions {
            label: Label::Position(self.label as i64 + 1),
            ..CsvOptions::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_written_is_read(table in table()) {
        let (text, _) = table.write();
        let data = read(&text, &table.options()).unwrap();
        let inputs: Vec<f64> = table.rows.iter().flat_map(|(cells, _)| cells.iter().map(|cell| cell.1)).collect();
        prop_assert_eq!(&data.inputs, &inputs);
        let (labels, names) = classes(&data);
        let found: Vec<&str> = labels.iter().map(|label| names[*label as usize]).collect();
        let written: Vec<&str> = table.rows.iter().map(|row| row.1.as_str()).collect();
        prop_assert_eq!(found, written);
        prop_assert_eq!(data.label == "the label", table.header);
    }

    #[test]
    fn the_line_and_column_of_a_bad_cell_are_right(table in table(), row in any::<prop::sample::Index>(), column in any::<prop::sample::Index>()) {
        let mut table = table;
        let (row, column) = (row.index(table.rows.len()), column.index(table.rows[0].0.len()));
        table.rows[row].0[column].0 = "NaN".to_owned();
        let (text, lines) = table.write();
        match read(&text, &table.options()) {
            Err(DataError::Cell { line, column: found, name, .. }) => {
                prop_assert_eq!(line, lines[row]);
                prop_assert_eq!(found - 1, if column < table.label { column } else { column + 1 });
                prop_assert_eq!(name, table.header.then(|| format!("feature {column}")));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[0-9a-c,;\t\"\n\r .eE+-]{0,200}".prop_map(String::into_bytes),
            "[01,\n]{0,200}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..60).prop_map(|rest| [&[0x1f, 0x8b, 8, 0], rest.as_slice()].concat()),
        ],
        options in (any::<Option<bool>>(), prop_oneof![(-4..4i64).prop_map(Label::Position), "[a-c]".prop_map(Label::Name)], prop::option::of(prop::sample::select(vec![Task::Classification, Task::Regression])))
            .prop_map(|(header, label, task)| CsvOptions { header, label, task }),
    ) {
        let result = read(&bytes, &options).and_then(|data| data.split(Fractions::default(), 0));
        if let Err(error) = result {
            let text = error.to_string();
            prop_assert!(!text.contains(char::is_control) && text.len() < 1000, "{:?}", text);
        }
    }
}
