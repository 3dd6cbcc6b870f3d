//! The states of all parameters, found by the parameters' names.

use std::collections::HashMap;

use super::Plan;
use super::link::StateKind;
use crate::error::Error;
use crate::rule::Scope;

/// One parameter's state. `A` is an array: a vector of numbers, or some tensor.
#[derive(Clone, Debug)]
pub(crate) struct Slot<A> {
    pub name: String,
    pub shape: Vec<usize>,
    /// How many updates the parameter has had.
    pub updates: u64,
    /// The arrays, in the order of [`Plan::states`]; `None` until the first update.
    pub states: Vec<Option<A>>,
    /// Which of the plan's chains the parameter has.
    pub variant: usize,
    /// What each state is; `None` for those that the parameter does not have.
    pub kinds: Vec<Option<StateKind>>,
    /// What its links remember.
    pub memory: Vec<f64>,
    /// Room for what a stage hands to the next, kept so that it is not asked of the system at every step.
    pub room: Option<A>,
    /// The sum of the gradients of the micro-batches so far.
    pub gathered: Option<A>,
    /// The parameter's values in full, where they are not kept so.
    pub master: Option<A>,
    /// The parameter's own values while an average stands in their place.
    pub stash: Option<A>,
    /// States of links that are idle at present.
    spare: HashMap<String, A>,
    /// What links remember that are idle at present.
    spare_memory: HashMap<String, f64>,
    /// The last step that the parameter took part in, to find names that come twice.
    seen: Option<u64>,
}

/// All slots, in the order in which the parameters were first seen.
#[derive(Clone, Debug)]
pub(crate) struct Slots<A> {
    list: Vec<Slot<A>>,
    index: HashMap<String, usize>,
    /// Set by loading, until all loaded parameters have come: until then a new name may be an old one misspelt.
    pub sealed: bool,
    visit: u64,
    /// How many parameters were known when the step began.
    known: usize,
}

impl<A> Default for Slots<A> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            index: HashMap::new(),
            sealed: false,
            visit: 0,
            known: 0,
        }
    }
}

impl<A> Slots<A> {
    pub fn iter(&self) -> impl Iterator<Item = &Slot<A>> {
        self.list.iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot<A>> {
        self.list.iter_mut()
    }

    pub fn at(&self, index: usize) -> &Slot<A> {
        &self.list[index]
    }

    pub fn at_mut(&mut self, index: usize) -> &mut Slot<A> {
        &mut self.list[index]
    }

    pub fn name(&self, index: usize) -> &str {
        &self.list[index].name
    }

    pub fn index(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    pub fn get(&self, name: &str) -> Option<&Slot<A>> {
        self.index.get(name).map(|&index| &self.list[index])
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds a parameter with its state.
    pub fn add(&mut self, plan: &mut Plan, slot: NewSlot<A>) -> Result<usize, Error> {
        let variant = plan.variant(&slot.name, &slot.shape)?;
        self.index.insert(slot.name.clone(), self.list.len());
        self.list.push(Slot {
            kinds: plan.variants[variant].states(&slot.shape),
            memory: slot.memory,
            name: slot.name,
            shape: slot.shape,
            updates: slot.updates,
            states: slot.states,
            variant,
            room: None,
            gathered: slot.gathered,
            master: slot.master,
            stash: None,
            spare: HashMap::new(),
            spare_memory: HashMap::new(),
            seen: None,
        });
        Ok(self.list.len() - 1)
    }

    /// Begins a step: from here on every name may come once.
    pub fn begin(&mut self) {
        self.visit += 1;
        self.known = self.list.len();
    }

    /// Forgets the parameters that this step brought.
    pub fn roll_back(&mut self) {
        for slot in self.list.drain(self.known..) {
            self.index.remove(&slot.name);
        }
    }

    /// Refuses new names while loaded parameters have not come yet.
    pub fn check_loaded(&mut self) -> Result<(), Error> {
        if !self.sealed {
            return Ok(());
        }
        let (old, new) = self.list.split_at(self.known);
        let missing: Vec<&str> = old
            .iter()
            .filter(|slot| slot.seen.is_none())
            .map(|slot| slot.name.as_str())
            .collect();
        match new.first() {
            Some(slot) if !missing.is_empty() => Err(Error::Parameter {
                parameter: slot.name.clone(),
                problem: format!(
                    "is not in the loaded state, of which '{}' did not come; was it renamed?",
                    missing.join("', '")
                ),
            }),
            _ => {
                self.sealed = !missing.is_empty();
                Ok(())
            }
        }
    }

    /// The slot of the parameter that comes in place `position`, made if it is new.
    pub fn find(
        &mut self,
        plan: &mut Plan,
        position: usize,
        name: &str,
        shape: &[usize],
    ) -> Result<usize, Error> {
        let problem = |problem: String| Error::Parameter {
            parameter: name.into(),
            problem,
        };
        // Parameters nearly always come in the same order, so the place is tried before the name is looked up.
        let known = match self.list.get(position) {
            Some(slot) if slot.name == name => Some(position),
            _ => self.index.get(name).copied(),
        };
        let index = match known {
            Some(index) => index,
            None if name == super::checkpoint::EVERYONE => {
                return Err(problem(
                    "is a name that saved states use for all parameters; give it another".into(),
                ));
            }
            None => self.add(
                plan,
                NewSlot {
                    name: name.into(),
                    shape: shape.to_vec(),
                    updates: 0,
                    states: plan.states.iter().map(|_| None).collect(),
                    memory: plan.initial_memory(Scope::Parameter),
                    gathered: None,
                    master: None,
                },
            )?,
        };
        let visit = self.visit;
        let slot = &mut self.list[index];
        if slot.shape != shape {
            return Err(problem(format!(
                "has shape {shape:?}, but its state has shape {:?}",
                slot.shape
            )));
        }
        if slot.seen.replace(visit) == Some(visit) {
            return Err(problem(
                "comes twice in one step; give each parameter a name of its own".into(),
            ));
        }
        Ok(index)
    }

    /// Adapts to a plan whose chain was changed: states are kept by name, and new ones begin afresh.
    pub fn adapt(&mut self, before: &Plan, plan: &mut Plan) -> Result<(), Error> {
        for slot in &mut self.list {
            for (name, state) in before.states.iter().zip(slot.states.drain(..)) {
                slot.spare.extend(state.map(|state| (name.clone(), state)));
            }
            let states = plan.states.iter().map(|name| slot.spare.remove(name));
            slot.states = states.collect();
            slot.variant = plan.variant(&slot.name, &slot.shape)?;
            slot.kinds = plan.variants[slot.variant].states(&slot.shape);
            slot.memory = if slot.updates == 0 {
                plan.initial_memory(Scope::Parameter)
            } else {
                let spare = &mut slot.spare_memory;
                plan.adapted(before, Scope::Parameter, &slot.memory, spare)
            };
        }
        Ok(())
    }
}

/// What a new slot is made of.
pub(crate) struct NewSlot<A> {
    pub name: String,
    pub shape: Vec<usize>,
    pub updates: u64,
    pub states: Vec<Option<A>>,
    pub memory: Vec<f64>,
    pub gathered: Option<A>,
    pub master: Option<A>,
}
