//! How a chain runs: which links share a pass, and which chain each parameter has.

use std::ops::Range;

use super::{Chain, Group, Link};
use crate::error::Error;
use crate::rule::{Initial, Measure, Part, Step};

/// A pass over memory: links that run one behind the other on each block.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub links: Range<usize>,
    pub states: Range<usize>,
    /// What the first link must know of the stage's whole input.
    pub measure: Measure,
    /// The rules of the links, with their programs.
    pub parts: Vec<Part>,
}

/// The chain of the parameters that the same groups select.
#[derive(Debug)]
pub(crate) struct Variant {
    groups: Vec<usize>,
    pub chain: Chain,
    /// What each state begins with.
    pub initials: Vec<Initial>,
    pub frozen: bool,
}

/// A chain without the links that do nothing, cut into stages, with a variant for each combination of groups.
#[derive(Debug)]
pub(crate) struct Plan {
    base: Chain,
    groups: Vec<Group>,
    pub stages: Vec<Stage>,
    pub states: Vec<String>,
    pub variants: Vec<Variant>,
}

impl Plan {
    pub fn new(chain: &Chain, groups: &[Group]) -> Self {
        let (mut kept, mut states) = (Vec::new(), Vec::new());
        // States are named before idle links go, so that a name means the same link whatever is set.
        let mut names = chain.states().into_iter();
        for link in chain.links() {
            let own: Vec<String> = names.by_ref().take(link.state_count()).collect();
            if !link.is_identity() || groups.iter().any(|group| overrides(group, &**link)) {
                kept.push(link.clone_link());
                states.extend(own);
            }
        }
        let base = Chain { links: kept };
        Self {
            stages: stages(&base),
            states,
            base,
            groups: groups.to_vec(),
            variants: Vec::new(),
        }
    }

    /// Whether a group selects by rank, so that shapes must be known.
    pub fn needs_shapes(&self) -> bool {
        self.groups.iter().any(Group::is_by_rank)
    }

    /// The links that are left, as parts.
    pub fn parts(&self) -> Vec<Part> {
        self.base.parts()
    }

    /// The variant for a parameter.
    pub fn variant(&mut self, name: &str, shape: &[usize]) -> Result<usize, Error> {
        let selected: Vec<usize> = (0..self.groups.len())
            .filter(|&group| self.groups[group].selects(name, shape))
            .collect();
        if let Some(index) = self.variants.iter().position(|v| v.groups == selected) {
            return Ok(index);
        }
        let mut chain = self.base.clone();
        for &group in &selected {
            for (hyper, value) in self.groups[group].overrides() {
                chain.set(hyper, value.clone())?;
            }
        }
        self.variants.push(Variant {
            initials: chain.initials(),
            frozen: selected.iter().any(|&group| self.groups[group].is_frozen()),
            chain,
            groups: selected,
        });
        Ok(self.variants.len() - 1)
    }

    /// Whether all gradients are read before the first pass.
    pub fn reads_ahead(&self) -> bool {
        self.stages.len() > 1 || self.stages.iter().any(|s| s.measure != Measure::Nothing)
    }

    /// The constants of a stage's links, one behind the other, and whether a link clips.
    pub fn constants(
        &self,
        stage: &Stage,
        variant: usize,
        step: &Step,
        into: &mut Vec<f64>,
    ) -> bool {
        let mut clipped = false;
        for link in &self.variants[variant].chain.links()[stage.links.clone()] {
            link.constants(step, into);
            clipped |= link.clips(step);
        }
        clipped
    }
}

fn overrides(group: &Group, link: &dyn Link) -> bool {
    let mut found = false;
    link.visit(&mut |info, _| {
        found |= group.overrides().iter().any(|(name, _)| name == info.name);
    });
    found
}

/// A link that must know its whole input begins a new stage.
fn stages(chain: &Chain) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut states = 0;
    for (index, link) in chain.links().iter().enumerate() {
        let behind = states + link.state_count();
        match stages.last_mut() {
            Some(stage) if link.measure() == Measure::Nothing => {
                stage.links.end = index + 1;
                stage.states.end = behind;
                stage.parts.extend(link.parts());
            }
            _ => stages.push(Stage {
                links: index..index + 1,
                states: states..behind,
                measure: link.measure(),
                parts: link.parts(),
            }),
        }
        states = behind;
    }
    if stages.is_empty() {
        stages.push(Stage {
            links: 0..0,
            states: 0..0,
            measure: Measure::Nothing,
            parts: Vec::new(),
        });
    }
    stages
}
