//! Links that need a whole tensor at once: matrix products, means over rows, low-rank projections.

use std::fmt::Debug;

use super::{Initial, Step};
use crate::Scalar;
use crate::hyper::Hypers;

/// A link that sees a parameter as a whole, with its shape.
///
/// It begins and ends a pass over memory. Use a [`Rule`](super::Rule) wherever coordinates do not need each other.
///
/// [`whole!`](crate::whole!) makes a chain of it: `whole!(MyMethod);`.
pub trait Whole: Hypers + Clone + Debug + Send + Sync + 'static {
    /// The link's name, in errors and in saved files.
    const NAME: &'static str;

    /// The names of the arrays that it may keep per parameter.
    const STATE: &'static [&'static str];

    /// The formula, as `explain` prints it: one assignment a line, with `g` for the input and `u` for the output.
    const FORMULA: &'static str;

    /// Whether it goes by the parameter's shape, so that the caller must give one.
    const NEEDS_SHAPE: bool = true;

    /// The array of this number in [`Whole::STATE`] for a parameter of this shape; `None` if such a parameter has none.
    fn array(&self, state: usize, shape: &[usize]) -> Option<Array>;

    /// Whether the array of this number stays in full precision in whatever format states are kept
    /// ([`Optimizer::with_states`](crate::Optimizer::with_states)). By default all do, since roots and bases of matrices suffer
    /// from rounding; a momentum need not.
    fn is_exact(&self, _state: usize) -> bool {
        true
    }

    /// Turns the input `tensor.u` into the output, in place, and brings the states up to date.
    ///
    /// # Errors
    /// What failed (a decomposition, say) and what was done instead; the output must be usable all the same. It goes into
    /// [`StepReport::fallbacks`](crate::StepReport::fallbacks).
    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String>;

    /// Whether the link, as it is set, hands on its input unchanged, so that a chain can leave it out.
    fn is_identity(&self) -> bool {
        false
    }
}

/// An array that a link keeps for a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its shape, which need not be the parameter's.
    pub shape: Vec<usize>,
    /// What it holds before the first update. [`Initial::Parameter`] only where it has the parameter's shape.
    pub initial: Initial,
}

impl Array {
    /// An array of zeros.
    #[must_use]
    pub fn zeros(shape: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            initial: Initial::Constant(0.0),
        }
    }
}

/// A parameter in the course of a step, as a [`Whole`] link sees it. All slices are row-major.
#[derive(Debug)]
pub struct Tensor<'a, T> {
    /// The parameter's name.
    pub name: &'a str,
    /// The shape of the parameter, its gradient and the update.
    pub shape: &'a [usize],
    /// The parameter before the step.
    pub x: &'a [T],
    /// The gradient as it came.
    pub gradient: &'a [T],
    /// The caller's estimate of the Hessian's diagonal, if it gave one.
    pub hessian: Option<&'a [T]>,
    /// The input, which the output replaces.
    pub u: &'a mut [T],
    /// The arrays in the order of [`Whole::STATE`]; those that the parameter does not have are empty.
    pub states: &'a mut [Vec<T>],
}
