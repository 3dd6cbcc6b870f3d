//! What a search knows of one step, and the steps that models through two of them suggest.

use crate::Scalar;
use crate::minimize::line::Line;
use crate::minimize::vector::bottomless;

/// A step α, with φ(α) and φ′(α); the slope is NaN where it was not asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) step: f64,
    pub(super) value: f64,
    pub(super) slope: f64,
}

impl Sample {
    /// The line's beginning.
    pub(super) fn origin<T: Scalar>(line: &Line<'_, '_, T>) -> Self {
        Self {
            step: 0.0,
            value: line.value_at_0(),
            slope: line.slope_at_0(),
        }
    }

    /// With its slope.
    pub(super) fn at<T: Scalar>(line: &mut Line<'_, '_, T>, step: f64) -> Self {
        let (value, slope) = line.value_and_slope(step);
        Self { step, value, slope }
    }

    /// Without its slope.
    pub(super) fn value_at<T: Scalar>(line: &mut Line<'_, '_, T>, step: f64) -> Self {
        Self {
            step,
            value: line.value(step),
            slope: f64::NAN,
        }
    }

    /// Whether the function has a value and a slope here.
    pub(super) fn exists(&self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }

    /// Whether the value is one of a function that falls without end.
    pub(super) fn is_bottomless<T: Scalar>(&self) -> bool {
        self.value < bottomless::<T>()
    }
}

/// Where the cubic through two values and slopes is least. NaN if it is least nowhere.
///
/// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., (3.59).
pub(super) fn cubic(a: Sample, b: Sample) -> f64 {
    let h = b.step - a.step;
    let d1 = a.slope + b.slope - 3.0 * (b.value - a.value) / h;
    // Scaled, so that the square neither overflows nor vanishes.
    let scale = d1.abs().max(a.slope.abs()).max(b.slope.abs());
    let square = (d1 / scale).powi(2) - (a.slope / scale) * (b.slope / scale);
    let d2 = h.signum() * scale * square.sqrt();
    b.step - h * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2)
}

/// Where the parabola through a's value and slope and b's value is least. NaN or far off if it is least nowhere.
pub(super) fn parabola(a: Sample, b: Sample) -> f64 {
    let h = b.step - a.step;
    a.step - 0.5 * a.slope * h * h / (b.value - a.value - a.slope * h)
}

/// Where the straight line through two slopes is 0.
pub(super) fn secant(a: Sample, b: Sample) -> f64 {
    a.step - a.slope * (b.step - a.step) / (b.slope - a.slope)
}
