//! CSV files: what is understood.

mod csv_file;

use std::{fs, io::Write, path::Path};

use csv_file::{header, label, read, task};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use ravine_nets::data::{CsvOptions, DataError, Dataset, Label, Targets, Task, csv};
use tempfile::TempDir;

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
}
