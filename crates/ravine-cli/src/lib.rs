//! The command `ravine`: arguments, progress, tables and pages. The mathematics and the experiments are in the libraries below.
//!
//! Data go to standard output, messages to standard error. [`exit::Exit`] has the exit codes.

mod args;
mod command_line;
mod commands;
mod error;
mod exit;
mod format;
mod interrupt;
mod output;
mod progress;
pub mod report;
mod table;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

pub use exit::Exit;

/// Runs the command with the arguments of this process.
pub fn main() -> ExitCode {
    // A mistake of ours should read like one line of news, too; the workers' own come back as errors.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let text = panic.payload_as_str().unwrap_or("unknown");
        output::message(&format!(
            "error: internal error{place}, please report it: {text}"
        ));
    }));
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::clap(&error).code(),
    };
    let exit = std::panic::catch_unwind(|| match commands::run(args.command) {
        Ok(exit) => exit,
        Err(error) => {
            output::message(&error.to_string());
            error.exit()
        }
    });
    exit.unwrap_or(Exit::Error).code()
}
