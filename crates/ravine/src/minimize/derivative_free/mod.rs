//! Methods that compare values and need no gradient, one file each.

mod brent;
mod coordinate;
mod golden_section;
mod hooke_jeeves;
mod interval;
mod line_minimum;
mod nelder_mead;
mod powell;

pub use brent::{Brent, brent};
pub use coordinate::CoordinateSearch;
pub use golden_section::{GoldenSection, golden_section};
pub use hooke_jeeves::HookeJeeves;
pub use interval::IntervalMinimum;
pub use nelder_mead::NelderMead;
pub use powell::Powell;

/// A value as methods compare it: what is not a number is the worst.
pub(super) fn comparable(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}
