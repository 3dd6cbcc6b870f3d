//! When to stop where nothing gets better any more.

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
