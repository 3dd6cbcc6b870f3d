//! `ravine explain`: one thing, and what there is to know of it.

mod methods;

use std::fmt::Write;

use anstyle::Style;
use ravine::Chain;
use ravine::catalogue::{self, Recipe};
use ravine::rule::Scope;
use ravine::schedule::{self, KindInfo};
use ravine::suggest::nearest;
use ravine_nets::data::{self, SetInfo};
use ravine_nets::model::{self, ModelInfo};
use serde_json::{Value, json};

use super::list;
use crate::args::Explain;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::{significant, wrapped};
use crate::output;
use crate::table::Table;
use ravine::minimize::catalogue::{Named, NamedStepSize};
use ravine::problem::Family;

const SCHEMA: &str = "ravine.explain/1";
const WIDTH: usize = 100;

/// Whatever has a name.
enum Thing {
    Optimizer(&'static Recipe),
    Link(Chain),
    Schedule(KindInfo),
    Model(ModelInfo),
    Data(SetInfo),
    Method(&'static Named),
    StepSize(&'static NamedStepSize),
    Problem(&'static Family),
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
        .copied()
        .map(Thing::Optimizer);
    let link = || link_named(name).map(Thing::Link);
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
        .or_else(link)
        .or_else(schedule)
        .or_else(model)
        .or_else(data)
        .or_else(|| methods::find(name))
        .ok_or_else(|| {
            let links: Vec<String> = catalogue::links_alone()
                .iter()
                .map(|link| list::link_name(&list::part(link)))
                .collect();
            let mut known: Vec<&str> = links.iter().map(String::as_str).collect();
            known.extend(catalogue::all().iter().map(|r| r.name));
            known.extend(schedule::kinds().iter().map(|k| k.name));
            known.extend(model::models().iter().map(|m| m.name));
            known.extend(data::sets().iter().map(|d| d.name));
            for name in methods::names() {
                known.push(name);
            }
            let cure = match nearest(name, known) {
                Some(known) => format!("did you mean '{known}'?"),
                None => "`ravine list` shows those there are".to_string(),
            };
            Error::Usage(format!("unknown name '{name}'; {cure}"))
        })
}

fn link_named(name: &str) -> Option<Chain> {
    let wanted = name.replace('_', "-");
    let is_wanted = |link: &Chain| list::link_name(&list::part(link)) == wanted;
    catalogue::links_alone().into_iter().find(is_wanted)
}

fn document(thing: &Thing) -> Value {
    let (kind, mut value) = match thing {
        Thing::Optimizer(recipe) => {
            let mut value = list::optimizer(recipe);
            value["formula"] = json!(recipe.formula());
            if let Some(link) = link_named(recipe.name) {
                value["link"] = link_document(&link);
            }
            ("optimizer", value)
        }
        Thing::Link(link) => ("link", link_document(link)),
        Thing::Schedule(kind) => ("schedule", json!(kind)),
        Thing::Model(model) => ("model", json!(model)),
        Thing::Data(set) => ("data", json!(set)),
        Thing::Method(method) => ("method", list::method(method)),
        Thing::StepSize(step_size) => ("step size", list::step_size(step_size)),
        Thing::Problem(problem) => ("problem", list::problem_document(problem)),
    };
    value["schema"] = json!(SCHEMA);
    value["kind"] = json!(kind);
    value
}

fn link_document(link: &Chain) -> Value {
    let mut value = list::link(link);
    value["formula"] = json!(ravine::formula(link));
    value
}

fn text(thing: &Thing) -> String {
    match thing {
        // A link may have the name of an optimiser that is something else: Polyak's average and Polyak's step.
        Thing::Optimizer(recipe) => match link_named(recipe.name) {
            None => optimizer(recipe),
            Some(link) => format!("{}\n{}", optimizer(recipe), link_text(&link)),
        },
        Thing::Link(link) => link_text(link),
        Thing::Schedule(kind) => schedule_text(kind),
        Thing::Model(model) => model_text(model),
        Thing::Data(set) => data_text(set),
        Thing::Method(method) => methods::method(method),
        Thing::StepSize(step_size) => methods::step_size(step_size),
        Thing::Problem(problem) => methods::problem(problem),
    }
}

fn optimizer(recipe: &Recipe) -> String {
    let mut text = title(recipe.name, recipe.summary);
    section(&mut text, "Update", &indented(&recipe.formula()));
    let chain = recipe.default_chain();
    let rows = recipe.settings().into_iter();
    let rows = rows.map(|s| {
        [
            s.name.to_string(),
            short(&s.default),
            s.range,
            s.doc.to_string(),
        ]
    });
    hypers(&mut text, rows);
    state(&mut text, &chain);
    needs(&mut text, &chain);
    let usual = significant(recipe.usual_learning_rate);
    section(
        &mut text,
        "Usual learning rate",
        &format!("  about {usual}; `ravine compare` searches around it"),
    );
    section(&mut text, "Source", &format!("  {}", recipe.source));
    text
}

fn link_text(link: &Chain) -> String {
    let part = list::part(link);
    let mut text = title(&list::link_name(&part), &part.summary());
    let formula = ravine::formula(link);
    // It is the chain that ends with the step.
    let own = formula.strip_suffix("x ← x − u").unwrap_or(&formula);
    section(
        &mut text,
        "From its input g to its output u",
        &indented(own),
    );
    let rows = link.hypers().into_iter().map(|(info, hyper)| {
        let default = short(&hyper.to_string());
        [
            info.name.to_string(),
            default,
            info.range.to_string(),
            info.doc.to_string(),
        ]
    });
    hypers(&mut text, rows);
    state(&mut text, link);
    needs(&mut text, link);
    if part.reads_update {
        let place = "  the end of a chain: it reads the final update";
        section(&mut text, "Where it stands", place);
    }
    if let Some(source) = part.source() {
        section(&mut text, "Source", &indented(&wrapped(&source, WIDTH - 2)));
    }
    text
}

/// The hyper-parameters: name, default, range, meaning.
fn hypers(text: &mut String, rows: impl Iterator<Item = [String; 4]>) {
    rows_of(
        text,
        "Hyper-parameters",
        &["  name", "default", "range", "meaning"],
        rows,
    );
}

/// A section that is a table, of which the last column is wrapped.
fn rows_of(
    text: &mut String,
    heading: &str,
    columns: &[&'static str; 4],
    rows: impl Iterator<Item = [String; 4]>,
) {
    let rows: Vec<[String; 4]> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0) + 2
    };
    let before: usize = (0..3).map(width).sum();
    let mut table = Table::new(columns);
    for [name, default, range, meaning] in rows {
        let meaning = wrapped(&meaning, WIDTH.saturating_sub(2 + before).max(30));
        for (index, line) in meaning.lines().enumerate() {
            let first = |cell: &str| {
                if index == 0 {
                    cell.to_string()
                } else {
                    String::new()
                }
            };
            let name = first(&format!("  {name}"));
            table.row(
                Style::new(),
                vec![name, first(&default), first(&range), line.to_string()],
            );
        }
    }
    section(text, heading, &table.render());
}

/// Arrays, what they take, and numbers that are remembered.
fn state(text: &mut String, chain: &Chain) {
    let states = chain.states();
    let mut lines = match states.is_empty() {
        true => "  none".to_string(),
        false => {
            let bytes = catalogue::state_bytes(chain);
            let bytes = match bytes.iter().all(|(_, number)| *number == bytes[0].1) {
                true => format!("{} in any format", significant(bytes[0].1)),
                false => {
                    let each = bytes.iter();
                    let each = each.map(|(format, n)| format!("{} in {format}", significant(*n)));
                    each.collect::<Vec<_>>().join(", ")
                }
            };
            let arrays = format!("{} (bytes per parameter: {bytes})", states.join(", "));
            indented(&wrapped(&arrays, WIDTH - 2))
        }
    };
    for part in chain.parts().iter().filter(|part| !part.memory.is_empty()) {
        let whose = match part.scope() {
            Scope::Parameter => "for each parameter",
            Scope::Global => "for all parameters together",
        };
        let numbers = format!("remembered {whose}: {}", counted(part.memory));
        lines += &format!("\n{}", indented(&wrapped(&numbers, WIDTH - 2)));
    }
    section(text, "State", &lines);
}

/// Names, and how often one comes that comes several times.
fn counted(names: &[&str]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for name in names {
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    let text = |(name, count): (&str, usize)| match count {
        1 => name.to_string(),
        _ => format!("{name} ({count} numbers)"),
    };
    let texts: Vec<String> = counts.into_iter().map(text).collect();
    texts.join(", ")
}

/// What the caller must give beside gradients.
fn needs(text: &mut String, chain: &Chain) {
    let mut needs = Vec::new();
    if chain.needs_loss() {
        needs.push("  the loss of each step (`set_loss`)");
    }
    if chain.needs_hessian() {
        needs.push("  an estimate of the Hessian's diagonal (`Parameter::hessian`)");
    }
    if !needs.is_empty() {
        section(text, "Needs", &needs.join("\n"));
    }
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
