//! The methods that optimisers for slices and for tensors have in common.

/// Written into the `impl` of a type with a field `core`, a [`Core`](super::core::Core), and methods `to_bytes` and
/// `from_bytes`.
macro_rules! shared_methods {
    () => {
        /// With one more parameter group; it overrides the groups before it.
        ///
        /// # Errors
        /// A hyper-parameter that the chain does not have, or outside its range.
        pub fn with_group(mut self, group: $crate::Group) -> Result<Self, $crate::Error> {
            self.core.add_group(group)?;
            Ok(self)
        }

        /// With this policy for gradients that are not finite.
        #[must_use]
        pub fn with_non_finite(mut self, policy: $crate::NonFinite) -> Self {
            self.core.non_finite = policy;
            self
        }

        /// With gradient accumulation: a step is made of this many calls of `step`, one for each micro-batch, and sees the
        /// mean of their gradients. The calls before the last change no parameter and do not count as steps; their
        /// reports say `gathered`. A gradient that is missing in some of them counts as zero there. What is gathered is saved
        /// and loaded with the state; said anew, what is gathered is forgotten.
        ///
        /// # Errors
        /// Zero micro-batches.
        pub fn with_accumulation(mut self, micro_batches: u64) -> Result<Self, $crate::Error> {
            if micro_batches == 0 {
                return Err($crate::Error::OutOfRange {
                    name: "accumulation",
                    value: 0.0,
                    range: $crate::hyper::Range::new(1.0, false, f64::INFINITY, true),
                    step: None,
                });
            }
            self.core.accumulation.size = micro_batches;
            self.core.accumulation.gathered = 0;
            for slot in self.core.slots.iter_mut() {
                slot.gathered = None;
            }
            Ok(self)
        }

        /// Sets a hyper-parameter from the next step on. Groups that override it keep their value.
        ///
        /// # Errors
        /// As [`Chain::set`](crate::Chain::set).
        pub fn set(
            &mut self,
            name: &str,
            value: impl Into<$crate::Hyper>,
        ) -> Result<(), $crate::Error> {
            self.core.set(name, value.into())
        }

        /// Says the loss of the coming step, for the methods that need it (Polyak's step size, for instance). It holds for one
        /// step.
        pub fn set_loss(&mut self, loss: f64) {
            self.core.loss = Some(loss);
        }

        /// A number that a rule remembers from step to step, by its name in [`Rule::MEMORY`](crate::rule::Rule::MEMORY):
        /// that of the parameter, or that of all parameters, whichever the rule has.
        #[must_use]
        pub fn remembered(&self, parameter: &str, name: &str) -> Option<f64> {
            self.core.remembered(parameter, name)
        }

        /// The chain, as it was given and set.
        #[must_use]
        pub fn chain(&self) -> &$crate::Chain {
            &self.core.chain
        }

        /// Steps done.
        #[must_use]
        pub fn steps(&self) -> u64 {
            self.core.steps
        }

        /// Saves the state as safetensors: a tensor `<parameter>/<state>` of the parameter's shape for each array, and
        /// under the metadata key `ravine.optimizer` the steps done, the rules that keep states, and for each parameter
        /// its shape and number of updates. Hyper-parameters are not in it. The file is written beside and renamed into
        /// place.
        ///
        /// # Errors
        /// The file cannot be written.
        pub fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), $crate::Error> {
            $crate::chain::checkpoint::save(path.as_ref(), &self.to_bytes()?)
        }

        /// Loads a saved state, from which the optimiser continues exactly. Until all its parameters have come, a name
        /// that it does not hold is an error, since it may be one of them renamed.
        ///
        /// # Errors
        /// [`Error::Mismatch`](crate::Error::Mismatch) lists every name, shape and type that does not fit this optimiser
        /// (its chain, and its parameters if it has seen any), and nothing is changed.
        pub fn load(&mut self, path: impl AsRef<std::path::Path>) -> Result<(), $crate::Error> {
            self.from_bytes(&$crate::chain::checkpoint::load(path.as_ref())?)
        }
    };
}

pub(crate) use shared_methods;
