//! Projection of the update, and AdamP and SGDP.

use rayon::prelude::*;

use super::rows::{dot, rows, rows_in_piece};
use super::{Adam, LearningRate, Momentum, Nesterov, Step, Tensor, Whole};
use crate::Chain;
use crate::catalogue::{Choice, HALF_DECADE, Recipe, TRUE_FALSE};
use crate::rule::Array;
use crate::{Scalar, hyper, hyper::Range};

hyper! {
    /// Takes the radial part out of the update of weights whose scale does not matter, and adds weight decay.
    ///
    /// ```text
    /// u = g − x̂⟨x̂, g⟩ + ρλx      with  x̂ = x / (‖x‖ + ε),  where |cos(x, ∇f)| < δ/√dim(x)
    /// u = g + λx                  elsewhere
    /// ```
    /// A layer before a normalisation does not depend on the length of its weights, so that its gradient is at right angles to
    /// them. Momentum is not, and makes them longer and longer, which shortens the steps that matter. The
    /// test is on the raw gradient ∇f: first x is a row (a channel: one index of the first dimension in PyTorch's layout [out,
    /// in, …]), and all rows must pass; if not, x is the whole parameter; if that does not pass either, nothing is
    /// projected. ‖x‖ and ‖∇f‖ below ε count as ε. Where it projects, the decay λ is ρ times as strong. Vectors
    /// are only decayed.
    ///
    /// Source: Heo et al., "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights", ICLR 2021,
    /// equation 12 and algorithms 1 and 2; the order of the two tests is that of the authors' code.
    ProjectRadial {
        /// δ, the cosine (times √dim) below which weights count as free of scale
        delta: 0.1, Range::NON_NEGATIVE;
        /// ρ, how strong the decay is where the update is projected
        wd_ratio: 0.1, Range::FRACTION;
        /// strength λ of the decay
        weight_decay: 0.0, Range::NON_NEGATIVE;
        /// ε, added to the norm of the weights
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

crate::whole!(ProjectRadial);

impl Whole for ProjectRadial {
    const NAME: &'static str = "project_radial";
    const STATE: &'static [&'static str] = &[];
    const FORMULA: &'static str =
        "u ← g − x̂·⟨x̂, g⟩ + ρ·λ·x      if |cos(x, ∇f)| < δ/√dim(x), by rows or as a whole
u ← g + λ·x                  if not";

    fn array(&self, _state: usize, _shape: &[usize]) -> Option<Array> {
        None
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let (delta, eps) = (step.value(&self.delta), step.value(&self.eps));
        let (_, length) = rows(tensor.shape);
        let views = [length, tensor.x.len()];
        let free = views.into_iter().find(|&view| {
            tensor.shape.len() > 1 && is_free(tensor.x, tensor.gradient, view, delta, eps)
        });
        let decay = step.value(&self.weight_decay);
        let decay = T::from_f64(match free {
            Some(_) => decay * step.value(&self.wd_ratio),
            None => decay,
        });
        let view = free.unwrap_or(tensor.x.len()).max(1);
        let piece = rows_in_piece(view) * view;
        let pieces = tensor.u.par_chunks_mut(piece).zip(tensor.x.par_chunks(piece));
        pieces.for_each(|(u, x)| {
            for (u, x) in u.chunks_mut(view).zip(x.chunks(view)) {
                let norm = dot(x, x).sqrt() + eps;
                let radial = if free.is_some() && norm > 0.0 {
                    dot(x, u) / (norm * norm)
                } else {
                    0.0
                };
                let scale = decay - T::from_f64(radial);
                u.iter_mut().zip(x).for_each(|(u, x)| *u = *u + scale * *x);
            }
        });
        Ok(())
    }
}

/// Whether gradient and weights are nearly at right angles in all parts of this length.
fn is_free<T: Scalar>(x: &[T], gradient: &[T], view: usize, delta: f64, eps: f64) -> bool {
    let bound = delta / (view as f64).sqrt();
    let parts = x.par_chunks(view.max(1)).zip(gradient.par_chunks(view.max(1)));
    let cosine = |x: &[T], g: &[T]| {
        let norms = dot(x, x).sqrt().max(eps) * dot(g, g).sqrt().max(eps);
        if norms == 0.0 { 0.0 } else { dot(x, g).abs() / norms }
    };
    parts.all(|(x, g)| cosine(x, g) < bound)
}

const NESTEROV: Choice = Choice {
    name: "nesterov",
    words: TRUE_FALSE,
    doc: "Nesterov's momentum instead of the heavy ball's",
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "adamp",
        family: "layer-wise",
        summary: "AdamW that does not lengthen weights whose scale does not matter",
        source: "Heo et al., \"AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights\", ICLR 2021",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[],
        build: |_| {
            let projected = Chain::from(Adam::new()).then(ProjectRadial::new());
            projected.then(LearningRate::new())
        },
    },
    Recipe {
        name: "sgdp",
        family: "layer-wise",
        summary: "momentum that does not lengthen weights whose scale does not matter",
        source: "Heo et al., \"AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights\", ICLR 2021",
        usual_learning_rate: 0.1,
        choices: &[NESTEROV],
        build: |choices| {
            let velocity = if choices.is(NESTEROV.name, "true") {
                Chain::from(Nesterov::new())
            } else {
                Chain::from(Momentum::new())
            };
            let projected = velocity.then(ProjectRadial::new());
            projected.then(LearningRate::new().lr(0.1))
        },
    },
];
