//! CSV files: what is refused and with which words, and that nothing panics.

mod csv_file;

use std::{fs, path::Path};

use csv_file::{header, label, read, task};
use proptest::prelude::*;
use ravine_nets::data::{CsvOptions, Fractions, Label, Task, csv};
use tempfile::TempDir;

/// A file of the given labels, with a feature that numbers the rows.
fn labelled<T: ToString>(labels: impl IntoIterator<Item = T>) -> String {
    labels
        .into_iter()
        .enumerate()
        .map(|(i, label)| format!("{i},{}\n", label.to_string()))
        .collect()
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

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
