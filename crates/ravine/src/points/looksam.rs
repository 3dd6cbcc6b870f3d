//! LookSAM.

use super::{Ask, Data, Kept, Method, Space, Turn, Vector, climb, ratio};
use crate::{hyper, hyper::Range};

hyper! {
    /// LookSAM: SAM on every k-th step; between, the part of its gradient that leads to flat regions is used again.
    ///
    /// ```text
    /// g = ∇L(x)
    /// every k-th step, beginning with the first:
    ///     gₛ = ∇L(x + ρ g/‖g‖)
    ///     gᵥ ← gₛ − ⟨g, gₛ⟩/‖g‖² · g
    /// else:
    ///     gₛ = g + α ‖g‖/‖gᵥ‖ · gᵥ
    /// x ← x − u(gₛ)            u: the optimiser's update
    /// ```
    /// 1 + 1/k gradients a step, those of one step of the same batch. Norms and products run over all parameters, as in the
    /// paper; `pytorch_optimizer` decomposes and scales per parameter.
    ///
    /// Source: Liu, Mai, Chen, Hsieh & You, "Towards Efficient and Scalable Sharpness-Aware Minimization", CVPR 2022,
    /// algorithm 1.
    LookSam {
        /// radius ρ of the ball in which the loss is to be low
        rho: 0.05, Range::NON_NEGATIVE;
        /// weight α of the kept direction, in lengths of the gradient
        alpha: 0.7, Range::NON_NEGATIVE;
        /// steps k from one perturbed step to the next, a whole number
        every: 5.0, Range::new(1.0, false, f64::INFINITY, true);
    }
}

/// The gradient at the origin; on steps between, what the optimiser is given.
const GRADIENT: usize = 0;
/// gᵥ
const FLATTENING: usize = 1;

impl Method for LookSam {
    fn name(&self) -> &'static str {
        "looksam"
    }

    fn arrays(&self) -> &'static [Kept] {
        &[
            Kept {
                name: "gradient",
                lasting: false,
            },
            Kept {
                name: "flattening",
                lasting: true,
            },
        ]
    }

    fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask {
        let (before, now) = (Vector::Kept(GRADIENT), Vector::Gradient);
        if turn.point > 0 {
            let parallel = ratio(space.dot(before, now), space.dot(before, before));
            space.keep(FLATTENING, &[(1.0, now), (-parallel, before)]);
            return Ask::Step(now);
        }
        let norm = space.norm(now);
        if turn.step.is_multiple_of(turn.count(&self.every)) {
            space.keep(GRADIENT, &[(1.0, now)]);
            climb(space, turn.value(&self.rho), now, norm);
            return Ask::Gradient(Data::Same);
        }
        let flattening = Vector::Kept(FLATTENING);
        let scale = ratio(turn.value(&self.alpha) * norm, space.norm(flattening));
        space.keep(GRADIENT, &[(1.0, now), (scale, flattening)]);
        Ask::Step(before)
    }
}
