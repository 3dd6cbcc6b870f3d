//! What is minimised: one number for a batch of outputs and targets.

mod cross_entropy;
mod mean_squared;

pub use cross_entropy::{cross_entropy, cross_entropy_of_rows};
pub use mean_squared::{mean_squared, mean_squared_of_rows};
