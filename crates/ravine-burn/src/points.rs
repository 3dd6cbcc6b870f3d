//! Methods that ask for gradients at several points, on a module.

use burn::module::Module;
use burn::tensor::Device;
use ravine::Error;
use ravine::points::{Next, Points};

use crate::gradients::NoGradients;
use crate::traverse::borrow;
use crate::{GradientSource, slices};

/// One of Ravine's [methods that ask for gradients at several points](ravine::points), such as SAM, for the parameters of a
/// Burn module on `flex`.
///
/// Names, groups, frozen and tied parameters are as in [`BurnOptimizer`](crate::BurnOptimizer).
///
/// ```
/// # use burn::nn::LinearConfig;
/// # use burn::tensor::{Device, Tensor};
/// use ravine::{Optimizer, momentum, points::{Next, Points, Sam}};
/// use ravine_burn::BurnPoints;
/// # let device = Device::flex().autodiff();
/// # let mut layer = LinearConfig::new(2, 1).init(&device);
/// # let inputs = Tensor::<2>::from_data([[0.0, 1.0], [1.0, 0.0]], &device);
///
/// let mut sam = BurnPoints::new(Points::new(Sam::new(), Optimizer::new(momentum(0.1))?)?);
/// # for _batch in 0..3 {
/// let report = loop {
///     let loss = layer.forward(inputs.clone()).square().mean();
///     match sam.advance(&mut layer, loss.backward())? {
///         Next::Gradient(_) => {} // once more, of the same batch, at the moved values
///         Next::Done(report) => break report,
///     }
/// };
/// assert_eq!(report.gradients, 2);
/// # }
/// # Ok::<(), ravine::Error>(())
/// ```
#[derive(Debug)]
pub struct BurnPoints {
    points: Points<f32>,
    names: Vec<String>,
    copies: u64,
}

impl BurnPoints {
    /// This method, with its optimiser.
    #[must_use]
    pub fn new(points: Points<f32>) -> Self {
        Self {
            points,
            names: Vec::new(),
            copies: 0,
        }
    }

    /// Answers with the gradients at the module's present values, in the memory that its tensors own.
    ///
    /// # Errors
    /// As [`Points::advance`], and a module that does not lie on `flex`. The module is complete in any case; the gradients
    /// are used up.
    pub fn advance<M: Module>(
        &mut self,
        module: &mut M,
        mut gradients: impl GradientSource,
    ) -> Result<Next, Error> {
        only_on_flex(module.devices())?;
        borrow(
            module,
            &mut gradients,
            &mut self.names,
            |parameters, names| {
                slices::with(parameters, names, &mut self.copies, |list| {
                    self.points.advance(list)
                })
            },
        )
    }

    /// Gives up the step under way, if one is: puts the values back to where it began, to the bit.
    ///
    /// # Errors
    /// As [`Points::abandon`].
    pub fn abandon<M: Module>(&mut self, module: &mut M) -> Result<(), Error> {
        only_on_flex(module.devices())?;
        borrow(
            module,
            &mut NoGradients,
            &mut self.names,
            |parameters, names| {
                slices::with(parameters, names, &mut self.copies, |list| {
                    self.points.abandon(list)
                })
            },
        )
    }

    /// The method: its settings, its arrays, its state.
    #[must_use]
    pub fn points(&self) -> &Points<f32> {
        &self.points
    }

    /// The method, to set and to load it.
    pub fn points_mut(&mut self) -> &mut Points<f32> {
        &mut self.points
    }

    /// How many tensors were copied so far: see [`BurnOptimizer::copies`](crate::BurnOptimizer::copies).
    #[must_use]
    pub fn copies(&self) -> u64 {
        self.copies
    }

    /// The paths of the trainable parameters in the last call, in the order of the module.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

fn only_on_flex(devices: Vec<Device>) -> Result<(), Error> {
    match devices
        .into_iter()
        .find(|device| device.clone().inner() != Device::flex())
    {
        None => Ok(()),
        Some(device) => Err(Error::Device {
            what: "methods that ask for gradients at several points work",
            only: "flex",
            found: format!("{device:?}"),
        }),
    }
}
