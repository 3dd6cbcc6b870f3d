//! The report page in a real browser: no error, no request, charts drawn, every control works.
//!
//! Needs a Chromium on the PATH. Where there is none the tests say so and pass, except where `CI=true`.

mod common;

use common::browser::{browser, inspect, visit, with_scripts};
use ravine_cli::report;
use serde_json::Value;

const FIXTURE: &str = include_str!("fixtures/compare.json");
const SELF_TEST: &str = include_str!("fixtures/self_test.js");
const CROWDED_TEST: &str = include_str!("fixtures/crowded_test.js");

#[test]
fn classification_works_in_a_wide_window() {
    inspect("wide", &report::render(&fixture()), 1400, SELF_TEST, 100);
}

#[test]
fn classification_works_in_a_narrow_window() {
    inspect("narrow", &report::render(&fixture()), 500, SELF_TEST, 100);
}

#[test]
fn regression_has_no_accuracy() {
    let mut document = fixture();
    document["task"] = "regression".into();
    remove_accuracy(&mut document);
    inspect(
        "regression",
        &report::render(&document),
        1400,
        SELF_TEST,
        100,
    );
}

#[test]
fn very_many_optimisers_are_shown_a_few_at_first() {
    inspect(
        "crowded",
        &report::render(&crowded(80)),
        1400,
        CROWDED_TEST,
        14,
    );
}

#[test]
fn a_document_with_nothing_in_it_is_still_a_page() {
    let Some(browser) = browser() else { return };
    let page = with_scripts(
        &report::render(&serde_json::json!({"schema": "ravine.compare/1"})),
        "",
    );
    let visit = visit(&browser, "empty", &page, 1400);
    assert_eq!(visit.console, Vec::<String>::new());
    assert!(
        visit.dom.contains("holds no finished runs"),
        "the page does not say that it is empty"
    );
}

/// The other tests rest on this: a page that asks for something is seen to do so.
#[test]
fn a_request_would_be_seen() {
    let Some(browser) = browser() else { return };
    let page = "<!doctype html><img src=\"http://ravine.invalid/picture.png\"><script>console.error('seen')</script>";
    let visit = visit(&browser, "asking", page, 1400);
    assert_eq!(visit.requests, ["http://ravine.invalid/picture.png"]);
    assert!(
        visit.console.iter().any(|line| line.contains("seen")),
        "{:?}",
        visit.console
    );
}

fn fixture() -> Value {
    serde_json::from_str(FIXTURE).expect("the fixture is JSON")
}

/// The fixture with its optimisers again and again, under other names.
fn crowded(count: usize) -> Value {
    let mut document = fixture();
    let own = document["ranking"].as_array().cloned().unwrap_or_default();
    let trials = document["trials"].as_array().cloned().unwrap_or_default();
    let (mut ranking, mut more) = (Vec::new(), Vec::new());
    for (index, row) in own.iter().cycle().take(count).enumerate() {
        let name = format!("optimiser-number-{index}");
        for trial in trials.iter().filter(|t| t["optimizer"] == row["optimizer"]) {
            let mut trial = trial.clone();
            if let Some(curve) = trial["id"]
                .as_str()
                .map(|id| document["curves"][id].clone())
                && !curve.is_null()
            {
                document["curves"][format!("{name}-{}", trial["seed"])] = curve;
            }
            trial["id"] = format!("{name}-{}", trial["seed"]).into();
            trial["optimizer"] = name.clone().into();
            more.push(trial);
        }
        let mut row = row.clone();
        row["optimizer"] = name.into();
        ranking.push(row);
    }
    document["ranking"] = ranking.into();
    document["trials"] = more.into();
    document["left_out"] = serde_json::json!([{"optimizer": "sophia", "reason": "cannot"}]);
    document
}

/// Takes every accuracy out, as a regression document has it.
fn remove_accuracy(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for (key, entry) in entries {
                if key.ends_with("_accuracy") {
                    *entry = Value::Null;
                } else {
                    remove_accuracy(entry);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(remove_accuracy),
        _ => {}
    }
}
