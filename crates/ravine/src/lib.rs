//! Ravine: optimisation for deep learning.
//!
//! An optimiser is a chain of rules, each written once as its formula ([`rule`]), and run in one pass over memory
//! ([`Optimizer`]). Everything numeric is a constant or a [`Schedule`]. State belongs to names, saves as safetensors, and
//! continues to the bit.
//!
//! ```
//! use ravine::{Group, Optimizer, Parameter, Schedule, adamw};
//!
//! let schedule = Schedule::cosine(1e-3, 0.0, 1000)?;
//! let mut optimizer = Optimizer::new(adamw(schedule))?
//!     .with_group(Group::matching("*.bias").set("weight_decay", 0.0))?;
//!
//! let (mut weight, mut bias) = ([0.3_f32, -0.2, 0.1, 0.4], [0.0_f32; 2]);
//! let (weight_gradient, bias_gradient) = ([0.01_f32, 0.02, -0.01, 0.0], [0.1_f32, -0.1]);
//! let report = optimizer.step([
//!     Parameter::new("fc.weight", &mut weight, Some(&weight_gradient)).shape(&[2, 2]),
//!     Parameter::new("fc.bias", &mut bias, Some(&bias_gradient)),
//! ])?;
//! assert_eq!(report.step, 1);
//! # Ok::<(), ravine::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod average;
pub mod catalogue;
mod chain;
pub mod curvature;
pub mod doc;
mod error;
mod explain;
pub mod expression;
mod functions;
pub mod hyper;
pub mod matrix;
pub mod minimize;
mod named;
pub mod pack;
pub mod points;
pub mod problem;
pub mod program;
pub mod random;
mod real;
pub mod rule;
mod scalar;
pub mod schedule;
pub mod storage;
pub mod suggest;
pub mod tensor;

#[doc(hidden)]
pub use chain::WholeLink;
pub use chain::{
    Chain, Fallback, Group, IntoLinks, Link, NonFinite, Optimizer, Parameter, Selection, StepReport,
};
pub use error::{Error, NonFiniteValues};
pub use explain::formula;
pub use hyper::Hyper;
pub use named::{AdamW, adagrad, adam, adamw, lion, momentum, nesterov, rmsprop, sgd};
pub use real::Real;
pub use scalar::Scalar;
pub use schedule::Schedule;
