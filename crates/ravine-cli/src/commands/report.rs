use std::io::ErrorKind;

use ravine_lab::compare::SCHEMA;
use ravine_lab::run_dir;

use crate::args::Report;
use crate::command_line::quoted;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::report;

pub(super) fn run(args: &Report) -> Result<Exit, Error> {
    let dir = quoted(&args.dir.display().to_string());
    let path = args.dir.join("compare.json");
    let text = std::fs::read(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound if args.dir.join("config.toml").exists() => Error::Other(format!(
            "the comparison in {dir} is not finished; to go on: ravine compare --config {dir}/config.toml --out {dir}"
        )),
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            Error::Other(format!("{dir} is not a run directory: it has no compare.json"))
        }
        _ => Error::Other(format!("cannot read {}: {error}", path.display())),
    })?;
    let damaged = |reason: String| {
        Error::Other(format!(
            "{}: {reason}; to have it written again: ravine compare --config {dir}/config.toml --out {dir}",
            path.display()
        ))
    };
    let document: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if document["schema"] != SCHEMA {
        return Err(damaged(format!("its schema is not {SCHEMA}")));
    }
    let page = args.dir.join("report.html");
    run_dir::replace(&page, report::render(&document).as_bytes())?;
    output::data(&format!("{}\n", page.display()))?;
    Ok(Exit::Done)
}
