//! SAM.

use super::{Ask, Data, Kept, Method, Space, Turn, Vector, climb};
use crate::{hyper, hyper::Range};

hyper! {
    /// Sharpness-aware minimisation: descends with the gradient of the highest point nearby, so that it ends in flat minima.
    ///
    /// ```text
    /// g  = ∇L(x)
    /// x' = x + ρ g/‖g‖
    /// x ← x − u(∇L(x'))        u: the optimiser's update
    /// ```
    /// Two gradients a step, both of the same batch. ‖g‖ is the norm over all parameters; a gradient of zeros moves nothing.
    /// ρ is in units of the parameters' norm.
    ///
    /// Source: Foret, Kleiner, Mobahi & Neyshabur, "Sharpness-Aware Minimization for Efficiently Improving Generalization",
    /// ICLR 2021, equation 2 (p = 2) and algorithm 1.
    Sam {
        /// radius ρ of the ball in which the loss is to be low
        rho: 0.05, Range::NON_NEGATIVE;
    }
}

impl Method for Sam {
    fn name(&self) -> &'static str {
        "sam"
    }

    fn arrays(&self) -> &'static [Kept] {
        &[]
    }

    fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask {
        if turn.point > 0 {
            return Ask::Step(Vector::Gradient);
        }
        let norm = space.norm(Vector::Gradient);
        climb(space, turn.value(&self.rho), Vector::Gradient, norm);
        Ask::Gradient(Data::Same)
    }
}
