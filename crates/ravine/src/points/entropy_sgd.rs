//! Entropy-SGD.

use super::{Ask, Data, Kept, Method, Space, Turn, Vector};
use crate::{hyper, hyper::Range};

hyper! {
    /// Entropy-SGD: descends on the local entropy, for whose gradient a Langevin walk around the parameters gives the mean.
    ///
    /// ```text
    /// x' = x,  μ = x
    /// L times, each with the next batch:
    ///     x' ← x' − η'(∇L(x') − γ(x − x')) + √η' ε N(0, 1)
    ///     μ  ← (1 − α)μ + αx'
    /// x ← x − u(γ(x − μ))      u: the optimiser's update
    /// ```
    /// L gradients a step. γ multiplies the gradient, as in the paper's algorithm: with plain SGD the learning rate is to be
    /// large (of the order of 1/γ), with Adam it does not matter. The authors' program differs from their paper: it leaves
    /// this γ out, its walk has momentum and √2 times the noise, and its average has α = 0.25. The paper's scoping, γ₀(1 + γ₁)ᵗ, is
    /// the schedule `exponential(from=γ₀, factor=1 + γ₁)` of `scope`.
    ///
    /// The noise is that of the seed given to [`Points::with_seed`](super::Points::with_seed), drawn in the order of the
    /// parameters.
    ///
    /// Source: Chaudhari, Choromanska, Soatto, LeCun, Baldassi, Borgs, Chayes, Sagun & Zecchina, "Entropy-SGD: Biasing Gradient
    /// Descent into Wide Valleys", ICLR 2017, algorithm 1.
    EntropySgd {
        /// gradients L of the Langevin walk, a whole number
        iterations: 20.0, Range::new(1.0, false, f64::INFINITY, true);
        /// pull γ of the walk towards the parameters
        scope: 1e-4, Range::NON_NEGATIVE;
        /// step size η' of the walk
        walk_lr: 0.1, Range::POSITIVE;
        /// weight α of the newest point in the walk's mean
        alpha: 0.75, Range::FRACTION;
        /// size ε of the thermal noise
        noise: 1e-4, Range::NON_NEGATIVE;
    }
}

/// x − μ, which is zero when the walk begins, then γ(x − μ).
const OFFSET: usize = 0;

impl Method for EntropySgd {
    fn name(&self) -> &'static str {
        "entropy_sgd"
    }

    fn arrays(&self) -> &'static [Kept] {
        &[Kept {
            name: "offset",
            lasting: false,
        }]
    }

    fn answer(&self, turn: &Turn, space: &mut dyn Space) -> Ask {
        let (gamma, lr) = (turn.value(&self.scope), turn.value(&self.walk_lr));
        let (alpha, noise) = (turn.value(&self.alpha), turn.value(&self.noise));
        let (x, walker, offset) = (Vector::Origin, Vector::Values, Vector::Kept(OFFSET));
        let pull = lr * gamma;
        space.move_to(&[(1.0 - pull, walker), (pull, x), (-lr, Vector::Gradient)]);
        if noise > 0.0 {
            space.shake(lr.sqrt() * noise);
        }
        space.keep(
            OFFSET,
            &[(1.0 - alpha, offset), (alpha, x), (-alpha, walker)],
        );
        if turn.point + 1 < turn.count(&self.iterations) {
            return Ask::Gradient(Data::Next);
        }
        space.keep(OFFSET, &[(gamma, offset)]);
        Ask::Step(offset)
    }
}
