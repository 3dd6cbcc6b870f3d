//! What the library behind the matrix mathematics asks of a number type.

use faer::traits::RealField;

/// A number type that the matrix mathematics can use; every [`Scalar`](crate::Scalar) is one.
#[doc(hidden)]
pub trait Element: RealField {}

impl Element for f32 {}
impl Element for f64 {}
