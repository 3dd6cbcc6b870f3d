use std::fmt::Write;

use anstyle::Style;
use ravine::catalogue::{self, Recipe};
use ravine::schedule::{self, KindInfo};
use ravine_nets::data::{self, SetInfo};
use ravine_nets::model::{self, ModelInfo};
use serde_json::{Value, json};

use super::list::{self, STATE_BYTES};
use crate::args::Explain;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::significant;
use crate::output;
use crate::table::Table;

const SCHEMA: &str = "ravine.explain/1";

/// Whatever has a name.
enum Thing {
    Optimizer(&'static Recipe),
    Schedule(KindInfo),
    Model(ModelInfo),
    Data(SetInfo),
}

pub(super) fn run(args: &Explain) -> Result<Exit, Error> {
    let thing = find(&args.name)?;
    if args.json {
        output::json(&document(&thing))?;
    } else {
        output::data(&text(&thing))?;
    }
    Ok(Exit::Done)
}

fn find(name: &str) -> Result<Thing, Error> {
    let optimizer = catalogue::all()
        .iter()
        .find(|r| r.name == name)
        .map(Thing::Optimizer);
    let schedule = || {
        schedule::kinds()
            .into_iter()
            .find(|k| k.name == name)
            .map(Thing::Schedule)
    };
    let model = || {
        model::models()
            .into_iter()
            .find(|m| m.name == name)
            .map(Thing::Model)
    };
    let data = || {
        data::sets()
            .into_iter()
            .find(|d| d.name == name)
            .map(Thing::Data)
    };
    optimizer
        .or_else(schedule)
        .or_else(model)
        .or_else(data)
        .ok_or_else(|| {
            let mut known: Vec<&str> = catalogue::all().iter().map(|r| r.name).collect();
            known.extend(schedule::kinds().iter().map(|k| k.name));
            known.extend(model::models().iter().map(|m| m.name));
            known.extend(data::sets().iter().map(|d| d.name));
            Error::Usage(ravine::Error::unknown("name", name, known).to_string())
        })
}

fn document(thing: &Thing) -> Value {
    let (kind, mut value) = match thing {
        Thing::Optimizer(recipe) => {
            let mut value = list::optimizer(recipe);
            value["formula"] = json!(recipe.formula());
            ("optimizer", value)
        }
        Thing::Schedule(kind) => ("schedule", json!(kind)),
        Thing::Model(model) => ("model", json!(model)),
        Thing::Data(set) => ("data", json!(set)),
    };
    value["schema"] = json!(SCHEMA);
    value["kind"] = json!(kind);
    value
}

fn text(thing: &Thing) -> String {
    match thing {
        Thing::Optimizer(recipe) => optimizer(recipe),
        Thing::Schedule(kind) => schedule_text(kind),
        Thing::Model(model) => model_text(model),
        Thing::Data(set) => data_text(set),
    }
}

fn optimizer(recipe: &Recipe) -> String {
    let mut text = title(recipe.name, recipe.summary);
    section(&mut text, "Update", &indented(&recipe.formula()));
    let mut table = Table::new(&["  name", "default", "range", "meaning"]);
    for setting in recipe.settings() {
        let cells = vec![
            format!("  {}", setting.name),
            short(&setting.default),
            setting.range,
            setting.doc.to_string(),
        ];
        table.row(Style::new(), cells);
    }
    section(&mut text, "Hyper-parameters", &table.render());
    let states = recipe.states();
    let bytes = states.len() * STATE_BYTES;
    let memory = match states.is_empty() {
        true => "  none".to_string(),
        false => format!(
            "  {} ({bytes} bytes per parameter in f32)",
            states.join(", ")
        ),
    };
    section(&mut text, "State", &memory);
    let usual = significant(recipe.usual_learning_rate);
    section(
        &mut text,
        "Usual learning rate",
        &format!("  about {usual}; `ravine compare` searches around it"),
    );
    section(&mut text, "Source", &format!("  {}", recipe.source));
    text
}

/// A default as a person would write it.
fn short(default: &str) -> String {
    default
        .parse()
        .map_or_else(|_| default.to_string(), significant)
}

fn schedule_text(kind: &KindInfo) -> String {
    let mut text = title(kind.name, kind.summary);
    section(&mut text, "Value at a step", &indented(kind.formula));
    let mut table = Table::new(&["  name", "default", "must be", "meaning"]);
    for argument in &kind.arguments {
        let cells = vec![
            format!("  {}", argument.name),
            argument.default.clone().unwrap_or_else(|| "—".to_string()),
            argument.needs.clone(),
            argument.doc.to_string(),
        ];
        table.row(Style::new(), cells);
    }
    section(&mut text, "Arguments", &table.render());
    section(&mut text, "Written in full", &indented(kind.example));
    if !kind.notes.is_empty() {
        section(&mut text, "Notes", &indented(kind.notes));
    }
    section(&mut text, "Source", &format!("  {}", kind.source));
    text
}

fn model_text(model: &ModelInfo) -> String {
    let mut text = title(model.name, model.summary);
    let mut table = Table::new(&["  name", "default", "values", "meaning"]);
    for setting in &model.settings {
        let cells = vec![
            format!("  model.{}", setting.name),
            setting.default.clone(),
            setting.values.clone(),
            setting.summary.to_string(),
        ];
        table.row(Style::new(), cells);
    }
    section(&mut text, "Settings", &table.render());
    text
}

fn data_text(set: &SetInfo) -> String {
    let mut text = title(set.name, set.summary);
    let size = format!(
        "  {} rows, {} features, {}",
        set.rows, set.features, set.task
    );
    let classes = match set.classes {
        0 => String::new(),
        n => format!(", {n} classes"),
    };
    section(&mut text, "Size", &format!("{size}{classes}"));
    section(&mut text, "Source", &format!("  {}", set.source));
    section(&mut text, "Licence", &format!("  {}", set.licence));
    text
}

fn title(name: &str, summary: &str) -> String {
    let bold = Style::new().bold();
    format!("{bold}{name}{bold:#}: {summary}\n")
}

fn section(text: &mut String, heading: &str, content: &str) {
    let bold = Style::new().bold();
    // Writing to a String cannot fail.
    let _ = write!(text, "\n{bold}{heading}{bold:#}\n{}\n", content.trim_end());
}

fn indented(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
