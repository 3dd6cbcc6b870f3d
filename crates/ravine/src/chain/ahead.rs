//! The constants of a chain's steps, known before the steps are made.

use super::{Chain, Entry};
use crate::rule::{Measure, Scope, Step, TERMS};

impl Chain {
    /// The constants of each of the first `steps` updates of a parameter that has a gradient in every step, rule after rule as
    /// in [`Chain::parts`]; with them the recorded programs can be run by themselves, anywhere. Links that do nothing count too.
    ///
    /// `None` where constants depend on gradients, parameters or losses (norms, sums), where a link needs whole tensors, and
    /// where one is for some parameters only.
    ///
    /// ```
    /// use ravine::{Chain, adam};
    ///
    /// let constants = Chain::from(adam(0.1)).constants_ahead(2, false).unwrap();
    /// assert_eq!(constants.len(), 2);
    /// assert_ne!(constants[0], constants[1]); // the corrections of the bias
    /// ```
    #[must_use]
    pub fn constants_ahead(&self, steps: u64, has_hessian: bool) -> Option<Vec<Vec<f64>>> {
        let known = |link: &Entry| {
            let nothing = link.parts().iter().all(|p| p.measure == Measure::Nothing);
            nothing && !link.is_whole() && !link.needs_loss() && !link.is_selective()
        };
        if !self.links().iter().all(known) {
            return None;
        }
        let initial = |link: &Entry| {
            (0..link.memory_count())
                .map(|k| link.initial_memory(k))
                .collect()
        };
        let mut memories: Vec<Vec<f64>> = self.links().iter().map(initial).collect();
        let table = (0..steps).map(|index| {
            let mut constants = Vec::new();
            for (link, memory) in self.links().iter().zip(&mut memories) {
                let before = memory.clone();
                let step = Step {
                    index,
                    updates: index + 1,
                    norm: f64::NAN,
                    sums: [f64::NAN; TERMS],
                    elements: 0,
                    memory: &before,
                    learning_rate: self.get("lr").map_or(f64::NAN, |lr| lr.at(index)),
                    loss: f64::NAN,
                    has_hessian,
                };
                link.remember(Scope::Parameter, &step, memory);
                link.constants(
                    &Step {
                        memory: &memory[..],
                        ..step
                    },
                    &mut constants,
                );
            }
            constants
        });
        Some(table.collect())
    }

    /// What each state of [`Chain::states`] begins with.
    #[must_use]
    pub fn initial_states(&self) -> Vec<crate::rule::Initial> {
        let of = |link: &Entry| -> Vec<_> {
            let state = |k| link.state(k, &[]).map(|kind| kind.initial);
            (0..link.state_count()).filter_map(state).collect()
        };
        self.links().iter().flat_map(of).collect()
    }
}
