//! The optimiser of a module.

use std::borrow::Cow;
use std::path::Path;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use ravine::storage::Format;
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Chain, Error, Group, Hyper, NonFinite, Optimizer, Parameter, StepReport};

use crate::algebra::BurnAlgebra;
use crate::gradients::NoGradients;
use crate::traverse::borrow;
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
    micro_batches: u64,
    states: Format,
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
            micro_batches: 1,
            states: Format::Full,
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

    /// With states in this format: see [`Optimizer::with_states`]. On `flex` only.
    #[must_use]
    pub fn with_states(mut self, format: Format) -> Self {
        self.states = format;
        if let Engine::Slices(optimizer) = self.engine {
            self.engine = Engine::Slices(optimizer.with_states(format));
        }
        self
    }

    /// With this seed for stochastic rounding, which states in small formats have; 0 if none is given.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        if let Engine::Slices(optimizer) = self.engine {
            self.engine = Engine::Slices(optimizer.with_seed(seed));
        }
        self
    }

    /// With gradient accumulation: a step is made of this many calls of [`BurnOptimizer::step`], one for each micro-batch, and
    /// sees the mean of their gradients. The calls before the last change no parameter, and their reports say `gathered`.
    ///
    /// # Errors
    /// Zero micro-batches.
    pub fn with_accumulation(mut self, micro_batches: u64) -> Result<Self, Error> {
        self.micro_batches = micro_batches;
        self.engine = match self.engine {
            Engine::Slices(engine) => Engine::Slices(engine.with_accumulation(micro_batches)?),
            Engine::Tensors(engine) => Engine::Tensors(engine.with_accumulation(micro_batches)?),
        };
        Ok(self)
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
    /// As [`Optimizer::step`], which says what has changed then. States in a small format elsewhere than on `flex`. Parameters or gradients that are not f32, of different
    /// shapes, or not all on one device: nothing has changed. The module is complete in any case; the gradients are used up.
    pub fn step<M: Module>(
        &mut self,
        module: &mut M,
        mut gradients: impl GradientSource,
    ) -> Result<StepReport, Error> {
        self.work(
            module,
            &mut gradients,
            |optimizer, parameters| optimizer.step(parameters),
            |optimizer, parameters| optimizer.step(parameters),
        )
    }

    /// Says the loss of the coming step, for the methods that need it (Polyak's step size, for instance): see
    /// [`Chain::needs_loss`]. It holds for one step.
    pub fn set_loss(&mut self, loss: f64) {
        self.loss = Some(loss);
    }

    /// Puts an average in the place of the module's parameters, to evaluate or save at: `average` is the name of a link of
    /// the chain that keeps one, such as `ema`. Parameters that have had no update yet stay as they are.
    ///
    /// [`BurnOptimizer::swap_out`] gives back the parameters to the bit; until then they cannot be trained. On `flex` both
    /// work in the memory that the tensors own. Normalisation layers with running statistics keep those of the parameters:
    /// let training data pass through the module before it is evaluated.
    ///
    /// # Errors
    /// The chain has no such average; an average is in place already. Nothing is changed then.
    pub fn swap_in<M: Module>(&mut self, average: &str, module: &mut M) -> Result<(), Error> {
        self.work(
            module,
            &mut NoGradients,
            |optimizer, parameters| optimizer.swap_in(average, parameters),
            |optimizer, parameters| optimizer.swap_in(average, parameters),
        )
    }

    /// Gives back the parameters that [`BurnOptimizer::swap_in`] put an average in the place of, to the bit.
    ///
    /// # Errors
    /// A parameter that has another shape now; nothing is changed then.
    pub fn swap_out<M: Module>(&mut self, module: &mut M) -> Result<(), Error> {
        self.work(
            module,
            &mut NoGradients,
            |optimizer, parameters| optimizer.swap_out(parameters),
            |optimizer, parameters| optimizer.swap_out(parameters),
        )
    }

    /// Calls `evaluate` while an average stands in the place of the module's parameters.
    ///
    /// ```
    /// # use burn::module::{AutodiffModule, Module};
    /// # use burn::nn::LinearConfig;
    /// # use burn::tensor::{Device, Tensor};
    /// # use ravine_burn::BurnOptimizer;
    /// use ravine::{Chain, adamw, average::Ema};
    /// # let device = Device::flex().autodiff();
    /// # let mut layer = LinearConfig::new(2, 1).init(&device);
    /// # let inputs = Tensor::<2>::from_data([[0.0, 1.0], [1.0, 0.0]], &device);
    ///
    /// let mut optimizer = BurnOptimizer::new(Chain::from(adamw(1e-3)).then(Ema::new()))?;
    /// # let gradients = layer.forward(inputs.clone()).square().mean().backward();
    /// optimizer.step(&mut layer, gradients)?;
    /// let outputs = optimizer.at_average("ema", &mut layer, |layer| layer.forward(inputs))?;
    /// # let _ = outputs;
    /// # Ok::<(), ravine::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`BurnOptimizer::swap_in`].
    pub fn at_average<M: Module, R>(
        &mut self,
        average: &str,
        module: &mut M,
        evaluate: impl FnOnce(&M) -> R,
    ) -> Result<R, Error> {
        self.swap_in(average, module)?;
        let result = evaluate(module);
        self.swap_out(module)?;
        Ok(result)
    }

    /// Lets the engine work on the module's parameters, as slices or as tensors.
    fn work<M: Module, R>(
        &mut self,
        module: &mut M,
        gradients: &mut impl GradientSource,
        on_slices: impl FnOnce(
            &mut Optimizer<f32>,
            &mut dyn Iterator<Item = Parameter<'_, f32>>,
        ) -> Result<R, Error>,
        on_tensors: impl FnOnce(
            &mut TensorOptimizer<BurnAlgebra>,
            &mut [TensorParameter<Tensor<1>>],
        ) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if !self.decided {
            self.decide(module)?;
        }
        if let Some(loss) = self.loss.take() {
            on!(&mut self.engine, optimizer => optimizer.set_loss(loss));
        }
        let (names, copies) = (&mut self.names, &mut self.copies);
        match &mut self.engine {
            Engine::Slices(optimizer) => borrow(module, gradients, names, |parameters, names| {
                slices::with(parameters, names, copies, |list| on_slices(optimizer, list))
            }),
            Engine::Tensors(optimizer) => borrow(module, gradients, names, |parameters, names| {
                tensors::with(parameters, names, |list| on_tensors(optimizer, list))
            }),
        }
    }

    /// Chooses the engine by where the module's parameters lie.
    fn decide<M: Module>(&mut self, module: &M) -> Result<(), Error> {
        let device = module.devices().into_iter().next().map(Device::inner);
        let device = device.unwrap_or_else(Device::flex);
        if let Engine::Slices(optimizer) = &self.engine
            && (self.tensors_only || device != Device::flex())
        {
            if self.states != Format::Full {
                return Err(Error::Device {
                    what: "states in small formats work",
                    only: "flex, in place,",
                    found: format!("{device:?}"),
                });
            }
            let algebra = BurnAlgebra { device };
            let mut other = TensorOptimizer::new(optimizer.chain().clone(), algebra)?
                .with_non_finite(self.non_finite)
                .with_accumulation(self.micro_batches)?;
            for group in &self.groups {
                other = other.with_group(group.clone())?;
            }
            other.from_bytes(&optimizer.to_bytes()?)?;
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

    /// A number that a rule remembers from step to step, by its name: that of the parameter, or that of all parameters,
    /// whichever the rule has.
    #[must_use]
    pub fn remembered(&self, parameter: &str, name: &str) -> Option<f64> {
        on!(&self.engine, optimizer => optimizer.remembered(parameter, name))
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
