//! Parameter groups: hyper-parameters of their own for some parameters.

use std::ops::Range;

use super::Selection;
use crate::hyper::Hyper;

/// Some of the parameters, and what is different for them.
///
/// Every group whose selection matches a parameter applies to it, in the order in which they were added: a later one
/// overrides an earlier one.
///
/// ```
/// use ravine::{Group, Optimizer, adamw};
///
/// // No decay for biases and norms: everything that is not at least a matrix.
/// let optimizer = Optimizer::<f32>::new(adamw(1e-3))?.with_group(Group::rank_below(2).set("weight_decay", 0.0))?;
/// # Ok::<(), ravine::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Group {
    selection: Selection,
    overrides: Vec<(String, Hyper)>,
    frozen: Vec<Range<u64>>,
}

impl From<Selection> for Group {
    fn from(selection: Selection) -> Self {
        Self {
            selection,
            overrides: Vec::new(),
            frozen: Vec::new(),
        }
    }
}

impl Group {
    /// The parameters for which `predicate(name, shape)` holds: see [`Selection::when`].
    pub fn when(
        description: impl Into<String>,
        predicate: impl Fn(&str, &[usize]) -> bool + Send + Sync + 'static,
    ) -> Self {
        Selection::when(description, predicate).into()
    }

    /// The parameters whose name fits a pattern: see [`Selection::matching`].
    #[must_use]
    pub fn matching(pattern: &str) -> Self {
        Selection::matching(pattern).into()
    }

    /// The parameters of fewer than `rank` dimensions: see [`Selection::rank_below`].
    #[must_use]
    pub fn rank_below(rank: usize) -> Self {
        Selection::rank_below(rank).into()
    }

    /// With this hyper-parameter, in every link that has it, for these parameters.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Hyper>) -> Self {
        self.overrides.push((name.into(), value.into()));
        self
    }

    /// Leaves these parameters and their states as they are.
    #[must_use]
    pub fn freeze(self) -> Self {
        self.freeze_during(0..u64::MAX)
    }

    /// Leaves these parameters and their states as they are in the steps of this range, counted from 0: gradual unfreezing
    /// is `freeze_during(0..1000)`. Said more than once, each range counts.
    #[must_use]
    pub fn freeze_during(mut self, steps: Range<u64>) -> Self {
        self.frozen.push(steps);
        self
    }

    pub(crate) fn selection(&self) -> &Selection {
        &self.selection
    }

    pub(crate) fn overrides(&self) -> &[(String, Hyper)] {
        &self.overrides
    }

    pub(crate) fn is_frozen(&self, step: u64) -> bool {
        self.frozen.iter().any(|steps| steps.contains(&step))
    }
}
