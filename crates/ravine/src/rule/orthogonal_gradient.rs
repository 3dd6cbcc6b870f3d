//! The gradient orthogonal to the weights.

use super::{At, Measure, Rule, Step, TERMS};
use crate::{Real, hyper};

hyper! {
    /// The part of the gradient that is orthogonal to the parameter, with the length of the whole.
    ///
    /// ```text
    /// o = g − x·⟨x, g⟩/⟨x, x⟩
    /// u = o · ‖g‖/‖o‖
    /// ```
    /// Sums over the parameter. Before any rule. It takes out the growth of the weights by which a classifier lowers its loss
    /// without learning anything; the paper calls it ⊥Grad.
    ///
    /// Where the gradient lies within 0.3 % of the parameter's direction (always, if the parameter is one number) what is left
    /// of it is rounding error, and is not made longer.
    ///
    /// Source: Prieto, Barsbey, Mediano & Birdal, "Grokking at the Edge of Numerical Stability", ICLR 2025, section 5; the
    /// length as in its code.
    OrthogonalGradient {}
}

/// The least (‖o‖/‖g‖)² that is not taken for rounding error of sums in f32.
const PARALLEL: f64 = 1e-5;

impl Rule for OrthogonalGradient {
    const NAME: &'static str = "orthogonal_gradient";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["⟨x, g⟩/⟨x, x⟩", "‖g‖/‖o‖"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = &["⟨x, g⟩", "⟨x, x⟩", "⟨g, g⟩"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        let [xg, xx, gg, _] = step.sums;
        if xx == 0.0 || gg == 0.0 {
            return [0.0, 1.0];
        }
        // ‖o‖² = ‖g‖² − ⟨x, g⟩²/⟨x, x⟩
        let left = 1.0 - (xg / xx) * (xg / gg);
        let scale = if left > PARALLEL { 1.0 / left.sqrt() } else { 1.0 };
        [xg / xx, scale]
    }

    #[inline(always)]
    fn apply<T: Real>([along, scale]: &[T; 2], At { x, g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *scale * (g - *along * x)
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 2], At { x, g, .. }: At<T>, []: &[T; 0]) -> [T; TERMS] {
        [x * g, x * x, g * g, g.like(0.0)]
    }
}
