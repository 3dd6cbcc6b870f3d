//! Experiments: their configuration, their runs on disk, the protocol of a comparison, and its statistics.
//!
//! - [`config`]: a comparison's settings, from flags, `key=value` pairs, the environment and a file, resolved and checked.
//! - [`run_dir`]: the directory a run leaves behind, and from which an interrupted one continues.
//! - [`compare`]: which runs a fair comparison makes, in which order of choice, and the document it ends in.
//! - [`race`]: optimisers from the same start on a function of two variables, for pages and terminals that draw their paths.
//! - [`statistics`]: quantiles over seeds, in which a failure stays as an infinity.
//!
//! Nothing here prints or exits: what went wrong comes back as a [`LabError`], progress as [`compare::Event`]s.

pub mod clock;
pub mod compare;
pub mod config;
mod error;
pub mod machine;
pub mod race;
pub mod run_dir;
pub mod statistics;

pub use error::LabError;
