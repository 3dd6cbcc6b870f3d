//! What minimises functions, and functions to be minimised.

use ravine::minimize::Method;
use ravine::minimize::catalogue::{self, Named, NamedStepSize};
use ravine::problem::{self, Family};

use super::{Thing, WIDTH, indented, section, title};
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
    section(&mut text, "Family", &indented(method.family));
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
    let example = format!("ravine minimize rosenbrock --method {}", method.name);
    section(&mut text, "Example", &indented(&example));
    text
}

pub(super) fn step_size(step_size: &NamedStepSize) -> String {
    let mut text = title(step_size.name, step_size.summary);
    let example = "ravine minimize rosenbrock --method steepest-descent --step-size";
    let example = match step_size.number {
        Some(number) => format!("{example} {}={}", step_size.name, significant(number)),
        None => format!("{example} {}", step_size.name),
    };
    section(&mut text, "Example", &indented(&example));
    text
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
