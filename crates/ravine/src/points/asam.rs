//! ASAM.

use super::{Ask, Data, Kept, Method, Space, Turn, Vector, climb};
use crate::{hyper, hyper::Range};

hyper! {
    /// Adaptive SAM: the ball is measured in units of each parameter's size, so rescaling weights does not change it.
    ///
    /// ```text
    /// g  = ∇L(x),  T = diag(|x| + η)
    /// x' = x + ρ T²g/‖Tg‖
    /// x ← x − u(∇L(x'))        u: the optimiser's update
    /// ```
    /// Two gradients a step, both of the same batch. ‖Tg‖ is the norm over all parameters. T holds for every parameter, as in
    /// the paper; the authors' program uses T = 1 for biases. `pytorch_optimizer` (`SAM(adaptive=True)`) has η = 0.
    ///
    /// Source: Kwon, Kim, Park & Choi, "ASAM: Adaptive Sharpness-Aware Minimization for Scale-Invariant Learning of Deep
    /// Neural Networks", ICML 2021, algorithm 1 with p = 2 and elementwise T.
    Asam {
        /// radius ρ, relative to the parameters
        rho: 0.5, Range::NON_NEGATIVE;
        /// η, added to |x|
        eta: 0.01, Range::NON_NEGATIVE;
    }
}

const DIRECTION: usize = 0;

impl Method for Asam {
    fn name(&self) -> &'static str {
        "asam"
    }

    fn arrays(&self) -> &'static [Kept] {
        &[Kept {
            name: "direction",
            lasting: false,
        }]
    }

    fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask {
        if turn.point > 0 {
            return Ask::Step(Vector::Gradient);
        }
        let (eta, direction) = (turn.value(&self.eta), Vector::Kept(DIRECTION));
        space.keep_weighed(DIRECTION, Vector::Values, eta, Vector::Gradient);
        let norm = space.norm(direction);
        space.keep_weighed(DIRECTION, Vector::Values, eta, direction);
        climb(space, turn.value(&self.rho), direction, norm);
        Ask::Gradient(Data::Same)
    }
}
