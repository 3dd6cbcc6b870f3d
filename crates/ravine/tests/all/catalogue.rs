//! The catalogue as a whole: every entry can be built, shown and stepped, and its page is current.

#[path = "../../examples/catalogue.rs"]
#[expect(dead_code, reason = "the example prints the page")]
mod example;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use ravine::catalogue::{self, FAMILIES};
use ravine::rule::Body;

#[test]
fn the_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/catalogue.md");
    let page = fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == example::page(),
        "docs/catalogue.md is not that of the catalogue; write it anew:\n  cargo run -p ravine --example catalogue > docs/catalogue.md"
    );
}

#[test]
fn every_optimiser_says_what_it_is() {
    let mut names = HashSet::new();
    for recipe in catalogue::all() {
        let name = recipe.name;
        assert!(names.insert(name), "two are called {name}");
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.chars().all(kebab), "{name}");
        assert!(
            FAMILIES.contains(&recipe.family),
            "{name}: {}",
            recipe.family
        );
        assert!(
            !recipe.summary.is_empty() && !recipe.summary.ends_with('.'),
            "{name}"
        );
        assert!(
            recipe.source.contains(|c: char| c.is_ascii_digit()),
            "{name} has no year"
        );
        assert!(recipe.usual_learning_rate > 0.0, "{name}");
        assert!(recipe.default_learning_rate() > 0.0, "{name}");
        assert!(recipe.formula().ends_with("x ← x − u"), "{name}");
        for setting in recipe.settings() {
            assert!(
                !setting.doc.is_empty() && !setting.range.is_empty(),
                "{name}.{}",
                setting.name
            );
            let value = (setting.name, setting.default.as_str());
            recipe
                .chain(&[value])
                .unwrap_or_else(|error| panic!("{name}: {value:?}: {error}"));
        }
    }
}

#[test]
fn every_link_says_what_it_is() {
    for link in catalogue::links() {
        let parts = link.parts();
        assert_eq!(parts.len(), 1);
        let part = &parts[0];
        let summary = part.summary();
        assert!(
            summary.ends_with('.') && !summary.contains("]("),
            "{}: {summary}",
            part.name
        );
        if let Body::Text(text) = part.body {
            assert!(text.contains(['←', '=']), "{}: {text}", part.name);
        }
    }
}

#[test]
fn bytes_are_those_of_the_states() {
    let bytes = |name: &str| {
        let chain = catalogue::find(name).unwrap().default_chain();
        catalogue::state_bytes(&chain)
    };
    assert_eq!(bytes("sgd"), [("f32", 0.0), ("bf16", 0.0), ("8-bit", 0.0)]);
    assert_eq!(bytes("momentum")[..2], [("f32", 4.0), ("bf16", 2.0)]);
    assert_eq!(bytes("adam")[2], ("8-bit", 2.0 * (1.0 + 4.0 / 256.0)));
}
