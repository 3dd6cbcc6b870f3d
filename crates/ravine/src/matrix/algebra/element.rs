//! What the library behind the matrix mathematics asks of a number type.

use faer::traits::RealField;

use crate::Scalar;

/// A number type that the matrix mathematics can use; every [`Scalar`] is one.
///
/// The library's own trait brings operators with it. It is asked of [`Itself`](Self::Itself), which is the type itself,
/// so that a `Scalar` elsewhere computes as a [`Real`](crate::Real) and as nothing more.
#[doc(hidden)]
pub trait Element: Sized {
    /// The type itself.
    type Itself: Scalar + RealField;

    fn elements(slice: &[Self]) -> &[Self::Itself];

    fn elements_mut(slice: &mut [Self]) -> &mut [Self::Itself];

    fn element(self) -> Self::Itself;
}

macro_rules! element {
    ($float:ty) => {
        impl Element for $float {
            type Itself = Self;

            fn elements(slice: &[Self]) -> &[Self] {
                slice
            }

            fn elements_mut(slice: &mut [Self]) -> &mut [Self] {
                slice
            }

            fn element(self) -> Self {
                self
            }
        }
    };
}

element!(f32);
element!(f64);
