//! Where the small number goes that keeps a division finite.

/// Where ε stands in `g / √v`. Systems disagree, and at equal ε the two differ widely while v is small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epsilon {
    /// `√v + ε`, as PyTorch, Candle and Burn write Adagrad and RMSProp.
    #[default]
    Outside,
    /// `√(v + ε)`, as in lectures and in Optax's default.
    Inside,
}

impl Epsilon {
    /// What is added under the root, and what behind it.
    pub(super) fn split(self, eps: f64) -> (f64, f64) {
        match self {
            Self::Outside => (0.0, eps),
            Self::Inside => (eps, 0.0),
        }
    }
}
