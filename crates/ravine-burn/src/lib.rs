//! Ravine's optimisers on any Burn module.
//!
//! [`BurnOptimizer`] moves the parameters of a module by one step of a chain. On Burn's `flex` backend it does so in place, on
//! the memory that the tensors own, without a copy; on other backends, by the chain's recorded program on tensors.
//!
//! ```
//! use burn::module::Module;
//! use burn::nn::{Linear, LinearConfig};
//! use burn::tensor::{Device, Tensor};
//! use ravine_burn::BurnOptimizer;
//!
//! let device = Device::flex().autodiff();
//! let mut layer = LinearConfig::new(2, 1).init(&device);
//! let mut optimizer = BurnOptimizer::new(ravine::adam(0.1))?;
//!
//! let inputs = Tensor::<2>::from_data([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], &device);
//! let targets = Tensor::<2>::from_data([[1.0], [2.0], [3.0]], &device);
//! for _ in 0..100 {
//!     let loss = (layer.forward(inputs.clone()) - targets.clone()).square().mean();
//!     let report = optimizer.step(&mut layer, loss.backward())?;
//!     assert!(report.gradient_norm.is_finite());
//! }
//! assert!(optimizer.state("weight", "exp_avg").is_some());
//! assert_eq!(optimizer.copies(), 0);
//! # Ok::<(), ravine::Error>(())
//! ```

#![warn(missing_docs)]

mod algebra;
mod gradients;
mod held;
mod optimizer;
mod path;
mod points;
mod slices;
mod tensors;
mod traverse;

pub use gradients::GradientSource;
pub use optimizer::BurnOptimizer;
pub use points::BurnPoints;
