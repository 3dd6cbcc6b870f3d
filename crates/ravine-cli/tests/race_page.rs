//! The page of a race in a real browser: no error, no request, contours and paths drawn, every control works, and the update
//! rules in the page make Ravine's own paths.

mod common;

use common::browser::{browser, inspect, visit, with_scripts};
use ravine_cli::report;
use ravine_lab::race::{Noise, Race, Rates, Surface, racers};
use serde_json::Value;

/// The script, behind those of the page's own files that it uses.
fn script() -> String {
    let files = [
        include_str!("../src/report/page/elements.js"),
        include_str!("../src/report/race/data.js"),
        include_str!("../src/report/race/engine.js"),
        include_str!("fixtures/race_test.js"),
    ];
    format!("{{\n{}\n}}", files.concat())
}

fn document(surface: Surface, names: &str, noise: f64, rates: Rates) -> Value {
    let race = Race {
        start: surface.start,
        surface,
        steps: 120,
        rates,
        noise: Noise {
            deviation: noise,
            seed: 3,
        },
        racers: racers(names, &[]).unwrap(),
    };
    let mut document = serde_json::to_value(race.run().unwrap()).unwrap();
    document["command"] = "ravine race </script>".into();
    document
}

/// Without a screen its frames do not come reliably, so the clock stands in for them.
const FRAMES: &str = "<script>window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 16);</script>";

fn see(name: &str, document: &Value, width: u32) {
    let page = report::render_race(document).replacen("<title>", &format!("{FRAMES}<title>"), 1);
    inspect(name, &page, width, &script(), 60);
}

const NAMES: &str = "sgd,momentum,adagrad,adam,lion,bfgs";

#[test]
fn rosenbrock_in_a_wide_window() {
    let surface = Surface::named("rosenbrock").unwrap();
    see(
        "race-wide",
        &document(surface, NAMES, 0.0, Rates::Even),
        1400,
    );
}

#[test]
fn a_saddle_in_a_narrow_window() {
    let surface = Surface::named("saddle").unwrap();
    see(
        "race-narrow",
        &document(surface, NAMES, 0.0, Rates::Even),
        500,
    );
}

#[test]
fn an_expression_with_functions_and_noise() {
    let text = "ln(1 + (a - b)^2) + exp(-a^2) + 0.3*b^2 + sin(2*a)*tanh(b)";
    let surface = Surface::of_expression(text, None, None).unwrap();
    see(
        "race-noise",
        &document(
            surface,
            "sgd,momentum,adagrad,adam,cocob",
            0.2,
            Rates::Tuned,
        ),
        1100,
    );
}

/// Paths that leave the numbers, and one of a single point.
#[test]
fn diverged_paths_break_nothing() {
    let Some(browser) = browser() else { return };
    for (name, surface, rate) in [
        ("far", Surface::named("beale").unwrap(), 0.5),
        ("at-once", Surface::named("rosenbrock").unwrap(), 1e300),
        (
            "flat",
            Surface::of_expression("0*x + 0*y", None, None).unwrap(),
            0.1,
        ),
        (
            "hole",
            Surface::of_expression("ln(x) + 1/y", None, Some([1.0, 1.0])).unwrap(),
            0.3,
        ),
    ] {
        let document = document(surface, "sgd,momentum,adam", 0.0, Rates::Given(rate));
        let page = with_scripts(&report::render_race(&document), "");
        let visit = visit(&browser, &format!("race-{name}"), &page, 1200);
        assert_eq!(visit.console, Vec::<String>::new(), "{name}");
        assert_eq!(visit.requests, Vec::<String>::new(), "{name}");
        assert!(visit.dom.contains("data-ready=\"live\""), "{name}");
    }
}
