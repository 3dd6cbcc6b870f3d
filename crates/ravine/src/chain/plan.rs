//! How a chain runs: which links share a pass, and which chain each parameter has.

use std::collections::HashMap;
use std::ops::Range;

use super::{Chain, Entry, Group, Link, numbered};
use crate::error::Error;
use crate::hyper::Hyper;
use crate::rule::{Body, Measure, NeedsHessian, Part, Scope, Step};

/// A pass over memory: links that run one behind the other on each block, or one link that needs the whole tensor.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub links: Range<usize>,
    pub states: Range<usize>,
    /// Which of [`Plan::memory`] the links have.
    pub memory: Range<usize>,
    /// What the first link must know of the stage's whole input.
    pub measure: Measure,
    pub whole: bool,
    /// Whether a link reads the estimate of the Hessian's diagonal.
    pub reads_hessian: bool,
    /// For each link its rules, with their programs.
    pub parts: Vec<Vec<Part>>,
}

/// A number that a link remembers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remembered {
    pub scope: Scope,
    /// Its place among those of its scope.
    pub place: usize,
    pub initial: f64,
}

/// The chain of the parameters that the same groups select and that pass through the same links.
#[derive(Debug)]
pub(crate) struct Variant {
    groups: Vec<usize>,
    /// Which links the parameters pass through.
    active: Vec<bool>,
    pub chain: Chain,
    /// The link that needs the estimate of the Hessian's diagonal most, and when.
    needs_hessian: (NeedsHessian, &'static str),
}

/// A chain without the links that do nothing, cut into stages, with a variant for each combination of groups.
#[derive(Debug)]
pub(crate) struct Plan {
    base: Chain,
    groups: Vec<Group>,
    pub stages: Vec<Stage>,
    pub states: Vec<String>,
    /// The numbers that links remember, in the order of the links.
    pub memory: Vec<Remembered>,
    /// Their names.
    pub memory_names: Vec<String>,
    pub variants: Vec<Variant>,
}

impl Plan {
    pub fn new(chain: &Chain, groups: &[Group]) -> Self {
        let (mut kept, mut states) = (Vec::new(), Vec::new());
        let (mut memory, mut memory_names) = (Vec::new(), Vec::new());
        let mut places = [0, 0];
        // States and memories are named before idle links go, so that a name means the same link whatever is set.
        let mut names = chain.states().into_iter();
        let parts = chain.parts();
        let all = numbered(parts.iter().flat_map(|part| part.memory).copied());
        let mut all = all.into_iter();
        for link in chain.links() {
            let own: Vec<String> = names.by_ref().take(link.state_count()).collect();
            let remembered: Vec<String> = all.by_ref().take(link.memory_count()).collect();
            if link.is_identity() && !groups.iter().any(|group| overrides(group, &**link)) {
                continue;
            }
            kept.push(link.clone());
            states.extend(own);
            memory_names.extend(remembered);
            let scopes = link.parts().into_iter().flat_map(|part| {
                let scope = part.scope();
                part.memory.iter().map(move |_| scope)
            });
            for (number, scope) in scopes.enumerate() {
                let place = &mut places[usize::from(scope == Scope::Global)];
                memory.push(Remembered {
                    scope,
                    place: *place,
                    initial: link.initial_memory(number),
                });
                *place += 1;
            }
        }
        let base = Chain { links: kept };
        Self {
            stages: stages(&base),
            states,
            memory,
            memory_names,
            base,
            groups: groups.to_vec(),
            variants: Vec::new(),
        }
    }

    /// Whether something depends on the shapes of parameters, so that they must be known.
    pub fn needs_shapes(&self) -> bool {
        self.groups
            .iter()
            .any(|group| group.selection().is_by_rank())
            || self.base.links().iter().any(Entry::needs_shapes)
    }

    /// The links that are left, as parts.
    pub fn parts(&self) -> Vec<Part> {
        self.base.parts()
    }

    /// The chain as it is without groups.
    pub fn base(&self) -> &Chain {
        &self.base
    }

    /// What the memory of this scope begins with.
    pub fn initial_memory(&self, scope: Scope) -> Vec<f64> {
        let own = self.memory.iter().filter(|number| number.scope == scope);
        own.map(|number| number.initial).collect()
    }

    /// `values`, the memory of this scope under the plan `before`, for this plan: kept by name, in `spare` while the link
    /// that remembers is idle.
    pub fn adapted(
        &self,
        before: &Self,
        scope: Scope,
        values: &[f64],
        spare: &mut HashMap<String, f64>,
    ) -> Vec<f64> {
        let named = before.memory.iter().zip(&before.memory_names);
        let named = named.filter(|(number, _)| number.scope == scope);
        spare.extend(named.map(|(number, name)| (name.clone(), values[number.place])));
        let own = self.memory.iter().zip(&self.memory_names);
        own.filter(|(number, _)| number.scope == scope)
            .map(|(number, name)| spare.remove(name).unwrap_or(number.initial))
            .collect()
    }

    /// The first link that cannot do without the loss.
    pub fn needs_loss(&self) -> Option<&'static str> {
        let link = self.base.links().iter().find(|link| link.needs_loss())?;
        link.parts().first().map(|part| part.name)
    }

    /// The variant for a parameter.
    pub fn variant(&mut self, name: &str, shape: &[usize]) -> Result<usize, Error> {
        let selected: Vec<usize> = (0..self.groups.len())
            .filter(|&group| self.groups[group].selection().selects(name, shape))
            .collect();
        let links = self.base.links().iter();
        let active: Vec<bool> = links.map(|link| link.applies(name, shape)).collect();
        let same = |variant: &Variant| variant.groups == selected && variant.active == active;
        if let Some(index) = self.variants.iter().position(same) {
            return Ok(index);
        }
        let mut chain = self.base.clone();
        for &group in &selected {
            for (hyper, value) in self.groups[group].overrides() {
                chain.set(hyper, value.clone())?;
            }
        }
        let passed = self.base.links().iter().zip(&active);
        let needs = passed.filter(|(_, active)| **active).map(|(link, _)| {
            let name = link.parts().first().map_or("", |part| part.name);
            (link.needs_hessian(), name)
        });
        self.variants.push(Variant {
            needs_hessian: needs
                .max_by_key(|(when, _)| *when)
                .unwrap_or((NeedsHessian::Never, "")),
            chain,
            active,
            groups: selected,
        });
        Ok(self.variants.len() - 1)
    }

    /// Sets a hyper-parameter on which neither states nor stages depend.
    pub fn set(&mut self, name: &str, value: &Hyper) -> Result<(), Error> {
        self.base.set(name, value.clone())?;
        let groups = &self.groups;
        for variant in &mut self.variants {
            let overrides = |group: &usize| {
                let mut overrides = groups[*group].overrides().iter();
                overrides.any(|(hyper, _)| hyper == name)
            };
            if !variant.groups.iter().any(overrides) {
                variant.chain.set(name, value.clone())?;
            }
        }
        Ok(())
    }

    /// Whether parameters of this variant are left as they are at this step.
    pub fn is_frozen(&self, variant: usize, step: u64) -> bool {
        let mut groups = self.variants[variant].groups.iter();
        groups.any(|&group| self.groups[group].is_frozen(step))
    }

    /// Whether a link may read the estimate of the Hessian's diagonal.
    pub fn reads_hessian(&self) -> bool {
        let mut stages = self.stages.iter();
        stages.any(|stage| stage.reads_hessian || stage.whole)
    }

    /// Whether all gradients are read before the first pass.
    pub fn reads_ahead(&self) -> bool {
        self.stages.len() > 1 || self.stages.iter().any(|s| s.measure != Measure::Nothing)
    }
}

impl Variant {
    /// Whether the parameters pass through the first link of a stage, which is the one that measures.
    pub fn measures(&self, stage: &Stage) -> bool {
        self.active.get(stage.links.start).copied().unwrap_or(false)
    }

    /// The links of a stage that the parameters pass through, each with its number in the chain.
    pub fn links(&self, stage: &Stage) -> impl Iterator<Item = (usize, &dyn Link)> {
        let links = self.chain.links()[stage.links.clone()].iter();
        let numbered = stage.links.clone().zip(links);
        numbered
            .filter(|(number, _)| self.active[*number])
            .map(|(number, entry)| (number, &**entry))
    }

    /// The link that cannot do without an estimate of the Hessian's diagonal in an update of a parameter.
    pub fn needs_hessian(&self, first: bool) -> Option<&'static str> {
        let (when, link) = self.needs_hessian;
        match when {
            NeedsHessian::Never => None,
            NeedsHessian::First => first.then_some(link),
            NeedsHessian::Always => Some(link),
        }
    }

    /// What each state is for a parameter of this shape; `None` for those that it does not have.
    pub fn states(&self, shape: &[usize]) -> Vec<Option<super::link::StateKind>> {
        let links = self.chain.links().iter().zip(&self.active);
        links
            .flat_map(|(link, active)| {
                (0..link.state_count())
                    .map(move |state| active.then(|| link.state(state, shape)).flatten())
            })
            .collect()
    }

    /// The constants of a stage's links, one behind the other, and whether a link clips. `memory` is the stage's.
    pub fn constants(&self, stage: &Stage, step: &Step, into: &mut Vec<f64>) -> bool {
        let mut clipped = false;
        let mut memory = step.memory;
        for (number, link) in self.all(stage) {
            let (own, rest) = memory.split_at(link.memory_count());
            memory = rest;
            if self.is_active(number) {
                let step = Step {
                    memory: own,
                    ..*step
                };
                link.constants(&step, into);
                clipped |= link.clips(&step);
            }
        }
        clipped
    }

    /// The links of a stage, whether the parameters pass through them or not, each with its number in the chain.
    pub fn all(&self, stage: &Stage) -> impl Iterator<Item = (usize, &dyn Link)> {
        let links = self.chain.links()[stage.links.clone()].iter();
        let links = links.map(|entry| &**entry);
        stage.links.clone().zip(links)
    }

    /// Whether the parameters pass through the link of this number.
    pub fn is_active(&self, number: usize) -> bool {
        self.active[number]
    }
}

fn overrides(group: &Group, link: &dyn Link) -> bool {
    let mut found = false;
    link.visit(&mut |info, _| {
        found |= group.overrides().iter().any(|(name, _)| name == info.name);
    });
    found
}

/// A link that must know its whole input begins a new stage; one that needs the whole tensor is a stage by itself.
fn stages(chain: &Chain) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let (mut states, mut memory) = (0, 0);
    for (index, link) in chain.links().iter().enumerate() {
        let (states_behind, memory_behind) =
            (states + link.state_count(), memory + link.memory_count());
        let alone = link.is_whole() || link.measure() != Measure::Nothing;
        match stages.last_mut() {
            Some(stage) if !alone && !stage.whole => {
                stage.links.end = index + 1;
                stage.states.end = states_behind;
                stage.memory.end = memory_behind;
                stage.reads_hessian |= link.reads_hessian();
                stage.parts.push(link.parts());
            }
            _ => stages.push(Stage {
                links: index..index + 1,
                states: states..states_behind,
                memory: memory..memory_behind,
                measure: link.measure(),
                whole: link.is_whole(),
                reads_hessian: link.reads_hessian(),
                parts: vec![link.parts()],
            }),
        }
        (states, memory) = (states_behind, memory_behind);
    }
    // The update of a whole-tensor link is subtracted in a pass of its own.
    if stages.last().is_none_or(|stage| stage.whole) {
        let links = chain.links().len();
        stages.push(Stage {
            links: links..links,
            states: states..states,
            memory: memory..memory,
            measure: Measure::Nothing,
            whole: false,
            reads_hessian: false,
            parts: Vec::new(),
        });
    }
    stages
}

/// The formula of a rule that is to run on tensors.
pub(crate) fn program(part: &Part) -> Option<&crate::program::Program> {
    match &part.body {
        Body::Program(program) => Some(program),
        Body::Text(_) => None,
    }
}
