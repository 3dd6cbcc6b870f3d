//! When to stop where nothing gets better any more, and where.

use super::{Answer, Run, Stopped};
use crate::Scalar;

/// Methods that go on by gradients where rounding has used up the values could go on for ever: a while without a lower value or a
/// smaller gradient than ever before ends them.
pub(super) struct Patience {
    value: f64,
    norm: f64,
    left: u32,
}

impl Patience {
    const STEPS: u32 = 50;

    pub(super) fn new() -> Self {
        Self {
            value: f64::INFINITY,
            norm: f64::INFINITY,
            left: Self::STEPS,
        }
    }

    /// Whether it is over, after a step to a value and a norm of the gradient.
    pub(super) fn ends(&mut self, value: f64, norm: f64) -> bool {
        if value < self.value || norm < self.norm {
            self.left = Self::STEPS;
        } else {
            self.left = self.left.saturating_sub(1);
        }
        self.value = self.value.min(value);
        self.norm = self.norm.min(norm);
        self.left == 0
    }
}

/// The lowest point that such a method left for a higher one. Rounding alone makes the difference small; but where the gradient is
/// wrong, many small differences lead uphill.
pub(super) struct Lowest<T>(Option<(Vec<T>, f64, f64)>);

impl<T: Scalar> Lowest<T> {
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Notes a point that is left for one of the value `next`.
    pub(super) fn leave(&mut self, x: &[T], value: f64, norm: f64, next: f64) {
        if next <= value || value.is_nan() {
            return;
        }
        match &mut self.0 {
            Some(lowest) if value < lowest.1 => {
                lowest.0.copy_from_slice(x);
                (lowest.1, lowest.2) = (value, norm);
            }
            Some(_) => {}
            none => *none = Some((x.to_vec(), value, norm)),
        }
    }

    /// The answer of a method that stops at x; or at the lowest point, if it stops without having found what it looked for, and not
    /// for what is wrong with x.
    pub(super) fn answer(
        self,
        run: &Run<'_, T>,
        x: Vec<T>,
        value: f64,
        norm: f64,
        stopped: Stopped,
    ) -> Answer<T> {
        let (x, value, norm) = match self.0 {
            Some(lowest)
                if lowest.1 < value && !stopped.converged() && stopped != Stopped::NonFinite =>
            {
                lowest
            }
            _ => (x, value, norm),
        };
        run.answer(x, value, Some(norm), stopped)
    }
}
