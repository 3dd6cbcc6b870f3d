//! Orthogonalisation, the heart of Muon and Scion.

use super::algebra::{NEWTON_SCHULZ, newton_schulz};
use super::fold::Fold;
use crate::Scalar;
use crate::rule::{Array, Layout, Step, Tensor, Whole};
use crate::{hyper, hyper::Range};

hyper! {
    /// Replaces a matrix by nearly the nearest matrix of orthonormal rows or columns, by Newton–Schulz iteration.
    ///
    /// ```text
    /// X ← g/(‖g‖_F + ε);  five times  A ← XXᵀ, X ← 3.4445X + (−4.775A + 2.0315A²)X
    /// u = f·X
    /// ```
    /// All singular values that are not tiny end in [0.68, 1.14], so that no direction of the input is lost in the shadow of the
    /// largest. The factor f follows from the shape: see [`ShapeFactor`]. The iteration is made in the parameters' type, where
    /// PyTorch's is in bf16. A matrix of zeros stays one; if the norm is not finite, the output is zero.
    ///
    /// Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
    /// <https://kellerjordan.github.io/posts/muon/>.
    Orthogonalise {
        /// ε, added to the norm
        ns_eps: 1e-7, Range::NON_NEGATIVE;
        with
        /// how the size of the output follows from the shape
        shape_factor: ShapeFactor = ShapeFactor::MatchAdamW;
        /// where a weight has its outputs
        layout: Layout = Layout::OutIn;
    }
}

impl Whole for Orthogonalise {
    const NAME: &'static str = "orthogonalise";
    const STATE: &'static [&'static str] = &[];
    const FORMULA: &'static str =
        "X ← g/(‖g‖ + ε)\n5 times: A ← X Xᵀ; X ← 3.4445·X + (−4.775·A + 2.0315·A²)·X\nu ← f(shape)·X";

    fn array(&self, _state: usize, _shape: &[usize]) -> Option<Array> {
        None
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let fold = Fold::of(self.layout, tensor.shape);
        let epsilon = step.value(&self.ns_eps);
        let done = newton_schulz(fold.write(tensor.u)?, &NEWTON_SCHULZ, epsilon);
        let factor = match done {
            Ok(()) => self.shape_factor.of(fold.fan_out, fold.fan_in),
            Err(_) => {
                tensor.u.fill(T::from_f64(0.0));
                0.0
            }
        };
        fold.write(tensor.u)?.scale(T::from_f64(factor));
        done.map_err(|error| format!("{error}; no step was made"))
    }
}

crate::whole!(Orthogonalise);

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
    /// `√(out/in)`: the unit ball of the operator norm between root mean squares (Pethick et al., 2025, table 2).
    Spectral,
}

impl ShapeFactor {
    /// The factor for a weight from `fan_in` to `fan_out` numbers.
    #[must_use]
    pub fn of(self, fan_out: usize, fan_in: usize) -> f64 {
        let ratio = fan_out as f64 / fan_in.max(1) as f64;
        match self {
            Self::Original => ratio.max(1.0).sqrt(),
            Self::MatchAdamW => 0.2 * (fan_out.max(fan_in) as f64).sqrt(),
            Self::Spectral => ratio.sqrt(),
        }
    }
}
