use std::path::{Path, PathBuf};

use ravine_lab::LabError;
use ravine_lab::clock::Moment;
use ravine_lab::compare::{Document, Finished, Race};
use ravine_lab::config::{self, Config, Origin, Setting};
use ravine_lab::machine;

use super::result_table;
use crate::args::Compare;
use crate::command_line;
use crate::error::Error;
use crate::exit::Exit;
use crate::interrupt;
use crate::output;
use crate::progress::Progress;
use crate::report;

/// How many runs at a time are still a plausible wish.
const MOST_JOBS: usize = 1024;

pub(super) fn run(args: &Compare) -> Result<Exit, Error> {
    let (config, warnings) = resolve(args)?;
    for warning in warnings {
        output::message(&format!("warning: {warning}"));
    }
    if args.print_config {
        output::data(&config.to_toml())?;
        return Ok(Exit::Done);
    }
    if args.require_target && config.target().is_none() {
        let text = "--require-target needs a target, such as --target loss:0.5";
        return Err(Error::Usage(text.to_string()));
    }
    let jobs = jobs(args)?;
    let race = Race::prepare(&config)?;
    let out = args.out.clone().unwrap_or_else(fresh_directory);
    let finished = make_runs(args, &race, &out, jobs)?;
    let page = write_page(&finished)?;
    let document = &finished.document;
    if args.json {
        output::json(&document.without_curves())?;
        output::message(&format!("page: {}", page.display()));
    } else {
        output::data(&result_table::render(document, &config, &page))?;
    }
    Ok(exit(document, args.require_target))
}

fn make_runs(args: &Compare, race: &Race, out: &Path, jobs: usize) -> Result<Finished, Error> {
    let stop = interrupt::flag("finished runs are saved");
    let mut progress = Progress::new(args.quiet);
    let command = command_line::this();
    let finished = race.run(out, &command, jobs, stop, &mut |event| progress.see(event));
    progress.end();
    finished.map_err(|error| match error {
        LabError::Interrupted { .. } => Error::Interrupted {
            what: error.to_string(),
            cure: how_to_continue(args, &command, out),
        },
        other => Error::Lab(other),
    })
}

fn how_to_continue(args: &Compare, command: &str, out: &Path) -> String {
    match args.out {
        Some(_) => format!("to go on: {command}"),
        None => {
            let out = command_line::quoted(&out.display().to_string());
            format!("to go on: {command} --out {out}")
        }
    }
}

/// Every source of settings; which one counts, the configuration decides.
fn resolve(args: &Compare) -> Result<(Config, Vec<String>), Error> {
    let mut settings = Vec::new();
    if let Some(path) = &args.config {
        settings.extend(config::from_file(path)?);
    }
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name != "RAVINE_JOBS");
    let (from_environment, mut warnings) = config::from_environment(variables);
    settings.extend(from_environment);
    for text in &args.settings {
        settings.push(config::parse_override(text)?);
    }
    let flags: [(&'static str, &str, &Option<String>); 11] = [
        ("--data", "data.source", &args.data),
        ("--model", "model.kind", &args.model),
        ("--optimizers", "optimizers", &args.optimizers),
        ("--epochs", "epochs", &args.epochs),
        ("--batch", "batch", &args.batch),
        ("--schedule", "schedule", &args.schedule),
        ("--target", "target", &args.target),
        ("--trials", "trials", &args.trials),
        ("--tuning-seeds", "tuning_seeds", &args.tuning_seeds),
        ("--seeds", "seeds", &args.seeds),
        ("--seed", "seed", &args.seed),
    ];
    for (flag, key, value) in flags {
        settings.extend(value.as_ref().map(|value| Setting {
            key: key.to_string(),
            value: value.clone(),
            origin: Origin::Flag(flag),
        }));
    }
    let (config, more) = Config::resolve(settings)?;
    warnings.extend(more);
    Ok((config, warnings))
}

fn jobs(args: &Compare) -> Result<usize, Error> {
    let (text, origin) = match &args.jobs {
        Some(text) => (text.clone(), "given by --jobs"),
        None => match std::env::var("RAVINE_JOBS") {
            Ok(text) => (text, "environment variable RAVINE_JOBS"),
            Err(_) => return Ok(machine::cores()),
        },
    };
    let jobs = text.trim().parse().ok();
    jobs.filter(|jobs| (1..=MOST_JOBS).contains(jobs))
        .ok_or_else(|| {
            Error::Usage(format!(
                "jobs={text} ({origin}): must be a whole number from 1 to {MOST_JOBS}"
            ))
        })
}

/// `runs/compare-<date-time>`, in UTC; with a number where that is taken.
fn fresh_directory() -> PathBuf {
    let name = format!("compare-{}", Moment::now().compact());
    let runs = Path::new("runs");
    let numbered = (2..).map(|n| runs.join(format!("{name}-{n}")));
    std::iter::once(runs.join(&name))
        .chain(numbered)
        .find(|path| !path.exists())
        .unwrap_or_else(|| runs.join(name))
}

fn write_page(finished: &Finished) -> Result<PathBuf, Error> {
    let document =
        serde_json::to_value(&finished.document).map_err(|e| Error::Other(e.to_string()))?;
    let page = report::render(&document);
    finished.dir.write("report.html", page.as_bytes())?;
    Ok(finished.dir.path().join("report.html"))
}

fn exit(document: &Document, require_target: bool) -> Exit {
    if document.all_failed() {
        Exit::Diverged
    } else if require_target && !document.target_reached() {
        Exit::TargetMissed
    } else {
        Exit::Done
    }
}
