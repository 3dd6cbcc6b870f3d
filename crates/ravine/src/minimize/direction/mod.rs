//! Ways to choose the direction, one file each.

mod bfgs;
mod steepest;

pub use bfgs::Bfgs;
pub use steepest::Steepest;
