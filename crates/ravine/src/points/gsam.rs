//! GSAM.

use super::{Ask, Data, Kept, Method, Space, Turn, Vector, climb, ratio};
use crate::{hyper, hyper::Range};

hyper! {
    /// Surrogate-gap guided SAM: descends on the highest loss nearby and, across that, climbs on the loss itself, which
    /// closes the gap between the two.
    ///
    /// ```text
    /// g  = ∇L(x)
    /// x' = x + ρ g/‖g‖,  g' = ∇L(x')
    /// g⊥ = g − ⟨g, g'⟩/‖g'‖² · g'
    /// x ← x − u(g' − αg⊥)      u: the optimiser's update
    /// ```
    /// Two gradients a step, both of the same batch. Norms and products run over all parameters. The paper lets ρ follow the
    /// learning rate between two bounds: give it a schedule of the same form.
    ///
    /// Source: Zhuang, Gong, Yuan, Cui, Adam, Dvornek, Tatikonda, Duncan & Liu, "Surrogate Gap Minimization Improves
    /// Sharpness-Aware Training", ICLR 2022, algorithm 1.
    Gsam {
        /// radius ρ of the ball in which the loss is to be low
        rho: 0.05, Range::NON_NEGATIVE;
        /// weight α of the part of the gradient that is orthogonal to the perturbed one
        alpha: 0.4, Range::NON_NEGATIVE;
    }
}

const GRADIENT: usize = 0;

impl Method for Gsam {
    fn name(&self) -> &'static str {
        "gsam"
    }

    fn arrays(&self) -> &'static [Kept] {
        &[Kept {
            name: "gradient",
            lasting: false,
        }]
    }

    fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask {
        let (before, now) = (Vector::Kept(GRADIENT), Vector::Gradient);
        if turn.point == 0 {
            space.keep(GRADIENT, &[(1.0, now)]);
            let norm = space.norm(now);
            climb(space, turn.value(&self.rho), now, norm);
            return Ask::Gradient(Data::Same);
        }
        let alpha = turn.value(&self.alpha);
        let parallel = ratio(space.dot(before, now), space.dot(now, now));
        space.keep(GRADIENT, &[(-alpha, before), (1.0 + alpha * parallel, now)]);
        Ask::Step(before)
    }
}
