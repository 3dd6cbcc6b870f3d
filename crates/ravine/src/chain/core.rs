//! What every optimiser has, whatever its arrays are: chain, groups, plan, slots, and the count of steps.

use std::collections::HashMap;

use super::plan::Stage;
use super::{Chain, Group, NonFinite, Plan, Slots};
use crate::error::Error;
use crate::hyper::Hyper;
use crate::rule::{Measure, Step};

#[derive(Debug)]
pub(crate) struct Core<A> {
    pub chain: Chain,
    groups: Vec<Group>,
    pub non_finite: NonFinite,
    pub plan: Plan,
    pub slots: Slots<A>,
    pub steps: u64,
}

/// A parameter's claim to constants: its variant, its updates with this one, and the norm of its input.
pub(crate) struct Claim {
    pub variant: usize,
    pub updates: u64,
    pub norm: f64,
}

/// The constants of a stage, each set once, and which of them each parameter has.
pub(crate) struct Constants {
    pub sets: Vec<Vec<f64>>,
    pub of: Vec<usize>,
    pub clipped: bool,
}

impl<A> Core<A> {
    pub fn new(chain: Chain) -> Result<Self, Error> {
        chain.check_ahead()?;
        Ok(Self {
            plan: Plan::new(&chain, &[]),
            chain,
            groups: Vec::new(),
            non_finite: NonFinite::default(),
            slots: Slots::default(),
            steps: 0,
        })
    }

    pub fn add_group(&mut self, group: Group) -> Result<(), Error> {
        let mut trial = self.chain.clone();
        for (name, value) in group.overrides() {
            trial.set(name, value.clone())?;
        }
        self.groups.push(group);
        self.rebuild()
    }

    pub fn set(&mut self, name: &str, value: Hyper) -> Result<(), Error> {
        self.chain.set(name, value)?;
        self.rebuild()
    }

    fn rebuild(&mut self) -> Result<(), Error> {
        let before = std::mem::replace(&mut self.plan, Plan::new(&self.chain, &self.groups));
        self.slots.adapt(&before.states, &mut self.plan)
    }

    pub fn state(&self, parameter: &str, state: &str) -> Option<&A> {
        let index = self.plan.states.iter().position(|name| name == state)?;
        self.slots.get(parameter)?.states[index].as_ref()
    }

    /// Refuses schedules whose value at this step is outside its range.
    pub fn check(&self) -> Result<(), Error> {
        let mut variants = self.plan.variants.iter();
        variants.try_for_each(|variant| variant.chain.check(self.steps))
    }

    pub fn learning_rate(&self) -> Option<f64> {
        self.chain.get("lr").map(|lr| lr.at(self.steps))
    }

    /// The constants for each claim. Where all norms are alike, nearly all parameters share one set.
    pub fn constants(&self, stage: &Stage, claims: impl Iterator<Item = Claim>) -> Constants {
        let mut known: HashMap<(usize, u64), usize> = HashMap::new();
        let mut last = None;
        let mut constants = Constants {
            sets: Vec::new(),
            of: Vec::with_capacity(claims.size_hint().0),
            clipped: false,
        };
        for claim in claims {
            let key = (claim.variant, claim.updates);
            let shared = stage.measure != Measure::ParameterNorm;
            if let Some((_, set)) = last.filter(|(before, _)| shared && *before == key) {
                constants.of.push(set);
                continue;
            }
            let found = known.get(&key).copied().filter(|_| shared);
            let set = found.unwrap_or_else(|| {
                let step = Step {
                    index: self.steps,
                    updates: claim.updates,
                    norm: claim.norm,
                };
                let mut set = Vec::new();
                constants.clipped |= self.plan.constants(stage, claim.variant, &step, &mut set);
                constants.sets.push(set);
                constants.sets.len() - 1
            });
            known.insert(key, set);
            last = Some((key, set));
            constants.of.push(set);
        }
        constants
    }
}
