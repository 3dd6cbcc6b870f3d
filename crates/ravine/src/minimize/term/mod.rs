//! Terms without a gradient that an objective may have beside its smooth part, one file each: `f(x) + g(x)`, where g comes with its
//! proximal map.

mod elastic_net;
mod group_l1;
mod indicator;
mod l1;
mod nuclear_norm;
mod total_variation;
mod zero;

pub use elastic_net::ElasticNet;
pub use group_l1::GroupL1;
pub use indicator::Indicator;
pub use l1::L1;
pub use nuclear_norm::NuclearNorm;
pub use total_variation::TotalVariation;
pub use zero::Zero;

use super::Error;
use crate::Scalar;

/// A convex term g that need not have a gradient.
pub trait Term<T: Scalar = f64>: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether it is a function of n variables.
    ///
    /// # Errors
    ///
    /// If an option is out of its range, or the term is one of another number of variables.
    fn check(&self, n: usize) -> Result<(), Error>;

    /// g(x).
    fn value(&self, x: &[T]) -> f64;

    /// Moves x to `argmin_z g(z) + ‖z − x‖²/2t`, for a step t > 0.
    fn prox(&self, step: f64, x: &mut [T]);
}

/// What a pointer to one does, it does.
macro_rules! behind {
    ($pointer:ty) => {
        impl<T: Scalar, G: Term<T> + ?Sized> Term<T> for $pointer {
            fn name(&self) -> &'static str {
                (**self).name()
            }

            fn check(&self, n: usize) -> Result<(), Error> {
                (**self).check(n)
            }

            fn value(&self, x: &[T]) -> f64 {
                (**self).value(x)
            }

            fn prox(&self, step: f64, x: &mut [T]) {
                (**self).prox(step, x);
            }
        }
    };
}

behind!(&G);
behind!(Box<G>);

/// A weight must not be negative.
fn check_weight(name: &'static str, weight: f64) -> Result<(), Error> {
    Error::unless(
        weight >= 0.0 && weight.is_finite(),
        name,
        weight,
        "a number that is not negative",
    )
}

/// Moves x towards 0 by θ, and not beyond it: `sign(x)·max(|x| − θ, 0)`.
fn shrink(x: f64, theta: f64) -> f64 {
    let size = x.abs() - theta;
    if size <= 0.0 { 0.0 } else { size.copysign(x) }
}
