//! The sub-commands, one file each.

mod compare;
mod explain;
mod list;
mod minimize;
mod race;
mod report;
mod result_table;
mod verdict;

use crate::args::Command;
use crate::error::Error;
use crate::exit::Exit;

pub(crate) fn run(command: Command) -> Result<Exit, Error> {
    match command {
        Command::Compare(args) => compare::run(&args),
        Command::List(args) => list::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Minimize(args) => minimize::run(&args),
        Command::Race(args) => race::run(&args),
        Command::Report(args) => report::run(&args),
    }
}
