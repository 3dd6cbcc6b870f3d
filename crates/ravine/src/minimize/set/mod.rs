//! Convex sets, one file each: the nearest point of a set, and the point of it that lies farthest in a direction.

mod affine;
mod bounds;
mod half_space;
mod l1_ball;
mod l2_ball;
mod linf_ball;
mod simplex;
mod whole;

pub use affine::Affine;
pub use half_space::HalfSpace;
pub use l1_ball::L1Ball;
pub use l2_ball::L2Ball;
pub use linf_ball::LInfBall;
pub use simplex::Simplex;
pub use whole::Whole;

use super::Error;
use crate::Scalar;

/// A closed convex set.
pub trait Set<T: Scalar = f64>: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether it is a set of points of n coordinates.
    ///
    /// # Errors
    ///
    /// If an option is out of its range, or the points of the set have another number of coordinates.
    fn check(&self, n: usize) -> Result<(), Error>;

    /// Moves x to its projection, the nearest point of the set: the p with `(x − p)ᵀ(z − p) ≤ 0` for all z of the set.
    fn project(&self, x: &mut [T]);

    /// Writes a point s of the set at which `cᵀs` is least, the linear minimisation that Frank–Wolfe needs; `false` where the
    /// set is unbounded, or has no simple way to find it.
    fn lowest(&self, _c: &[T], _s: &mut [T]) -> bool {
        false
    }

    /// Whether it is the whole space, so that a task's bounds may take its place.
    fn is_whole(&self) -> bool {
        false
    }
}

/// What a pointer to one does, it does.
macro_rules! behind {
    ($pointer:ty) => {
        impl<T: Scalar, S: Set<T> + ?Sized> Set<T> for $pointer {
            fn name(&self) -> &'static str {
                (**self).name()
            }

            fn check(&self, n: usize) -> Result<(), Error> {
                (**self).check(n)
            }

            fn project(&self, x: &mut [T]) {
                (**self).project(x);
            }

            fn lowest(&self, c: &[T], s: &mut [T]) -> bool {
                (**self).lowest(c, s)
            }

            fn is_whole(&self) -> bool {
                (**self).is_whole()
            }
        }
    };
}

behind!(&S);
behind!(Box<S>);

/// A radius must be positive.
fn check_radius(radius: f64) -> Result<(), Error> {
    Error::unless_positive("the radius", radius)
}

/// The set's points must have as many coordinates as the start.
fn check_dimension(set: &str, of: usize, n: usize) -> Result<(), Error> {
    if of == n {
        return Ok(());
    }
    Err(Error::Set(format!(
        "the points of the {set} have {of} coordinates, but the start has {n}"
    )))
}
