use anstyle::Style;
use ravine::Chain;
use ravine::catalogue::{self, FAMILIES};
use ravine::doc::without_marks;
use ravine::minimize::{Method, OptionInfo, catalogue as minimize};
use ravine::problem::{self, Family};
use ravine::rule::Part;
use ravine::schedule;
use ravine_nets::{data, model};
use serde_json::{Value, json};

use crate::args::{List, Listed};
use crate::error::Error;
use crate::exit::Exit;
use crate::format::significant;
use crate::output;
use crate::table::Table;

const SCHEMA: &str = "ravine.list/1";
const WIDTH: usize = 100;

pub(super) fn run(args: &List) -> Result<Exit, Error> {
    if args.json {
        output::json(&document(args.what))?;
    } else {
        output::data(&text(args.what))?;
    }
    Ok(Exit::Done)
}

fn text(what: Listed) -> String {
    let plain = Style::new();
    let mut table;
    match what {
        Listed::Optimizers => return optimizers(),
        Listed::Links => {
            table = Table::new(&["name", "what it does"]);
            for part in catalogue::links_alone().iter().map(part) {
                let summary = part.summary();
                let summary = summary.trim_end_matches('.').to_string();
                table.row(plain, vec![link_name(&part), summary]);
            }
        }
        Listed::Methods => {
            table = Table::new(&["name", "step size", "what it is"]);
            for family in minimize::FAMILIES {
                table.heading(family);
                for method in minimize::methods().iter().filter(|m| m.family == *family) {
                    let step_size = method.step_size().unwrap_or_default().to_string();
                    let cells = vec![
                        method.name.to_string(),
                        step_size,
                        method.summary.to_string(),
                    ];
                    table.row(plain, cells);
                }
            }
        }
        Listed::StepSizes => {
            table = Table::new(&["name", "number", "what it is"]);
            for step_size in minimize::step_sizes() {
                let number = step_size.number.map(|name| number(step_size, name));
                let cells = vec![
                    step_size.name.to_string(),
                    number.unwrap_or_default(),
                    step_size.summary.to_string(),
                ];
                table.row(plain, cells);
            }
        }
        Listed::Problems => {
            table = Table::new(&["name", ">variables", ">minimum", "what it is"]);
            for family in problem::families() {
                let problem = family.problem();
                let least = problem.minima().first();
                let cells = vec![
                    family.name.to_string(),
                    variables(family),
                    least.map_or_else(|| "–".to_string(), |minimum| significant(minimum.value)),
                    family.title.to_string(),
                ];
                table.row(plain, cells);
            }
        }
        Listed::Schedules => {
            table = Table::new(&["name", "summary"]);
            for kind in schedule::kinds() {
                table.row(plain, vec![kind.name.to_string(), kind.summary.to_string()]);
            }
        }
        Listed::Models => {
            table = Table::new(&["name", "settings", "summary"]);
            for model in model::models() {
                let settings = model.settings.iter();
                let settings: Vec<String> = settings
                    .map(|s| format!("{}={}", s.name, s.default))
                    .collect();
                let cells = vec![
                    model.name.to_string(),
                    settings.join(" "),
                    model.summary.to_string(),
                ];
                table.row(plain, cells);
            }
        }
        Listed::Data => {
            table = Table::new(&["name", ">rows", ">features", "task", "summary"]);
            for set in data::sets() {
                let cells = vec![
                    set.name.to_string(),
                    set.rows.to_string(),
                    set.features.to_string(),
                    set.task.to_string(),
                    set.summary.to_string(),
                ];
                table.row(plain, cells);
            }
        }
    }
    more(what, &table.within(WIDTH).render())
}

fn more(what: Listed, table: &str) -> String {
    let more = match what {
        Listed::Methods => "to use one: ravine minimize NAME --method METHOD",
        Listed::StepSizes => {
            "to use one: ravine minimize NAME --step-size STEP-SIZE, or STEP-SIZE=NUMBER where it has a number"
        }
        Listed::Problems => {
            "to solve one: ravine minimize NAME; to race on one of two variables: ravine race NAME"
        }
        Listed::Data => "and any CSV file of numbers: ravine compare --data FILE.csv",
        _ => "more about one: ravine explain NAME",
    };
    format!("{table}\n{more}\n")
}

/// The optimisers, family by family.
fn optimizers() -> String {
    let mut table = Table::new(&["name", ">bytes", "lr", "what it is"]);
    for family in FAMILIES {
        let members = catalogue::all().iter().filter(|r| r.family == *family);
        for (index, recipe) in members.enumerate() {
            if index == 0 {
                table.heading(family);
            }
            let cells = vec![
                recipe.name.to_string(),
                bytes_text(&recipe.default_chain()),
                significant(recipe.default_learning_rate()),
                recipe.summary.to_string(),
            ];
            table.row(Style::new(), cells);
        }
    }
    let note = "bytes: of state per parameter, in f32; lr: the default learning rate";
    more(
        Listed::Optimizers,
        &format!("{}\n{note}", table.within(WIDTH).render()),
    )
}

/// The one rule of a link.
pub(super) fn part(link: &Chain) -> Part {
    link.parts().remove(0)
}

/// A link's name as it is typed.
pub(super) fn link_name(part: &Part) -> String {
    part.name.replace('_', "-")
}

fn document(what: Listed) -> Value {
    match what {
        Listed::Optimizers => {
            let optimizers: Vec<Value> = catalogue::all().iter().copied().map(optimizer).collect();
            json!({ "schema": SCHEMA, "optimizers": optimizers })
        }
        Listed::Links => {
            let links: Vec<Value> = catalogue::links_alone().iter().map(link).collect();
            json!({ "schema": SCHEMA, "links": links })
        }
        Listed::Methods => {
            let methods: Vec<Value> = minimize::methods().iter().map(method).collect();
            json!({ "schema": SCHEMA, "methods": methods })
        }
        Listed::StepSizes => {
            let step_sizes: Vec<Value> = minimize::step_sizes().iter().map(step_size).collect();
            json!({ "schema": SCHEMA, "step_sizes": step_sizes })
        }
        Listed::Problems => {
            let problems: Vec<Value> = problem::families().map(problem_document).collect();
            json!({ "schema": SCHEMA, "problems": problems })
        }
        Listed::Schedules => json!({ "schema": SCHEMA, "schedules": schedule::kinds() }),
        Listed::Models => json!({ "schema": SCHEMA, "models": model::models() }),
        Listed::Data => json!({ "schema": SCHEMA, "data": data::sets() }),
    }
}

/// `2`, or `2 …` with the least number where there can be more.
fn variables(family: &Family) -> String {
    let dimensions = family.dimensions;
    if dimensions.least == dimensions.most {
        dimensions.default.to_string()
    } else {
        format!("{} …", dimensions.least)
    }
}

/// What a number behind the name of a step size means: `step 0.01`.
fn number(step_size: &minimize::NamedStepSize, name: &str) -> String {
    let options = step_size.options().into_iter();
    let mut defaults = options
        .filter(|option| option.name == name)
        .map(|option| option.default);
    format!("{name} {}", defaults.next().unwrap_or_default())
}

fn options(options: &[OptionInfo]) -> Value {
    let options = options.iter().map(|option| {
        json!({ "name": option.name, "default": option.default, "form": option.form, "doc": without_marks(option.doc) })
    });
    options.collect()
}

/// A step size as JSON.
pub(super) fn step_size(step_size: &minimize::NamedStepSize) -> Value {
    json!({
        "name": step_size.name,
        "summary": step_size.summary,
        "number": step_size.number,
        "options": options(&step_size.options()),
    })
}

/// A method as JSON.
pub(super) fn method(method: &minimize::Named) -> Value {
    json!({
        "name": method.name,
        "family": method.family,
        "summary": method.summary,
        "step_size": method.step_size(),
        "takes_bounds": method.method().takes_bounds(),
        "options": options(&method.options()),
    })
}

/// A problem as JSON.
pub(super) fn problem_document(family: &Family) -> Value {
    let (problem, dimensions) = (family.problem(), family.dimensions);
    let minima = problem.minima().iter();
    let minima: Vec<Value> = minima
        .map(|minimum| json!({ "value": minimum.value, "x": minimum.point }))
        .collect();
    json!({
        "name": family.name,
        "title": family.title,
        "source": family.source,
        "dimension": { "default": dimensions.default, "least": dimensions.least, "most": dimensions.most },
        "start": problem.start(),
        "expression": problem.expression(),
        "minima": minima,
    })
}

/// An optimiser as JSON.
pub(super) fn optimizer(recipe: &catalogue::Recipe) -> Value {
    let chain = recipe.default_chain();
    let (choices, numbers): (Vec<_>, Vec<_>) = recipe
        .settings()
        .into_iter()
        .partition(|setting| !setting.words.is_empty());
    let hypers: Vec<Value> = numbers
        .into_iter()
        .map(|s| json!({ "name": s.name, "default": s.default, "range": s.range, "doc": s.doc }))
        .collect();
    let choices: Vec<Value> = choices
        .into_iter()
        .map(|s| json!({ "name": s.name, "default": s.default, "words": s.words, "doc": s.doc }))
        .collect();
    json!({
        "name": recipe.name,
        "family": recipe.family,
        "summary": recipe.summary,
        "source": recipe.source,
        "default_learning_rate": recipe.default_learning_rate(),
        "usual_learning_rate": recipe.usual_learning_rate,
        "states": chain.states(),
        "bytes_per_parameter": bytes(&chain),
        "needs": needs(&chain),
        "hypers": hypers,
        "choices": choices,
    })
}

/// A link as JSON.
pub(super) fn link(chain: &Chain) -> Value {
    let part = part(chain);
    let hypers: Vec<Value> = chain
        .hypers()
        .into_iter()
        .map(|(info, hyper)| {
            let (default, range) = (hyper.to_string(), info.range.to_string());
            json!({ "name": info.name, "default": default, "range": range, "doc": info.doc })
        })
        .collect();
    json!({
        "name": link_name(&part),
        "summary": part.summary(),
        "source": part.source(),
        "states": chain.states(),
        "bytes_per_parameter": bytes(chain),
        "needs": needs(chain),
        "hypers": hypers,
    })
}

/// Bytes of state per parameter, by format.
fn bytes(chain: &Chain) -> Value {
    let bytes = catalogue::state_bytes(chain).into_iter();
    bytes
        .map(|(format, bytes)| (format.to_string(), json!(bytes)))
        .collect()
}

fn bytes_text(chain: &Chain) -> String {
    let full = catalogue::state_bytes(chain).into_iter().next();
    full.map_or_else(String::new, |(_, bytes)| significant(bytes))
}

/// What the caller must give beside gradients.
fn needs(chain: &Chain) -> Value {
    json!({ "loss": chain.needs_loss(), "hessian": chain.needs_hessian() })
}
