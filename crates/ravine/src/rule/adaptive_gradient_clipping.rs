//! Adaptive gradient clipping.

use super::scaled_by_norm::shortening;
use super::{Array, Layout, Step, Tensor, Whole};
use crate::Scalar;
use crate::{hyper, hyper::Range};

hyper! {
    /// Adaptive gradient clipping: no neuron's gradient is longer than a fraction of its weights.
    ///
    /// ```text
    /// u = g · min(1, λ·max(‖x‖, ε)/‖g‖)      for each output's part of x and g
    /// ```
    /// A parameter of rank 0 or 1 is one part. Before any rule; for networks without normalisation, at large batches and
    /// learning rates. The paper leaves the last linear layer out: [`Chain::only`](crate::Chain::only).
    /// [`StepReport::clipped`](crate::StepReport::clipped) does not count it.
    ///
    /// Source: Brock, De, Smith & Simonyan, "High-Performance Large-Scale Image Recognition Without Normalization", ICML 2021,
    /// equation 3; λ is 0.01 there for batches of 4096, and up to 0.16 for small ones.
    AdaptiveGradientClipping {
        /// longest gradient λ, in lengths of the weights
        clip_adaptive: 0.01, Range::BOUND;
        /// length ε that shorter weights count as, so that zeros can move
        clip_adaptive_eps: 1e-3, Range::NON_NEGATIVE;
        with
        /// which dimension is that of the outputs
        layout: Layout = Layout::OutIn;
    }
}

impl Whole for AdaptiveGradientClipping {
    const NAME: &'static str = "adaptive_gradient_clipping";
    const STATE: &'static [&'static str] = &[];
    const FORMULA: &'static str = "u ← g·min(1, λ·max(‖x‖, ε)/‖g‖) over each output";

    fn array(&self, _state: usize, _shape: &[usize]) -> Option<Array> {
        None
    }

    fn update<T: Scalar>(&self, step: &Step, Tensor { shape, x, u, .. }: Tensor<'_, T>) -> Result<(), String> {
        if u.is_empty() {
            return Ok(());
        }
        let (fraction, eps) = (step.value(&self.clip_adaptive), step.value(&self.clip_adaptive_eps));
        let units = self.layout.units(shape);
        let square = |value: T| value.to_f64() * value.to_f64();
        let squares = units.sums(x, square).into_iter().zip(units.sums(u, square));
        let scales: Vec<T> = squares
            .map(|(x, g)| T::from_f64(shortening(g.sqrt(), fraction * x.sqrt().max(eps))))
            .collect();
        units.change(u, |unit, g| scales[unit] * g);
        Ok(())
    }

    fn is_identity(&self) -> bool {
        self.clip_adaptive.is(f64::INFINITY)
    }
}

crate::whole!(AdaptiveGradientClipping);
