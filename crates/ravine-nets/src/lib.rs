//! Networks, data sets and the training loop of Ravine, on Burn.
//!
//! - [`data`]: the embedded data set, any CSV file, the split into training, validation and test parts.
//! - [`model`]: what a network is made of, its initial values, its forward pass.
//! - [`loss`]: what is minimised.
//! - [`train`]: one training run, from a seed to its [`Outcome`](train::Outcome).

#![warn(missing_docs)]

pub mod data;
pub mod loss;
pub mod model;
pub mod train;
