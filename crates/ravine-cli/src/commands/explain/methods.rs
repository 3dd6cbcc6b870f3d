//! What minimises functions, and functions to be minimised.

use std::fmt::Write;

use ravine::doc::{self, Block};
use ravine::minimize::catalogue::{self, Named, NamedStepSize};
use ravine::minimize::{Method, OptionInfo};
use ravine::problem::{self, Family};

use super::{Thing, WIDTH, indented, rows_of, section, short, title};
use crate::format::{significant, wrapped};

/// Of longer points the first coordinates are shown.
const SHOWN: usize = 8;

pub(super) fn find(name: &str) -> Option<Thing> {
    let method = catalogue::methods()
        .iter()
        .find(|method| method.name == name);
    let step_size = || {
        catalogue::step_sizes()
            .iter()
            .find(|step| step.name == name)
    };
    let problem = || problem::families().find(|family| family.name == name);
    method
        .map(Thing::Method)
        .or_else(|| step_size().map(Thing::StepSize))
        .or_else(|| problem().map(Thing::Problem))
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let methods = catalogue::methods().iter().map(|method| method.name);
    let step_sizes = catalogue::step_sizes().iter().map(|step| step.name);
    let problems = problem::families().map(|family| family.name);
    methods.chain(step_sizes).chain(problems)
}

pub(super) fn method(method: &Named) -> String {
    let mut text = title(method.name, method.summary);
    about(&mut text, &method.docs());
    section(&mut text, "Family", &indented(method.family));
    options(&mut text, method.name, &method.options());
    if let Some(step_size) = method.step_size() {
        let note = format!("{step_size}; another: --step-size NAME (ravine list step-sizes)");
        section(&mut text, "Step size", &indented(&note));
    }
    let bounds = match (method.method().takes_bounds(), method.wants_bounds()) {
        (false, _) => "it does not keep to bounds",
        (true, false) => "it keeps to bounds",
        (true, true) => "it keeps to bounds, and looks for the minimum between them",
    };
    section(&mut text, "Bounds", &indented(bounds));
    // Some are for one variable only.
    let function = match method.family == "one variable" {
        true => "--expr 'x^2 - sin(x)' --bounds -2:2",
        false => "rosenbrock",
    };
    let example = format!("ravine minimize {function} --method {}", method.name);
    section(&mut text, "Example", &indented(&example));
    sources(&mut text, &method.docs());
    text
}

pub(super) fn step_size(step_size: &NamedStepSize) -> String {
    let mut text = title(step_size.name, step_size.summary);
    about(&mut text, &step_size.docs());
    let own = step_size.options();
    options(&mut text, step_size.name, &own);
    let example = "ravine minimize rosenbrock --method steepest-descent --step-size";
    let number = own
        .iter()
        .find(|option| step_size.number == Some(option.name));
    let example = match number {
        Some(number) => format!("{example} {}={}", step_size.name, number.default),
        None => format!("{example} {}", step_size.name),
    };
    section(&mut text, "Example", &indented(&example));
    sources(&mut text, &step_size.docs());
    text
}

/// What the documentation says, formulas and all.
fn about(text: &mut String, docs: &[&str]) {
    for block in docs.iter().flat_map(|doc| doc::blocks(doc)) {
        let block = match block {
            Block::Text(paragraph) => wrapped(&paragraph, WIDTH),
            Block::Formula(lines) => indented(&lines),
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{block}\n");
    }
}

fn sources(text: &mut String, docs: &[&str]) {
    let sources = docs.iter().filter_map(|doc| doc::source(doc));
    let sources: Vec<String> = sources
        .map(|source| wrapped(&doc::without_marks(&source), WIDTH - 2))
        .collect();
    if !sources.is_empty() {
        section(text, "Source", &indented(&sources.join("\n")));
    }
}

/// The options as they are set: name, default, meaning.
fn options(text: &mut String, owner: &str, options: &[OptionInfo]) {
    let rows = options.iter().map(|option| {
        [
            format!("{owner}.{}", option.name),
            short(&option.default),
            option.form.clone(),
            doc::without_marks(&option.doc.split_whitespace().collect::<Vec<_>>().join(" ")),
        ]
    });
    rows_of(
        text,
        "Options",
        &["  name", "default", "must be", "meaning"],
        rows,
    );
}

pub(super) fn problem(family: &Family) -> String {
    let (problem, dimensions) = (family.problem(), family.dimensions);
    let mut text = title(family.name, family.title);
    if let Some(expression) = problem.expression() {
        section(
            &mut text,
            "Formula",
            &indented(&wrapped(expression, WIDTH - 2)),
        );
    }
    let variables = match dimensions.least == dimensions.most {
        true => dimensions.default.to_string(),
        false => format!(
            "{}, or any number from {}",
            dimensions.default, dimensions.least
        ),
    };
    section(&mut text, "Variables", &indented(&variables));
    section(&mut text, "Start", &indented(&point(problem.start())));
    let minima = problem.minima().iter().map(|minimum| match &minimum.point {
        Some(x) => format!("{} at {}", significant(minimum.value), point(x)),
        None => format!("{}, approached at infinity", significant(minimum.value)),
    });
    let minima: Vec<String> = minima.collect();
    let minima = match minima.is_empty() {
        true => "none: it has no lower bound".to_string(),
        false => minima.join("\n"),
    };
    section(&mut text, "Minima", &indented(&minima));
    section(
        &mut text,
        "Source",
        &indented(&wrapped(family.source, WIDTH - 2)),
    );
    text
}

/// `(1, 2)`.
fn point(x: &[f64]) -> String {
    let mut parts: Vec<String> = x.iter().take(SHOWN).map(|x| significant(*x)).collect();
    if x.len() > SHOWN {
        parts.push("…".to_string());
    }
    format!("({})", parts.join(", "))
}
