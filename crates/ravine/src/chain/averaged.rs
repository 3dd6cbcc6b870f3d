//! Evaluation at an average of the parameters.

use std::borrow::Cow;

use super::{Optimizer, Parameter};
use crate::Scalar;
use crate::error::Error;
use crate::storage::{Rounding, StateArray, Stored, wide};

impl<P: Stored> Optimizer<P> {
    /// Puts an average in the place of the parameters, to evaluate or save at: `average` is the name of a link that keeps
    /// one, such as `ema`. Parameters that have had no update yet stay as they are.
    ///
    /// [`Optimizer::swap_out`] gives back the parameters to the bit. Until then they cannot be trained. A network with
    /// normalisation by running statistics (batch normalisation) has to estimate these anew at the average: see
    /// [`Optimizer::at_average`].
    ///
    /// # Errors
    /// The chain has no such average; an average is in place already; a length that is not the state's. Nothing is changed
    /// then.
    pub fn swap_in<'a>(
        &mut self,
        average: &str,
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
    ) -> Result<(), Error> {
        let link = self.core.average(average)?.link;
        let first = self.core.first_state(link);
        let parameters = self.trained(parameters)?;
        for (slot, _) in &parameters {
            self.core.refuse_averaged(*slot)?;
        }
        for (slot, parameter) in parameters {
            let constants = self.core.last_constants(link, slot);
            let constants: Vec<P::Compute> =
                constants.into_iter().map(P::Compute::from_f64).collect();
            let link = &self.core.plan.base().links()[link];
            let kept = self.core.slots.at(slot);
            let states = &kept.states[first..first + link.state_count()];
            let Some(states) = states
                .iter()
                .map(|state| state.as_ref().map(StateArray::numbers))
                .collect::<Option<Vec<Cow<'_, [P::Compute]>>>>()
            else {
                continue;
            };
            let states: Vec<&[P::Compute]> = states.iter().map(AsRef::as_ref).collect();
            let own = wide(parameter.values);
            let mut average = match &kept.master {
                Some(master) => master.values(),
                None => own.clone(),
            };
            P::Compute::evaluate(&**link, &constants, &mut average, &states);
            P::narrow(&average, parameter.values, 0, Rounding::Nearest);
            self.core.slots.at_mut(slot).stash = Some(own.into());
        }
        Ok(())
    }

    /// Gives back the parameters that [`Optimizer::swap_in`] put an average in the place of, to the bit.
    ///
    /// # Errors
    /// A length that is not the state's; nothing is changed then.
    pub fn swap_out<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
    ) -> Result<(), Error> {
        for (slot, parameter) in self.trained(parameters)? {
            if let Some(own) = self.core.slots.at_mut(slot).stash.take() {
                P::narrow(&own.numbers(), parameter.values, 0, Rounding::Nearest);
            }
        }
        Ok(())
    }

    /// Calls `evaluate` while an average stands in the place of the parameters. Here is the place to estimate the statistics
    /// of normalisation layers anew, by passing training data through the network, before it is evaluated.
    ///
    /// # Errors
    /// As [`Optimizer::swap_in`].
    pub fn at_average<R>(
        &mut self,
        average: &str,
        parameters: &mut [(&str, &mut [P])],
        evaluate: impl FnOnce(&mut [(&str, &mut [P])]) -> R,
    ) -> Result<R, Error> {
        self.swap_in(average, named(parameters))?;
        let result = evaluate(parameters);
        self.swap_out(named(parameters))?;
        Ok(result)
    }

    /// The parameters that have had an update, with their slots.
    fn trained<'a>(
        &self,
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
    ) -> Result<Vec<(usize, Parameter<'a, P>)>, Error> {
        let mut trained = Vec::new();
        for parameter in parameters {
            let Some(index) = self.core.slots.index(parameter.name) else {
                continue;
            };
            let slot = self.core.slots.at(index);
            let expected: usize = slot.shape.iter().product();
            if parameter.values.len() != expected {
                return Err(Error::Parameter {
                    parameter: parameter.name.into(),
                    problem: format!(
                        "has {} values, but its state has shape {:?}",
                        parameter.values.len(),
                        slot.shape
                    ),
                });
            }
            if slot.updates > 0 {
                trained.push((index, parameter));
            }
        }
        Ok(trained)
    }
}

fn named<'a, P>(parameters: &'a mut [(&str, &mut [P])]) -> impl Iterator<Item = Parameter<'a, P>> {
    parameters
        .iter_mut()
        .map(|(name, values)| Parameter::new(name, values, None))
}
