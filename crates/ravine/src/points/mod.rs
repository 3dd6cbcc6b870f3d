//! Methods that ask for gradients at several points before they move the parameters: the method says where, the caller
//! answers.
//!
//! [`Points`] goes around an [`Optimizer`](crate::Optimizer). Each call of [`Points::advance`] answers with the gradients at
//! the present values. Either it moves the values to where the next gradients are wanted, or the step is done: the values
//! are put back to the bit, and the optimiser has moved them from there.
//!
//! ```
//! use ravine::points::{Next, Points, Sam};
//! use ravine::{Optimizer, Parameter, momentum};
//!
//! let mut sam = Points::new(Sam::new().rho(0.05), Optimizer::new(momentum(0.1))?)?;
//! let mut weight = [1.0_f64, -2.0];
//! for _batch in 0..50 {
//!     let report = loop {
//!         let gradient = weight.map(|w| 2.0 * w); // of ‖w‖², at the present values
//!         match sam.advance([Parameter::new("weight", &mut weight, Some(&gradient))])? {
//!             Next::Gradient(_) => {} // once more, of the same batch, at the moved values
//!             Next::Done(report) => break report,
//!         }
//!     };
//!     assert_eq!(report.gradients, 2);
//! }
//! assert!(weight[0].abs() < 0.2);
//! # Ok::<(), ravine::Error>(())
//! ```
//!
//! # A method of one's own
//! A [`Method`] is written in whole vectors (all parameters as one), so it runs on whatever holds them.
//!
//! ```
//! use ravine::{Optimizer, Parameter, hyper, hyper::Range, sgd};
//! use ravine::points::{Ask, Data, Kept, Method, Points, Space, Turn, Vector};
//!
//! hyper! {
//!     /// Extragradient: descend with the gradient of the point to which the present gradient leads.
//!     Extragradient {
//!         /// length γ of the look ahead, in gradients
//!         ahead: 0.1, Range::POSITIVE;
//!     }
//! }
//!
//! impl Method for Extragradient {
//!     fn name(&self) -> &'static str {
//!         "extragradient"
//!     }
//!
//!     fn arrays(&self) -> &'static [Kept] {
//!         &[]
//!     }
//!
//!     fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask {
//!         if turn.point == 0 {
//!             let ahead = turn.value(&self.ahead);
//!             space.move_to(&[(1.0, Vector::Values), (-ahead, Vector::Gradient)]);
//!             Ask::Gradient(Data::Same)
//!         } else {
//!             Ask::Step(Vector::Gradient)
//!         }
//!     }
//! }
//!
//! // min over x, max over y of xy, at which plain gradient steps circle outwards
//! let mut method = Points::new(Extragradient::new().ahead(0.5), Optimizer::new(sgd(0.5))?)?;
//! let mut point = [1.0_f64, 1.0];
//! for _ in 0..200 {
//!     let gradient = [point[1], -point[0]];
//!     let _next = method.advance([Parameter::new("point", &mut point, Some(&gradient))])?;
//! }
//! assert!(point[0].hypot(point[1]) < 1e-3);
//! # Ok::<(), ravine::Error>(())
//! ```

mod asam;
mod driver;
mod entropy_sgd;
mod gsam;
mod looksam;
mod noise;
mod sam;
mod saved;
mod slices;
mod store;

pub use asam::Asam;
pub use driver::{Next, Points, PointsReport};
pub use entropy_sgd::EntropySgd;
pub use gsam::Gsam;
pub use looksam::LookSam;
pub use sam::Sam;

use std::fmt::Debug;

use crate::hyper::{Hyper, Hypers};

/// Every method of this module at its defaults, with its documentation.
#[must_use]
pub fn methods() -> Vec<(Box<dyn Method>, &'static str)> {
    fn entry<M: Method + Default>() -> (Box<dyn Method>, &'static str) {
        (Box::new(M::default()), M::doc())
    }
    vec![
        entry::<Sam>(),
        entry::<Asam>(),
        entry::<Gsam>(),
        entry::<LookSam>(),
        entry::<EntropySgd>(),
    ]
}

/// A method that asks for gradients at several points: its arrays, and what it makes of each gradient.
pub trait Method: Hypers + Debug + Send + Sync + 'static {
    /// The method's name, in errors and in saved files.
    fn name(&self) -> &'static str;

    /// The arrays it keeps per parameter; [`Vector::Kept`] counts them.
    fn arrays(&self) -> &'static [Kept];

    /// Takes the gradient at the present values, and says what is to come: another gradient, for which it may have moved
    /// the values, or the optimiser's step.
    fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask;
}

/// An array that a method keeps per parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The name that it is saved by.
    pub name: &'static str,
    /// Whether it outlives the step; another one is forgotten when the step is done.
    pub lasting: bool,
}

/// Where a method stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Steps that the optimiser has done, so counted from 0: what schedules are functions of.
    pub step: u64,
    /// Gradients of this step before the present one.
    pub point: u64,
}

impl Turn {
    /// The hyper-parameter's value at this step.
    #[must_use]
    pub fn value(&self, hyper: &Hyper) -> f64 {
        hyper.at(self.step)
    }

    /// The hyper-parameter's value as a whole number; a fraction is cut off.
    #[must_use]
    pub fn count(&self, hyper: &Hyper) -> u64 {
        self.value(hyper) as u64
    }
}

/// What a method wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// The gradient at the present values.
    Gradient(Data),
    /// The optimiser's step from the values that the step began with, with this vector as the gradient. A parameter that
    /// has no gradient at the present values stays as it was.
    Step(Vector),
}

/// What a gradient is to be computed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Data {
    /// The batch of the gradient before.
    Same,
    /// The next batch.
    Next,
}

/// A vector over all coordinates of all parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vector {
    /// The values as they are.
    Values,
    /// The values that the step began with.
    Origin,
    /// The gradient at the present values.
    Gradient,
    /// One of the method's own arrays, by its place in [`Method::arrays`].
    Kept(usize),
}

/// What a method can do with vectors.
///
/// All of it concerns the parameters that have a gradient at the present values and are not frozen; the others are left
/// alone. An array that a parameter does not have yet counts as zeros there. Sums run over all parameters in a fixed
/// order; linear combinations are made in f64 and rounded once.
///
/// # Panics
/// All of it, if [`Vector::Kept`] or `array` counts beyond [`Method::arrays`]: a mistake of the method's author.
pub trait Space {
    /// `Σ aᵢbᵢ` over all coordinates.
    fn dot(&mut self, a: Vector, b: Vector) -> f64;

    /// The Euclidean norm over all coordinates.
    fn norm(&mut self, a: Vector) -> f64 {
        self.dot(a, a).sqrt()
    }

    /// Sets one of the method's arrays to `Σ c·v`; it may be among the terms.
    fn keep(&mut self, array: usize, terms: &[(f64, Vector)]);

    /// Sets one of the method's arrays to `(|by| + offset) · vector`, coordinate by coordinate.
    fn keep_weighed(&mut self, array: usize, by: Vector, offset: f64, vector: Vector);

    /// Sets the values to `Σ c·v`.
    fn move_to(&mut self, terms: &[(f64, Vector)]);

    /// Adds `scale · N(0, 1)` to each value, from the method's own random stream.
    fn shake(&mut self, scale: f64);
}

/// Moves the values to where the loss is highest, to first order, in a ball of radius ρ: `x + ρ d/length`.
fn climb(space: &mut dyn Space, rho: f64, direction: Vector, length: f64) {
    space.move_to(&[(1.0, Vector::Values), (ratio(rho, length), direction)]);
}

/// `a/b`, or 0 where b is: a vector of length zero has no direction.
fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}
