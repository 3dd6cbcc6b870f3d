//! Networks: what they are made of, their initial values, their forward pass.

mod activation;
mod error;
mod init;
mod list;
mod named;
mod network;
mod spec;

pub use activation::Activation;
pub use error::ModelError;
pub use init::Init;
pub use list::{ModelInfo, SettingInfo, models};
pub use network::Network;
pub use spec::{Architecture, ModelSpec};
