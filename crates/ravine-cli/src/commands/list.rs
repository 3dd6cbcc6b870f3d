use anstyle::Style;
use ravine::catalogue;
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
        Listed::Optimizers => {
            table = Table::new(&["name", "family", "default lr", "usual lr", "summary"]);
            for recipe in catalogue::all() {
                let cells = vec![
                    recipe.name.to_string(),
                    recipe.family.to_string(),
                    significant(recipe.default_learning_rate()),
                    significant(recipe.usual_learning_rate),
                    recipe.summary.to_string(),
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
    let more = match what {
        Listed::Data => "and any CSV file of numbers: ravine compare --data FILE.csv",
        _ => "more about one: ravine explain NAME",
    };
    format!("{}\n{more}\n", table.render())
}

fn document(what: Listed) -> Value {
    match what {
        Listed::Optimizers => {
            let optimizers: Vec<Value> = catalogue::all().iter().map(optimizer).collect();
            json!({ "schema": SCHEMA, "optimizers": optimizers })
        }
        Listed::Schedules => json!({ "schema": SCHEMA, "schedules": schedule::kinds() }),
        Listed::Models => json!({ "schema": SCHEMA, "models": model::models() }),
        Listed::Data => json!({ "schema": SCHEMA, "data": data::sets() }),
    }
}

/// An optimiser as JSON.
pub(super) fn optimizer(recipe: &catalogue::Recipe) -> Value {
    let hypers: Vec<Value> = recipe
        .settings()
        .into_iter()
        .map(|s| json!({ "name": s.name, "default": s.default, "range": s.range, "doc": s.doc }))
        .collect();
    json!({
        "name": recipe.name,
        "family": recipe.family,
        "summary": recipe.summary,
        "source": recipe.source,
        "default_learning_rate": recipe.default_learning_rate(),
        "usual_learning_rate": recipe.usual_learning_rate,
        "states": recipe.states(),
        "bytes_per_parameter": STATE_BYTES * recipe.states().len(),
        "hypers": hypers,
    })
}

/// A state array has an f32 for each parameter.
pub(super) const STATE_BYTES: usize = 4;
