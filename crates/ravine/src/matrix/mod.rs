//! Methods that need a whole matrix, and the mathematics under them.

pub mod algebra;
pub mod muon;
