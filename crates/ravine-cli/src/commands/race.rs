use std::path::{Path, PathBuf};

use anstyle::Style;
use ravine::minimize::catalogue::Setting;
use ravine_lab::race::{self, Document, MOST_STEPS, Noise, Rates, Surface};
use ravine_lab::run_dir;

use crate::args::Race;
use crate::command_line;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::{counted, significant};
use crate::output;
use crate::report;
use crate::table::Table;
use crate::terminal::{self, Picture};

const STEPS: usize = 200;
const PAGE: &str = "race.html";

pub(super) fn run(args: &Race) -> Result<Exit, Error> {
    let (settings, names): (Vec<&String>, Vec<&String>) =
        args.words.iter().partition(|word| word.contains('='));
    let surface = surface(args, &names)?;
    let optimizers = args.optimizers.as_deref().unwrap_or(race::USUAL);
    let settings = settings.into_iter().map(|text| Setting::parse(text));
    let settings = settings.collect::<Result<Vec<_>, _>>();
    let settings = settings.map_err(|error| Error::Usage(error.to_string()))?;
    let start = args
        .start
        .as_deref()
        .map(|text| numbers::<2>("--start", "X,Y", text));
    let race = race::Race {
        start: start.transpose()?.unwrap_or(surface.start),
        surface,
        steps: steps(args)?,
        rates: rates(args)?,
        noise: noise(args)?,
        racers: race::racers(optimizers, &settings)?,
    };
    let document = race.run()?;
    if args.terminal {
        output::data(&draw(&document, &race.surface, args.plain))?;
    }
    let page = args
        .out
        .clone()
        .or((!args.terminal).then(|| PathBuf::from(PAGE)));
    if let Some(page) = &page {
        write_page(&document, page)?;
    }
    output::data(&table(&document))?;
    if let Some(page) = page {
        output::data(&format!("\npage: {}\n", page.display()))?;
    }
    Ok(if document.all_diverged() {
        Exit::Diverged
    } else {
        Exit::Done
    })
}

fn surface(args: &Race, names: &[&String]) -> Result<Surface, Error> {
    let window = args
        .window
        .as_deref()
        .map(|text| numbers::<4>("--window", "X0,X1,Y0,Y1", text));
    let window = window
        .transpose()?
        .map(|[x0, x1, y0, y1]| [[x0, x1], [y0, y1]]);
    let start = args
        .start
        .as_deref()
        .map(|text| numbers::<2>("--start", "X,Y", text));
    match (names, &args.expr) {
        ([], Some(text)) => Ok(Surface::of_expression(text, window, start.transpose()?)?),
        ([name], None) => {
            let surface = Surface::named(name)?;
            Ok(match window {
                Some(window) => surface.with_window(window)?,
                None => surface,
            })
        }
        ([], None) => {
            let known: Vec<&str> = race::surfaces().map(|problem| problem.name()).collect();
            let known = known.join(", ");
            Err(Error::Usage(format!(
                "which function? Name one of {known}; or give one with --expr"
            )))
        }
        ([name, ..], Some(_)) => Err(Error::Usage(format!(
            "there are two functions, {name} and that of --expr: give one"
        ))),
        ([one, two, ..], None) => Err(Error::Usage(format!(
            "there are two functions, {one} and {two}: give one"
        ))),
    }
}

fn numbers<const N: usize>(flag: &str, form: &str, text: &str) -> Result<[f64; N], Error> {
    let numbers: Option<Vec<f64>> = text
        .split(',')
        .map(|word| {
            word.trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
        })
        .collect();
    numbers
        .and_then(|numbers| <[f64; N]>::try_from(numbers).ok())
        .ok_or_else(|| {
            let wanted = if N == 1 {
                "a number".to_string()
            } else {
                format!("{N} numbers")
            };
            Error::Usage(format!("{flag}={text}: must be {wanted}, {form}"))
        })
}

fn steps(args: &Race) -> Result<usize, Error> {
    let Some(text) = &args.steps else {
        return Ok(STEPS);
    };
    let steps = text
        .trim()
        .parse()
        .ok()
        .filter(|steps| (1..=MOST_STEPS).contains(steps));
    steps.ok_or_else(|| {
        Error::Usage(format!(
            "--steps={text}: must be a whole number from 1 to {MOST_STEPS}"
        ))
    })
}

fn rates(args: &Race) -> Result<Rates, Error> {
    match &args.lr {
        Some(text) => {
            let [rate] = numbers::<1>("--lr", "above 0", text)?;
            if rate > 0.0 {
                Ok(Rates::Given(rate))
            } else {
                Err(Error::Usage(format!("--lr={text}: must be above 0")))
            }
        }
        None if args.tune => Ok(Rates::Tuned),
        None => Ok(Rates::Even),
    }
}

fn noise(args: &Race) -> Result<Noise, Error> {
    let deviation = match &args.noise {
        Some(text) => numbers::<1>("--noise", "at least 0", text)?[0],
        None => 0.0,
    };
    if deviation < 0.0 {
        return Err(Error::Usage(format!(
            "--noise={deviation}: must be at least 0"
        )));
    }
    let seed = match &args.seed {
        Some(text) => text
            .trim()
            .parse()
            .map_err(|_| Error::Usage(format!("--seed={text}: must be a whole number from 0")))?,
        None => 0,
    };
    Ok(Noise { deviation, seed })
}

fn write_page(document: &Document, path: &Path) -> Result<(), Error> {
    let mut document = serde_json::to_value(document).map_err(|e| Error::Other(e.to_string()))?;
    document["command"] = command_line::this().into();
    Ok(run_dir::replace(
        path,
        report::render_race(&document).as_bytes(),
    )?)
}

fn draw(document: &Document, surface: &Surface, plain: bool) -> String {
    let room = terminal::room(document.optimizers.len() + 6);
    Picture::new(document, surface, room).render(!plain && terminal::is_utf8())
}

/// What came of each, in the order in which they were named.
fn table(document: &Document) -> String {
    let height = if document.lowest.is_some() {
        ">above minimum"
    } else {
        ">value"
    };
    let mut table = Table::new(&["", "optimizer", ">learning rate", height, ""]);
    for (place, lane) in document.optimizers.iter().enumerate() {
        let last = lane
            .values
            .last()
            .map_or(f64::NAN, |value| value - document.lowest.unwrap_or(0.0));
        let steps = lane.points.len().saturating_sub(1);
        let note = match (lane.diverged, &lane.stopped, lane.evaluations) {
            (Some(step), ..) => format!("diverged at step {step}"),
            (None, Some(stopped), Some(evaluations)) => {
                format!(
                    "{}, {}: {stopped}",
                    counted(steps, "step"),
                    counted(evaluations as usize, "evaluation")
                )
            }
            _ => String::new(),
        };
        let cells = vec![
            terminal::letter(place).to_string(),
            lane.name.clone(),
            lane.lr.map_or_else(|| "–".to_string(), significant),
            significant(last),
            note,
        ];
        let style = Style::new().fg_color(Some(terminal::colour(place).into()));
        table.row(style, cells);
    }
    table.render()
}
