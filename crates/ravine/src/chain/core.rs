//! What every optimiser has, whatever its arrays are: chain, groups, plan, slots, and the count of steps.

use std::collections::HashMap;

use super::plan::Stage;
use super::{Chain, Group, NonFinite, Plan, Slots};
use crate::error::Error;
use crate::hyper::Hyper;
use crate::rule::{Measure, Scope, Step, TERMS};

#[derive(Debug)]
pub(crate) struct Core<A> {
    pub chain: Chain,
    groups: Vec<Group>,
    pub non_finite: NonFinite,
    pub plan: Plan,
    pub slots: Slots<A>,
    pub steps: u64,
    /// What links remember for all parameters.
    pub memory: Vec<f64>,
    /// What links remember for all that are idle at present.
    spare_memory: HashMap<String, f64>,
    /// The seed of stochastic rounding.
    pub seed: u64,
    /// The loss of the coming step.
    pub loss: Option<f64>,
    pub accumulation: Accumulation,
}

/// Steps whose gradients are gathered for one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accumulation {
    /// Micro-batches for a step.
    pub size: u64,
    /// How many have come.
    pub gathered: u64,
}

impl Accumulation {
    /// Whether the coming one is the last of a step.
    pub fn is_last(&self) -> bool {
        self.gathered + 1 == self.size
    }

    /// Counts one; whether it was the last of a step.
    pub fn next(&mut self) -> bool {
        self.gathered = (self.gathered + 1) % self.size;
        self.gathered == 0
    }
}

/// A parameter's claim to constants, in one stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub slot: usize,
    pub variant: usize,
    /// Its updates, with this one.
    pub updates: u64,
    pub measured: Measured,
    pub has_hessian: bool,
}

/// Where in a chain an average is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Average {
    pub link: usize,
    /// Which of the link's rules it is.
    pub part: usize,
}

/// What a stage's first link asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub norm: f64,
    pub sums: [f64; TERMS],
    pub elements: usize,
}

impl Measured {
    pub const NOTHING: Self = Self {
        norm: f64::NAN,
        sums: [f64::NAN; TERMS],
        elements: 0,
    };

    /// What a stage sees of a parameter, or of all together, with this sum of squares of the input, these sums, and so many
    /// coordinates.
    pub fn new(measure: Measure, square: f64, sums: [f64; TERMS], elements: usize) -> Self {
        match measure {
            Measure::Nothing => Self::NOTHING,
            Measure::ParameterNorm | Measure::GlobalNorm => Self {
                norm: square.sqrt(),
                elements,
                ..Self::NOTHING
            },
            Measure::ParameterSums | Measure::GlobalSums => Self {
                sums,
                elements,
                ..Self::NOTHING
            },
        }
    }
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
        let plan = Plan::new(&chain, &[]);
        Ok(Self {
            memory: plan.initial_memory(Scope::Global),
            spare_memory: HashMap::new(),
            plan,
            chain,
            groups: Vec::new(),
            non_finite: NonFinite::default(),
            slots: Slots::default(),
            steps: 0,
            seed: 0,
            loss: None,
            accumulation: Accumulation {
                size: 1,
                gathered: 0,
            },
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
        let idle = |chain: &Chain| -> Vec<bool> {
            chain
                .links()
                .iter()
                .map(|link| link.is_identity())
                .collect()
        };
        let before = idle(&self.chain);
        self.chain.set(name, value.clone())?;
        // A learning rate that is set anew at every step changes no state and wakes no link.
        if name == "lr" && self.steps > 0 && idle(&self.chain) == before {
            return self.plan.set(name, &value);
        }
        self.rebuild()
    }

    fn rebuild(&mut self) -> Result<(), Error> {
        let before = std::mem::replace(&mut self.plan, Plan::new(&self.chain, &self.groups));
        self.memory = if self.steps == 0 {
            self.plan.initial_memory(Scope::Global)
        } else {
            let spare = &mut self.spare_memory;
            self.plan
                .adapted(&before, Scope::Global, &self.memory, spare)
        };
        self.slots.adapt(&before, &mut self.plan)
    }

    pub fn state(&self, parameter: &str, state: &str) -> Option<&A> {
        let index = self.plan.states.iter().position(|name| name == state)?;
        self.slots.get(parameter)?.states[index].as_ref()
    }

    /// A number that a link remembers: for the parameter, or for all.
    pub fn remembered(&self, parameter: &str, name: &str) -> Option<f64> {
        let index = self.plan.memory_names.iter().position(|n| n == name)?;
        let number = self.plan.memory[index];
        match number.scope {
            Scope::Global => self.memory.get(number.place).copied(),
            Scope::Parameter => self.slots.get(parameter)?.memory.get(number.place).copied(),
        }
    }

    /// Refuses schedules whose value at this step is outside its range, and a loss that is needed and missing or not finite.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(link) = self.plan.needs_loss() {
            match self.loss {
                None => return Err(Error::NoLoss { link }),
                Some(loss) if !loss.is_finite() && self.non_finite != NonFinite::Skip => {
                    return Err(Error::BadLoss { link, loss });
                }
                Some(_) => {}
            }
        }
        let mut variants = self.plan.variants.iter();
        variants.try_for_each(|variant| variant.chain.check(self.steps))
    }

    /// Whether the step is to be skipped since its loss, which is needed, is not finite.
    pub fn skips_loss(&self) -> bool {
        self.plan.needs_loss().is_some() && self.loss.is_some_and(|loss| !loss.is_finite())
    }

    /// Refuses a parameter that comes without the estimate of its Hessian's diagonal where a link needs one: in the last
    /// of the micro-batches of a step, which is the one whose estimate is used.
    pub fn check_hessian(&self, slot: usize, parameter: &str, given: bool) -> Result<(), Error> {
        let slot = self.slots.at(slot);
        let needs = self.plan.variants[slot.variant].needs_hessian(slot.updates == 0);
        match needs.filter(|_| self.accumulation.is_last() && !given) {
            None => Ok(()),
            Some(link) => Err(Error::NoHessian {
                link,
                parameter: parameter.into(),
            }),
        }
    }

    pub fn learning_rate(&self) -> Option<f64> {
        self.chain.get("lr").map(|lr| lr.at(self.steps))
    }

    /// The stage's memory of a parameter, in the order of the links.
    fn gather(&self, stage: &Stage, slot: usize, memory: &mut Vec<f64>) {
        memory.clear();
        let numbers = self.plan.memory[stage.memory.clone()].iter();
        memory.extend(numbers.map(|number| match number.scope {
            Scope::Global => self.memory[number.place],
            Scope::Parameter => self.slots.at(slot).memory[number.place],
        }));
    }

    /// Brings the memory of a stage's links up to date, now that what they measure is known.
    pub fn remember(&mut self, stage: usize, claims: &[Claim]) {
        if self.plan.stages[stage].memory.is_empty() {
            return;
        }
        let mut memory = Vec::new();
        let scopes = self.plan.stages[stage].memory.clone();
        let scopes: Vec<Scope> = scopes.map(|n| self.plan.memory[n].scope).collect();
        // What is remembered for all is the first link's.
        let measures =
            |claim: &&Claim| self.plan.variants[claim.variant].measures(&self.plan.stages[stage]);
        let shared = claims.iter().find(measures);
        let shared = shared.filter(|_| scopes.contains(&Scope::Global));
        let own = claims.iter().filter(|_| scopes.contains(&Scope::Parameter));
        let global = shared.map(|claim| (*claim, Scope::Global));
        let own = own.map(|claim| (*claim, Scope::Parameter));
        let jobs: Vec<(Claim, Scope)> = global.into_iter().chain(own).collect();
        for (claim, scope) in jobs {
            let stage = &self.plan.stages[stage];
            self.gather(stage, claim.slot, &mut memory);
            let before = memory.clone();
            let updates = match scope {
                Scope::Global => self.steps + 1,
                Scope::Parameter => claim.updates,
            };
            let step = self.step(&Claim { updates, ..claim }, scope, &before);
            let variant = &self.plan.variants[claim.variant];
            let mut from = 0;
            for (number, link) in variant.all(stage) {
                let own = from..from + link.memory_count();
                from = own.end;
                // What is remembered for all does not depend on the first parameter's groups.
                let link = match scope {
                    Scope::Global => &*self.plan.base().links()[number],
                    Scope::Parameter if variant.is_active(number) => link,
                    Scope::Parameter => continue,
                };
                let step = Step {
                    memory: &before[own.clone()],
                    ..step
                };
                link.remember(scope, &step, &mut memory[own]);
            }
            for (index, value) in stage.memory.clone().zip(&memory) {
                let number = self.plan.memory[index];
                match number.scope {
                    Scope::Global if scope == Scope::Global => self.memory[number.place] = *value,
                    Scope::Parameter if scope == Scope::Parameter => {
                        self.slots.at_mut(claim.slot).memory[number.place] = *value;
                    }
                    _ => {}
                }
            }
        }
    }

    fn step<'a>(&self, claim: &Claim, scope: Scope, memory: &'a [f64]) -> Step<'a> {
        let chain = match scope {
            Scope::Global => &self.chain,
            Scope::Parameter => &self.plan.variants[claim.variant].chain,
        };
        Step {
            index: self.steps,
            updates: claim.updates,
            norm: claim.measured.norm,
            sums: claim.measured.sums,
            elements: claim.measured.elements,
            memory,
            learning_rate: chain.get("lr").map_or(f64::NAN, |lr| lr.at(self.steps)),
            loss: self.loss.unwrap_or(f64::NAN),
            has_hessian: claim.has_hessian,
        }
    }

    /// Refuses to train a parameter that an average stands in for.
    pub fn refuse_averaged(&self, slot: usize) -> Result<(), Error> {
        match self.slots.at(slot) {
            slot if slot.stash.is_some() => Err(Error::Averaged {
                parameter: slot.name.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// The average of this name; a link has one at most.
    pub fn average(&self, name: &str) -> Result<Average, Error> {
        let links = self.plan.base().links().iter().enumerate();
        let averages: Vec<(Average, &'static str)> = links
            .filter_map(|(link, entry)| {
                let parts = entry.parts();
                let part = parts.iter().position(|part| part.averages)?;
                Some((Average { link, part }, parts[part].name))
            })
            .collect();
        let found = averages.iter().rev().find(|(_, known)| *known == name);
        found.map(|(average, _)| *average).ok_or_else(|| {
            Error::unknown("average", name, averages.iter().map(|(_, known)| *known))
        })
    }

    /// The constants of a link as they were at the parameter's last update.
    pub fn last_constants(&self, link: usize, slot: usize) -> Vec<f64> {
        let mut constants = Vec::new();
        let stages = self.plan.stages.iter();
        for stage in stages.filter(|stage| stage.links.contains(&link)) {
            let mut memory = Vec::new();
            self.gather(stage, slot, &mut memory);
            let slot_now = self.slots.at(slot);
            let claim = Claim {
                slot,
                variant: slot_now.variant,
                updates: slot_now.updates,
                measured: Measured::NOTHING,
                has_hessian: false,
            };
            let step = Step {
                index: self.steps.saturating_sub(1),
                ..self.step(&claim, Scope::Parameter, &memory)
            };
            let before = &self.plan.base().links()[stage.links.start..link];
            let from: usize = before.iter().map(|link| link.memory_count()).sum();
            let link = &self.plan.variants[slot_now.variant].chain.links()[link];
            let step = Step {
                memory: &memory[from..from + link.memory_count()],
                ..step
            };
            link.constants(&step, &mut constants);
        }
        constants
    }

    /// The place of a link's first state.
    pub fn first_state(&self, link: usize) -> usize {
        let before = &self.plan.base().links()[..link];
        before.iter().map(|link| link.state_count()).sum()
    }

    /// The step as a parameter's whole-tensor link sees it.
    pub fn step_of(&self, claim: &Claim) -> Step<'static> {
        self.step(claim, Scope::Parameter, &[])
    }

    /// The constants for each claim. Where all measures and memories are alike, nearly all parameters share one set.
    pub fn constants(&self, stage: usize, claims: &[Claim]) -> Constants {
        let stage = &self.plan.stages[stage];
        let mut known: HashMap<(usize, u64, bool), usize> = HashMap::new();
        let mut last = None;
        let mut constants = Constants {
            sets: Vec::new(),
            of: Vec::with_capacity(claims.len()),
            clipped: false,
        };
        let shared = stage.measure.scope() == Scope::Global || stage.measure == Measure::Nothing;
        let remembers = |number: &super::plan::Remembered| number.scope == Scope::Parameter;
        let shared = shared && !self.plan.memory[stage.memory.clone()].iter().any(remembers);
        let mut memory = Vec::new();
        for claim in claims {
            let key = (claim.variant, claim.updates, claim.has_hessian);
            if let Some((_, set)) = last.filter(|(before, _)| shared && *before == key) {
                constants.of.push(set);
                continue;
            }
            let found = known.get(&key).copied().filter(|_| shared);
            let set = found.unwrap_or_else(|| {
                self.gather(stage, claim.slot, &mut memory);
                let step = self.step(claim, Scope::Parameter, &memory);
                let mut set = Vec::new();
                let variant = &self.plan.variants[claim.variant];
                constants.clipped |= variant.constants(stage, &step, &mut set);
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
