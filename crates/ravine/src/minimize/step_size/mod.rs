//! Ways to choose the step size, one file each.

mod armijo;

pub use armijo::Armijo;
