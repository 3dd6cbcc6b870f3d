//! Gradient centralisation.

use super::{Array, Layout, Step, Tensor, Whole};
use crate::Scalar;
use crate::hyper;

hyper! {
    /// Gradient centralisation: every output's part of the gradient has mean zero.
    ///
    /// ```text
    /// u = g − mean(g)      the mean over all dimensions but that of the outputs; for rank 2 and more
    /// ```
    /// Before any rule. It keeps the mean of each neuron's weights where it began, which smooths the loss and regularises;
    /// made for convolutions and dense layers. Vectors pass unchanged.
    ///
    /// Source: Yong, Huang, Hua & Zhang, "Gradient Centralization: A New Optimization Technique for Deep Neural Networks",
    /// ECCV 2020, equation 1.
    GradientCentralisation {
        with
        /// which dimension is that of the outputs
        layout: Layout = Layout::OutIn;
    }
}

impl Whole for GradientCentralisation {
    const NAME: &'static str = "gradient_centralisation";
    const STATE: &'static [&'static str] = &[];
    const FORMULA: &'static str = "u ← g − mean(g) over each output";

    fn array(&self, _state: usize, _shape: &[usize]) -> Option<Array> {
        None
    }

    fn update<T: Scalar>(&self, _step: &Step, Tensor { shape, u, .. }: Tensor<'_, T>) -> Result<(), String> {
        if shape.len() < 2 || u.is_empty() {
            return Ok(());
        }
        let units = self.layout.units(shape);
        let share = units.count as f64 / u.len() as f64;
        let sums = units.sums(u, T::to_f64);
        let means: Vec<T> = sums.into_iter().map(|sum| T::from_f64(share * sum)).collect();
        units.change(u, |unit, g| g - means[unit]);
        Ok(())
    }
}

crate::whole!(GradientCentralisation);
