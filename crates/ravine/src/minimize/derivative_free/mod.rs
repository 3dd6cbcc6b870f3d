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

use crate::Scalar;
use crate::minimize::{Error, Run};

/// Where a search begins: the start, its value, and the first step of each coordinate, `step · max(1, |xᵢ|)`.
fn begin<T: Scalar>(run: &mut Run<'_, T>, step: f64) -> Result<(Vec<T>, f64, Vec<f64>), Error> {
    Error::unless_positive("step", step)?;
    let x = run.start();
    let value = run.value(&x);
    let steps = x.iter().map(|x| step * x.to_f64().abs().max(1.0));
    let steps = steps.collect();
    Ok((x, value, steps))
}

/// The largest difference of a coordinate.
fn distance<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.fold(0.0, |most, (a, b)| {
        (a.to_f64() - b.to_f64()).abs().max(most)
    })
}
