//! Evaluation at an average of the parameters, on tensors: by the recorded formula of the average.

use super::{Algebra, Inputs, TensorOptimizer, TensorParameter, Value, evaluate};
use crate::chain::core::Average;
use crate::chain::plan;
use crate::error::Error;

impl<A: Algebra> TensorOptimizer<A> {
    /// Puts an average in the place of the parameters: see [`Optimizer::swap_in`](crate::Optimizer::swap_in).
    ///
    /// # Errors
    /// As [`Optimizer::swap_in`](crate::Optimizer::swap_in); nothing is changed then.
    pub fn swap_in(
        &mut self,
        average: &str,
        parameters: &mut [TensorParameter<A::Tensor>],
    ) -> Result<(), Error> {
        let average = self.core.average(average)?;
        let trained = self.trained(parameters)?;
        for &(slot, _) in &trained {
            self.core.refuse_averaged(slot)?;
        }
        for (slot, index) in trained {
            let values = &mut parameters[index].values;
            if let Some(at_average) = self.averaged(average, slot, values) {
                let own = std::mem::replace(values, at_average);
                self.core.slots.at_mut(slot).stash = Some(own);
            }
        }
        Ok(())
    }

    /// Gives back the parameters that [`TensorOptimizer::swap_in`] put an average in the place of, to the bit.
    ///
    /// # Errors
    /// A shape that is not the state's; nothing is changed then.
    pub fn swap_out(&mut self, parameters: &mut [TensorParameter<A::Tensor>]) -> Result<(), Error> {
        for (slot, index) in self.trained(parameters)? {
            if let Some(own) = self.core.slots.at_mut(slot).stash.take() {
                parameters[index].values = own;
            }
        }
        Ok(())
    }

    /// The average of a parameter with the values `x`; `None` where it passes by the link that keeps the average.
    fn averaged(&self, average: Average, slot: usize, x: &A::Tensor) -> Option<A::Tensor> {
        let Average { link, part } = average;
        let parts = self.core.plan.base().links()[link].parts();
        let (before, own) = (&parts[..part], &parts[part]);
        let first =
            self.core.first_state(link) + before.iter().map(|part| part.state.len()).sum::<usize>();
        let states = &self.core.slots.at(slot).states[first..first + own.state.len()];
        if states.iter().any(Option::is_none) {
            return None;
        }
        let skipped = before.iter().map(|part| part.constants.len()).sum();
        let constants = self.core.last_constants(link, slot);
        let inputs = Inputs {
            constants: constants.get(skipped..)?,
            x,
            g: x,
            gradient: x,
            hessian: None,
            states,
        };
        let recorded = &plan::program(own)?.average;
        let mut values = evaluate(&self.algebra, &recorded.nodes, &inputs);
        Some(match values.swap_remove(*recorded.outputs.first()?) {
            Value::Number(number) => self.algebra.full(x, number),
            Value::Tensor(tensor) => tensor,
        })
    }

    /// The parameters that have had an update: their slots, and their places in the list.
    fn trained(
        &self,
        parameters: &[TensorParameter<A::Tensor>],
    ) -> Result<Vec<(usize, usize)>, Error> {
        let mut trained = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            let Some(found) = self.core.slots.index(&parameter.name) else {
                continue;
            };
            let slot = self.core.slots.at(found);
            if slot.shape != parameter.shape {
                return Err(Error::Parameter {
                    parameter: parameter.name.clone(),
                    problem: format!(
                        "has shape {:?}, but its state has shape {:?}",
                        parameter.shape, slot.shape
                    ),
                });
            }
            if slot.updates > 0 {
                trained.push((found, index));
            }
        }
        Ok(trained)
    }
}
