//! Where the small number goes that keeps a division finite.

use crate::catalogue::{Choice, Choices};

/// Where ε stands in `g / √v`. Systems disagree, and at equal ε the two differ widely while v is small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epsilon {
    /// `√v + ε`, as PyTorch, Candle and Burn write Adagrad and RMSProp.
    #[default]
    Outside,
    /// `√(v + ε)`, as in lectures and in Optax's default.
    Inside,
}

/// The form, as a setting.
pub(super) const CHOICE: Choice = Choice {
    name: "epsilon",
    words: &["outside", "inside"],
    doc: "where ε stands: √v + ε as in PyTorch, or √(v + ε) as in lectures",
};

impl Epsilon {
    /// The form that was picked.
    pub(super) fn chosen(choices: &Choices<'_>) -> Self {
        if choices.is(CHOICE.name, "inside") {
            Self::Inside
        } else {
            Self::Outside
        }
    }

    /// What is added under the root, and what behind it.
    pub(super) fn split(self, eps: f64) -> (f64, f64) {
        match self {
            Self::Outside => (0.0, eps),
            Self::Inside => (eps, 0.0),
        }
    }
}
