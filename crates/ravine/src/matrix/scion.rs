//! Scion.

use super::fold::{LAYOUT, by_rank, layout};
use super::{Orthogonalise, ShapeFactor};
use crate::catalogue::{Choice, HALF_DECADE, Recipe, TRUE_FALSE, decoupled};
use crate::rule::{At, Momentum, NormaliseRms, Rule, Sign, Step};
use crate::{Chain, Real, hyper, hyper::Range};

hyper! {
    /// The radius of the ball of a norm in which a linear minimisation oracle looks.
    ///
    /// ```text
    /// u = ρ·g
    /// ```
    /// Layers of another radius are a [`Group`](crate::Group) that sets it.
    Radius {
        /// radius ρ of the ball
        radius: 50.0, Range::POSITIVE;
    }
}

impl Rule for Radius {
    const NAME: &'static str = "radius";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["ρ"];
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.radius)]
    }

    #[inline(always)]
    fn apply<T: Real>([radius]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *radius * g
    }

    fn is_identity(&self) -> bool {
        self.radius.is(1.0)
    }
}

const CONSTRAINED: Choice = Choice {
    name: "constrained",
    words: TRUE_FALSE,
    doc: "keep the parameters in the balls (Scion) instead of stepping by their radius (uScion): weight decay 1",
};

const VECTORS: Choice = Choice {
    name: "vectors",
    words: &["rms", "sign"],
    doc: "the norm of what has one dimension: the root mean square, or the largest coordinate",
};

/// `x ← x + η·lmo(d)`, unconstrained, or `x ← (1 − η)x + η·lmo(d)`; the constrained form is decay with λ = 1.
///
/// The oracle of the spectral norm is −ρ√(out/in)·UVᵀ, that of the root mean square −ρd/‖d‖_rms, that of the largest
/// coordinate −ρ·sign(d). The averages d ← (1 − α)d + αg are [`Momentum`]'s velocity times α, and no oracle sees a
/// factor. Kernels of convolutions are one matrix, as in Muon; the paper's code takes 1/(kernel area) of √(out/in) there.
/// The paper has the sign, over `in`, on the last layer: [`Sign`] with a selection by name.
pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "scion",
    family: "matrix",
    summary: "the direction of steepest descent in a norm made for each layer: spectral, RMS or sign",
    source: "Pethick et al., \"Training Deep Learning Models with Norm-Constrained LMOs\", ICML 2025, algorithms 1 and 2",
    usual_learning_rate: HALF_DECADE * 1e-4,
    choices: &[CONSTRAINED, VECTORS, LAYOUT],
    build: |choices| {
        let oracle = Orthogonalise::new()
            .shape_factor(ShapeFactor::Spectral)
            .layout(layout(choices));
        let vectors = if choices.is("vectors", "sign") {
            Chain::from(Sign::new())
        } else {
            Chain::from(NormaliseRms::new())
        };
        let decay = if choices.is("constrained", "true") {
            1.0
        } else {
            0.0
        };
        let directions = Chain::from(Momentum::new()).join(by_rank(oracle, vectors));
        decoupled(directions.then(Radius::new()), decay, 3e-4)
    },
}];
