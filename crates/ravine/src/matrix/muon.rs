//! Muon: momentum, orthogonalised (Jordan et al., 2024, <https://kellerjordan.github.io/posts/muon/>).

use super::algebra::{AlgebraError, MatrixMut, NEWTON_SCHULZ, newton_schulz};
use crate::{Real, Scalar};

/// The ε beside the norm by which Newton–Schulz iteration divides; PyTorch's default.
pub const EPSILON: f64 = 1e-7;

/// The momentum m and the direction d to orthogonalise, of one coordinate with gradient g.
///
/// ```text
/// m ← μm + (1 − μ)g
/// d = μm + (1 − μ)g with Nesterov's look ahead, else m
/// ```
///
/// As in PyTorch (`buf.lerp`), the average form of momentum; Jordan's m ← μm + g is 1/(1 − μ) times that, and the
/// orthogonal factor of the direction is the same. μ is 0.95 as a rule.
#[inline(always)]
pub fn direction<R: Real>(g: R, m: &mut R, mu: R, nesterov: bool) -> R {
    let new = mu.like(1.0) - mu;
    *m = mu * *m + new * g;
    if nesterov { mu * *m + new * g } else { *m }
}

/// How the size of an orthogonalised update follows from the shape of its weight, which computes `out` numbers from `in`.
///
/// All singular values of the update are near one whatever its shape, so that the root of its mean square is about
/// 1/√max(out, in).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeFactor {
    /// `√max(1, out/in)`: Jordan's, for learning rates about 0.02.
    Original,
    /// `0.2·√max(out, in)`: the root mean square of AdamW's updates, so that its learning rate and decay can be kept
    /// (Liu et al., "Muon is scalable for LLM training", 2025, section 2.2).
    MatchAdamW,
}

impl ShapeFactor {
    /// The factor for a weight from `fan_in` to `fan_out` numbers. Weights stored as `[out, in]`, as in PyTorch, have
    /// `fan_out` rows; stored as `[in, out]`, as in Burn, `fan_out` columns.
    #[must_use]
    pub fn of(self, fan_out: usize, fan_in: usize) -> f64 {
        match self {
            Self::Original => (fan_out as f64 / fan_in.max(1) as f64).max(1.0).sqrt(),
            Self::MatchAdamW => 0.2 * (fan_out.max(fan_in) as f64).sqrt(),
        }
    }
}

/// Turns the direction into the update, before the learning rate: orthogonalised, times `factor`.
///
/// # Errors
/// [`AlgebraError::NotFinite`] if the norm of the direction is not finite; it is then as it was.
pub fn orthogonalise<T: Scalar>(
    mut direction: MatrixMut<'_, T>,
    factor: f64,
) -> Result<(), AlgebraError> {
    newton_schulz(direction.reborrow(), &NEWTON_SCHULZ, EPSILON)?;
    direction.scale(T::from_f64(factor));
    Ok(())
}
