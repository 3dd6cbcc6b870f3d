//! Methods that estimate gradients from a few values, one file each, for noisy functions and for networks.

mod coordinate_differences;
mod descent;
mod mezo;
mod random_directions;
mod spsa;

pub use coordinate_differences::CoordinateDifferences;
pub use descent::{Estimate, Estimator, Gains, ZerothOrder};
pub use mezo::{Mezo, MezoReport};
pub use random_directions::RandomDirections;
pub use spsa::Spsa;
