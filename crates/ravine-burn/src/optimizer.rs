//! The optimiser of a module.

use std::borrow::Cow;
use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use ravine::tensor::TensorOptimizer;
use ravine::{Chain, Error, Group, Hyper, NonFinite, Optimizer, StepReport};

use crate::algebra::BurnAlgebra;
use crate::traverse::{put, take};
use crate::{GradientSource, slices, tensors};

/// One of Ravine's optimisers, for the parameters of a Burn module.
///
/// Parameters are named by their path in the module, such as `layers.0.weight`: state belongs to these names, and groups
/// select by them. Parameters that do not require a gradient are left alone. A parameter that stands in several places of the
/// module (the same [`ParamId`](burn::module::ParamId), tied weights) is one parameter, named by the first, and stays tied.
///
/// Where the parameters of the first step lie decides how steps are made: on `flex` in place, elsewhere on tensors, by the
/// recorded program. Both keep their state in the same files, and a file from one continues on the other.
#[derive(Debug)]
pub struct BurnOptimizer {
    engine: Engine,
    groups: Vec<Group>,
    non_finite: NonFinite,
    tensors_only: bool,
    decided: bool,
    /// The paths of the parameters of the last step, so that a step makes no names.
    names: Vec<String>,
    copies: u64,
    /// The loss of the coming step, kept until the engine is chosen.
    loss: Option<f64>,
}

#[derive(Debug)]
enum Engine {
    Slices(Optimizer<f32>),
    Tensors(TensorOptimizer<BurnAlgebra>),
}

/// The same call on whichever engine there is.
macro_rules! on {
    ($engine:expr, $optimizer:ident => $call:expr) => {
        match $engine {
            Engine::Slices($optimizer) => $call,
            Engine::Tensors($optimizer) => $call,
        }
    };
}

impl BurnOptimizer {
    /// An optimiser that runs `chain`.
    ///
    /// # Errors
    /// As [`Optimizer::new`].
    pub fn new(chain: impl Into<Chain>) -> Result<Self, Error> {
        Ok(Self {
            engine: Engine::Slices(Optimizer::new(chain)?),
            groups: Vec::new(),
            non_finite: NonFinite::default(),
            tensors_only: false,
            decided: false,
            names: Vec::new(),
            copies: 0,
            loss: None,
        })
    }

    /// With one more parameter group; it overrides the groups before it.
    ///
    /// # Errors
    /// As [`Optimizer::with_group`].
    pub fn with_group(mut self, group: Group) -> Result<Self, Error> {
        self.groups.push(group.clone());
        self.engine = match self.engine {
            Engine::Slices(optimizer) => Engine::Slices(optimizer.with_group(group)?),
            Engine::Tensors(optimizer) => Engine::Tensors(optimizer.with_group(group)?),
        };
        Ok(self)
    }

    /// With this policy for gradients that are not finite. Default: [`NonFinite::Stop`].
    #[must_use]
    pub fn with_non_finite(mut self, policy: NonFinite) -> Self {
        self.non_finite = policy;
        self.engine = match self.engine {
            Engine::Slices(optimizer) => Engine::Slices(optimizer.with_non_finite(policy)),
            Engine::Tensors(optimizer) => Engine::Tensors(optimizer.with_non_finite(policy)),
        };
        self
    }

    /// On tensors also where the parameters lie on `flex`. For tests and comparisons, and for whoever wants no memory but
    /// that of tensors touched. To be said before the first step.
    #[must_use]
    pub fn with_tensor_path(mut self) -> Self {
        self.tensors_only = true;
        self
    }

    /// Moves the parameters of the module by one step.
    ///
    /// `gradients` is what `loss.backward()` returned. A parameter without a gradient stays as it is, and so does its state.
    ///
    /// On `flex` the values are changed in the memory that the module's tensors own. A tensor that something else holds too
    /// (a clone of the module, say) is copied first, so that the other keeps its values: see [`BurnOptimizer::copies`].
    ///
    /// # Errors
    /// As [`Optimizer::step`], which says what has changed then. Parameters or gradients that are not f32, of different
    /// shapes, or not all on one device: nothing has changed. The module is complete in any case; the gradients are used up.
    pub fn step<M: Module>(
        &mut self,
        module: &mut M,
        mut gradients: impl GradientSource,
    ) -> Result<StepReport, Error> {
        if !self.decided {
            self.decide(module)?;
        }
        if let Some(loss) = self.loss.take() {
            on!(&mut self.engine, optimizer => optimizer.set_loss(loss));
        }
        let (names, gradients) = (&mut self.names, &mut gradients);
        // A module can only be mapped by value, so the parameters are taken out of a clone. The clone's tensors are shared
        // with the module until this is overwritten by the emptied clone.
        match &mut self.engine {
            Engine::Slices(optimizer) => {
                let (emptied, mut parameters) = take(module.clone(), gradients, names)?;
                *module = emptied.clone();
                let result = slices::step(optimizer, &mut parameters, names, &mut self.copies);
                *module = put(emptied, parameters);
                result
            }
            Engine::Tensors(optimizer) => {
                let (emptied, mut parameters) = take(module.clone(), gradients, names)?;
                let result = tensors::step(optimizer, &mut parameters, names);
                *module = put(emptied, parameters);
                result
            }
        }
    }

    /// Chooses the engine by where the module's parameters lie.
    fn decide<M: Module>(&mut self, module: &M) -> Result<(), Error> {
        let device = module.devices().into_iter().next().map(Device::inner);
        let device = device.unwrap_or_else(Device::flex);
        if let Engine::Slices(optimizer) = &self.engine
            && (self.tensors_only || device != Device::flex())
        {
            let algebra = BurnAlgebra { device };
            let mut other = TensorOptimizer::new(optimizer.chain().clone(), algebra)?
                .with_non_finite(self.non_finite);
            for group in &self.groups {
                other = other.with_group(group.clone())?;
            }
            if optimizer.steps() > 0 {
                other.from_bytes(&optimizer.to_bytes()?)?;
            }
            self.engine = Engine::Tensors(other);
        }
        self.decided = true;
        Ok(())
    }

    /// How many tensors were copied so far because something else held them too or because they were not contiguous: none in
    /// a training loop that keeps no clone of the module. Counted on `flex`; the tensor path always makes new tensors.
    #[must_use]
    pub fn copies(&self) -> u64 {
        self.copies
    }

    /// The paths of the trainable parameters in the last step, in the order of the module.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Sets a hyper-parameter from the next step on. Groups that override it keep their value.
    ///
    /// # Errors
    /// As [`Chain::set`].
    pub fn set(&mut self, name: &str, value: impl Into<Hyper>) -> Result<(), Error> {
        on!(&mut self.engine, optimizer => optimizer.set(name, value))
    }

    /// Says the loss of the coming step, for the methods that need it (Polyak's step size, for instance). It holds for one
    /// step.
    pub fn set_loss(&mut self, loss: f64) {
        self.loss = Some(loss);
    }

    /// The chain, as it was given and set.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        on!(&self.engine, optimizer => optimizer.chain())
    }

    /// Steps done.
    #[must_use]
    pub fn steps(&self) -> u64 {
        on!(&self.engine, optimizer => optimizer.steps())
    }

    /// A parameter's state by its name, for example `exp_avg`, row-major; `None` before the parameter's first update.
    #[must_use]
    pub fn state(&self, parameter: &str, state: &str) -> Option<Cow<'_, [f32]>> {
        match &self.engine {
            Engine::Slices(optimizer) => optimizer.state(parameter, state),
            Engine::Tensors(optimizer) => optimizer
                .state(parameter, state)
                .map(|tensor| Cow::Owned(tensor.to_data().iter::<f32>().collect())),
        }
    }

    /// The state as safetensors: see [`Optimizer::save`].
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        on!(&self.engine, optimizer => optimizer.to_bytes())
    }

    /// Replaces the state by a saved one: see [`Optimizer::load`].
    ///
    /// # Errors
    /// As [`Optimizer::load`].
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        on!(&mut self.engine, optimizer => optimizer.from_bytes(bytes))
    }

    /// Saves the state: see [`Optimizer::save`] for the layout. The module's parameters are not in it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        on!(&self.engine, optimizer => optimizer.save(path))
    }

    /// Loads a saved state, from which the optimiser continues exactly.
    ///
    /// # Errors
    /// As [`Optimizer::load`]; nothing is changed then.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        on!(&mut self.engine, optimizer => optimizer.load(path))
    }
}
