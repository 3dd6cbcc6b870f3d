//! The conditions of Wolfe, also where rounding has used up the values.

use super::sample::Sample;
use crate::Scalar;
use crate::minimize::Error;
use crate::minimize::vector::rounding;

/// What a step must satisfy:
///
/// ```text
/// φ(α) ≤ φ(0) + c₁αφ′(0),   |φ′(α)| ≤ c₂|φ′(0)|
/// ```
/// Where φ(α) and φ(0) differ by rounding only, the first is judged by the slope: `φ′(α) ≤ (2c₁ − 1)φ′(0)`, which on a parabola is
/// the same.
///
/// Source: P. Wolfe, "Convergence conditions for ascent methods", 1969; Hager & Zhang, "A new conjugate gradient method with
/// guaranteed descent and an efficient line search", 2005, (4.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Conditions {
    decrease: f64,
    curvature: f64,
    origin: Sample,
    /// How near to φ(0) values tell nothing.
    rounding: f64,
}

impl Conditions {
    pub(super) fn new<T: Scalar>(decrease: f64, curvature: f64, origin: Sample) -> Self {
        Self {
            decrease,
            curvature,
            origin,
            rounding: rounding::<T>() * origin.value.abs(),
        }
    }

    /// Whether the options make sense.
    pub(super) fn check(decrease: f64, curvature: f64) -> Result<(), Error> {
        let inside = |v: f64| v > 0.0 && v < 1.0;
        Error::unless(inside(decrease), "decrease", decrease, "in (0, 1)")?;
        Error::unless(
            curvature > decrease && curvature < 1.0,
            "curvature",
            curvature,
            "between decrease and 1",
        )
    }

    /// Whether the value can be told from φ(0).
    pub(super) fn tells(&self, sample: Sample) -> bool {
        let near = (sample.value - self.origin.value).abs() <= self.rounding;
        !near
    }

    /// Whether the value alone rules the step out.
    pub(super) fn is_high(&self, sample: Sample) -> bool {
        let line = self.origin.value + self.decrease * sample.step * self.origin.slope;
        let low = sample.value <= line;
        !low && self.tells(sample)
    }

    /// Whether the value is above another by more than rounding.
    pub(super) fn is_above(&self, sample: Sample, other: Sample) -> bool {
        let low = sample.value <= other.value + self.rounding;
        !low
    }

    /// The first condition, by the values.
    pub(super) fn falls(&self, sample: Sample) -> bool {
        let line = self.origin.value + self.decrease * sample.step * self.origin.slope;
        sample.value <= line && sample.value < self.origin.value
    }

    /// The first condition; the sample needs its slope.
    fn decreases(&self, sample: Sample) -> bool {
        self.falls(sample)
            || (!self.tells(sample)
                && sample.slope <= (2.0 * self.decrease - 1.0) * self.origin.slope)
    }

    /// Both conditions.
    pub(super) fn hold(&self, sample: Sample) -> bool {
        self.decreases(sample) && sample.slope.abs() <= self.curvature * self.origin.slope.abs()
    }
}
