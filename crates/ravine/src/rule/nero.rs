//! Nero.

use rayon::prelude::*;

use super::rows::{dot, rows, rows_in_piece};
use super::{Array, Step, Tensor, Whole};
use crate::Chain;
use crate::catalogue::{Choice, Recipe};
use crate::{Scalar, hyper, hyper::Range};

hyper! {
    /// Nero: every neuron turns by about the same angle, on a sphere.
    ///
    /// ```text
    /// v ← βv + (1 − β)‖g‖²              (one number for each neuron)
    /// x ← x − η σ g / √v̂                with  v̂ = v / (1 − βⁿ)
    /// x ← x − mean(x),  x ← x / ‖x‖     (the constraints: each neuron of a matrix balanced and of length 1)
    /// ```
    /// A neuron is a row: one index of the first dimension in PyTorch's layout [out, in, …]. In a vector each coordinate is
    /// one, without constraints. σ is the mean length of the neurons at the beginning, which is 1 under the constraints, or 0.01
    /// if that is zero, as it is for biases. Where v is zero nothing moves.
    ///
    /// The first update puts x on the sphere before it steps, so take the first gradient there if that matters. Rows of
    /// one number are left without constraints, which nothing but 0 would fulfil. The link must stand last: it is a step with its own
    /// learning rate, as the constraints act on the result. 0.01 does for many networks.
    ///
    /// Source: Liu, Bernstein, Meister & Yue, "Learning by Turning: Neural Architecture Aware Optimisation", ICML 2021,
    /// algorithm 1; the bias correction is that of the authors' code.
    Nero {
        /// learning rate η: about the angle by which a neuron turns
        lr: 1e-2, Range::NON_NEGATIVE;
        /// decay rate β of the average of the squared norm
        beta: 0.999, Range::DECAY_RATE;
        with
        /// whether the neurons of matrices are kept balanced and of length 1
        constraints: bool = true;
    }
}

crate::whole!(Nero);

impl Whole for Nero {
    const NAME: &'static str = "nero";
    const STATE: &'static [&'static str] = &["exp_avg_sq", "scale"];
    const FORMULA: &'static str = "exp_avg_sq ← β·exp_avg_sq + (1 − β)·‖g‖²      one for each row
y ← x − η·scale·g / √(exp_avg_sq/(1 − βⁿ))
u ← x − (y − mean(y)) / ‖y − mean(y)‖";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        Some(Array::zeros(&[if state == 0 { neurons(shape).0 } else { 1 }]))
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let (beta, lr) = (step.value(&self.beta), step.value(&self.lr));
        let (count, length) = neurons(tensor.shape);
        let constrained = self.constraints && length > 1;
        let project = step.is_first() && constrained;
        let [v, scale] = tensor.states else {
            return Ok(());
        };
        if step.is_first() {
            let lengths = tensor.x.chunks(length.max(1)).map(|x| {
                let mut x = x.to_vec();
                if project {
                    constrain(&mut x);
                }
                dot(&x, &x).sqrt()
            });
            let mean = lengths.sum::<f64>() / count.max(1) as f64;
            scale.fill(T::from_f64(if mean == 0.0 { 0.01 } else { mean }));
        }
        let scale = scale.first().map_or(0.0, |scale| lr * scale.to_f64());
        let correction = step.bias_correction(beta);
        let rows = rows_in_piece(length);
        let piece = (rows * length).max(1);
        let pieces = tensor.u.par_chunks_mut(piece).zip(tensor.x.par_chunks(piece));
        pieces.zip(v.par_chunks_mut(rows)).for_each(|((u, x), v)| {
            for ((u, x), v) in u.chunks_mut(length).zip(x.chunks(length)).zip(v) {
                let average = beta * v.to_f64() + (1.0 - beta) * dot(u, u);
                *v = T::from_f64(average);
                let root = (average / correction).sqrt();
                let turn = T::from_f64(if root == 0.0 { 0.0 } else { scale / root });
                if !constrained {
                    u.iter_mut().for_each(|u| *u = turn * *u);
                    continue;
                }
                let mut y = x.to_vec();
                if project {
                    constrain(&mut y);
                }
                y.iter_mut().zip(&*u).for_each(|(y, g)| *y = *y - turn * *g);
                constrain(&mut y);
                for ((u, x), y) in u.iter_mut().zip(x).zip(&y) {
                    *u = *x - *y;
                }
            }
        });
        Ok(())
    }
}

/// How many neurons there are, and how many weights each has.
fn neurons(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] | [_] => (shape.iter().product(), 1),
        _ => rows(shape),
    }
}

/// Makes the mean of a neuron 0 and its norm 1, unless all its weights are equal.
fn constrain<T: Scalar>(neuron: &mut [T]) {
    let sum: f64 = neuron.iter().map(|x| x.to_f64()).sum();
    let mean = T::from_f64(sum / neuron.len() as f64);
    neuron.iter_mut().for_each(|x| *x = *x - mean);
    let norm = dot(neuron, neuron).sqrt();
    if norm > 0.0 {
        let scale = T::from_f64(1.0 / norm);
        neuron.iter_mut().for_each(|x| *x = scale * *x);
    }
}

const CONSTRAINTS: Choice = Choice {
    name: "constraints",
    words: &["true", "false"],
    doc: "whether the neurons of matrices are kept balanced and of length 1",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "nero",
    family: "layer-wise",
    summary: "every neuron turns by about the same angle, on a sphere",
    source: "Liu, Bernstein, Meister & Yue, \"Learning by Turning: Neural Architecture Aware Optimisation\", ICML 2021",
    usual_learning_rate: 1e-2,
    choices: &[CONSTRAINTS],
    build: |choices| {
        Chain::from(Nero::new().constraints(!choices.is(CONSTRAINTS.name, "false")))
    },
}];
