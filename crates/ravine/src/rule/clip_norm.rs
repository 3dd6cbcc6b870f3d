//! Clipping by the norm of each parameter.

use super::{At, Measure, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Clips each parameter by its own norm.
    ///
    /// ```text
    /// u = g · min(1, c/‖g‖)
    /// ```
    /// ‖g‖ is the Euclidean norm over the parameter. A shorter gradient passes unchanged, to the bit; PyTorch
    /// divides by ‖g‖ + 1e-6 instead, so its result is shorter than c by a millionth.
    ///
    /// [`ClipGlobalNorm`](super::ClipGlobalNorm) keeps the direction of the whole gradient; this one does not.
    ClipNorm {
        /// largest norm c of a parameter's gradient
        clip_norm: f64::INFINITY, Range::BOUND;
    }
}

impl Rule for ClipNorm {
    const NAME: &'static str = "clip_norm";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["min(1, c/‖g‖)"];
    const MEASURE: Measure = Measure::ParameterNorm;
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let max_norm = step.value(&self.clip_norm);
        [if step.norm > max_norm {
            max_norm / step.norm
        } else {
            1.0
        }]
    }

    #[inline(always)]
    fn apply<T: Real>([scale]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *scale * g
    }

    fn is_identity(&self) -> bool {
        self.clip_norm.is(f64::INFINITY)
    }

    fn clips(&self, step: &Step) -> bool {
        step.norm > step.value(&self.clip_norm)
    }
}
