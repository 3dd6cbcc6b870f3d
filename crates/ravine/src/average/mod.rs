//! Averages of the parameters, kept beside them.

mod ema;

pub use ema::Ema;
