//! Clipping by value.

use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Clips every coordinate.
    ///
    /// ```text
    /// u = min(max(g, −c), c)
    /// ```
    /// [`StepReport::clipped`](crate::StepReport::clipped) does not count it: it speaks of norms.
    ClipValue {
        /// largest absolute value c of a coordinate
        clip_value: f64::INFINITY, Range::BOUND;
    }
}

impl Rule for ClipValue {
    const NAME: &'static str = "clip_value";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["c"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.clip_value)]
    }

    #[inline(always)]
    fn apply<T: Real>([c]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        g.max(-*c).min(*c)
    }

    fn is_identity(&self) -> bool {
        self.clip_value.is(f64::INFINITY)
    }
}
