//! Objectives with known answers: the 35 functions of Moré, Garbow and Hillstrom, surfaces of two variables and what they are
//! for n, and quadratics with a chosen spectrum.
//!
//! A [`Problem`] is an objective with a start, a box to look at it in, and the minima that are known; it is had by its
//! [name](named). A formula is written once, over numbers that carry their derivatives, so that gradients, Jacobians and
//! Hessians are the formula's own.
//!
//! The minima are computed, not copied: `tools/golden/minima.py`.

mod dual;
mod error;
mod family;
mod minima;
mod more_garbow_hillstrom;
mod number;
#[allow(clippy::module_inception)]
mod problem;
mod surfaces;
mod whole;
mod windows;

pub use error::Error;
pub use family::{
    Dimensions, Family, all, families, family, more_garbow_hillstrom, named, named_with,
};
pub use problem::{Minimum, Problem};
pub use surfaces::{noisy_quadratic, quadratic, ravine};
