//! The step engine: links, stages, the pass over memory, parameter groups, state.

mod ahead;
mod averaged;
pub(crate) mod block;
pub(crate) mod checkpoint;
pub(crate) mod core;
mod entry;
mod group;
pub(crate) mod link;
mod non_finite;
mod numbers;
mod optimizer;
mod parameter;
mod partial_sums;
pub(crate) mod pass;
mod piece;
pub(crate) mod plan;
mod report;
mod run;
mod selection;
pub(crate) mod shared;
mod slots;
mod whole_link;

pub(crate) use entry::Entry;
pub use group::Group;
pub use link::Link;
pub use non_finite::NonFinite;
pub use optimizer::Optimizer;
pub use parameter::Parameter;
pub(crate) use plan::Plan;
pub use report::{Fallback, StepReport};
pub use run::run;
pub use selection::Selection;
pub(crate) use slots::Slots;
pub use whole_link::{IntoLinks, WholeLink};

use crate::error::Error;
use crate::hyper::{Hyper, HyperInfo};
use crate::rule::{NeedsHessian, Part};
use crate::storage::Format;

/// Links in order: gradient in, update out. The step is `x ← x − u`.
///
/// A rule, or a tuple of rules, converts into a chain; `then` puts more behind it while the program runs.
///
/// ```
/// use ravine::{Chain, adamw, average::Ema, rule::ClipGlobalNorm};
///
/// let fixed = Chain::from((ClipGlobalNorm::new().clip_global_norm(1.0), (adamw(1e-3), Ema::new())));
/// let built = Chain::from(ClipGlobalNorm::new().clip_global_norm(1.0)).then(adamw(1e-3)).then(Ema::new());
/// assert_eq!(fixed.names(), built.names());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Chain {
    links: Vec<Entry>,
}

impl<L: IntoLinks> From<L> for Chain {
    fn from(link: L) -> Self {
        Self::default().then(link)
    }
}

impl Chain {
    /// Puts a rule, a tuple of rules, or a whole-tensor method behind the links so far.
    #[must_use]
    pub fn then(mut self, link: impl IntoLinks) -> Self {
        let mut links = Vec::new();
        link.into_links(&mut links);
        self.links.extend(links.into_iter().map(Entry::new));
        self
    }

    /// Puts another chain behind this one.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.links.extend(other.links);
        self
    }

    /// This chain for the selected parameters only: the others pass by it unchanged, and keep no states for it.
    ///
    /// ```
    /// use ravine::{Chain, Selection, rule::{Adam, LearningRate, Lion}};
    ///
    /// // Lion for matrices, Adam for biases and norms, one learning rate behind both.
    /// let vectors = Selection::rank_below(2);
    /// let chain = Chain::from(Lion::new()).only(vectors.clone().inverted())
    ///     .join(Chain::from(Adam::new()).only(vectors))
    ///     .then(LearningRate::new().lr(1e-3));
    /// assert_eq!(chain.names(), ["lion", "adam", "learning_rate"]);
    /// ```
    #[must_use]
    pub fn only(mut self, selection: Selection) -> Self {
        self.links = self
            .links
            .into_iter()
            .map(|entry| entry.only(&selection))
            .collect();
        self
    }

    /// The rules, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.parts().iter().map(|part| part.name).collect()
    }

    /// The rules without their hyper-parameters, in order.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        self.links.iter().flat_map(|link| link.parts()).collect()
    }

    /// The names of the arrays kept per parameter; a name that comes again is numbered: `ema`, `ema.2`.
    #[must_use]
    pub fn states(&self) -> Vec<String> {
        let parts = self.parts();
        numbered(parts.iter().flat_map(|part| part.state).copied())
    }

    /// The memory of the states of an f32 parameter of this shape, where states are kept in `format`.
    #[must_use]
    pub fn state_bytes(&self, shape: &[usize], format: Format) -> f64 {
        let values = shape.iter().product();
        let links = self.links.iter().filter(|link| link.applies("", shape));
        let kinds = links
            .flat_map(|link| (0..link.state_count()).filter_map(|state| link.state(state, shape)));
        kinds
            .map(|kind| {
                let len = kind.len(values);
                len as f64 * kind.format(len, format).bytes_per_number::<f32>()
            })
            // The sum of nothing would be −0.
            .fold(0.0, |sum, bytes| sum + bytes)
    }

    /// Whether a link cannot do without the loss of each step.
    #[must_use]
    pub fn needs_loss(&self) -> bool {
        self.links.iter().any(|link| link.needs_loss())
    }

    /// Whether a link cannot do without an estimate of the Hessian's diagonal, in some steps or all.
    #[must_use]
    pub fn needs_hessian(&self) -> bool {
        let needs = |link: &Entry| link.needs_hessian() != NeedsHessian::Never;
        self.links.iter().any(needs)
    }

    /// The hyper-parameters and their values, in the order of the links.
    #[must_use]
    pub fn hypers(&self) -> Vec<(HyperInfo, Hyper)> {
        let mut hypers = Vec::new();
        for link in &self.links {
            link.visit(&mut |info, hyper| hypers.push((*info, hyper.clone())));
        }
        hypers
    }

    /// The value of the hyper-parameter of this name: the last one, if several links have it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Hyper> {
        let mut found = None;
        for link in &self.links {
            link.visit(&mut |info, hyper| {
                if info.name == name {
                    found = Some(hyper.clone());
                }
            });
        }
        found
    }

    /// Sets the hyper-parameter `name`, in every link that has it, to a number or a schedule.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one; a value outside its range. The chain is then as before.
    pub fn set(&mut self, name: &str, value: impl Into<Hyper>) -> Result<(), Error> {
        let value = value.into();
        let known = self.hypers();
        if !known.iter().any(|(info, _)| info.name == name) {
            return Err(Error::unknown(
                "hyper-parameter",
                name,
                known.iter().map(|(info, _)| info.name),
            ));
        }
        for (info, _) in known.iter().filter(|(info, _)| info.name == name) {
            info.check_ahead(&value)?;
        }
        for link in &mut self.links {
            link.link_mut().visit_mut(&mut |info, hyper| {
                if info.name == name {
                    *hyper = value.clone();
                }
            });
        }
        Ok(())
    }

    /// [`Chain::set`], on a chain under construction.
    ///
    /// # Errors
    /// As [`Chain::set`].
    pub fn with(mut self, name: &str, value: impl Into<Hyper>) -> Result<Self, Error> {
        self.set(name, value)?;
        Ok(self)
    }

    /// Whether a rule reads an estimate of the Hessian's diagonal: see [`Parameter::hessian`].
    #[must_use]
    pub fn reads_hessian(&self) -> bool {
        self.links.iter().any(|link| link.reads_hessian())
    }

    pub(crate) fn links(&self) -> &[Entry] {
        &self.links
    }

    /// Without the links that, as they are set, hand on their input unchanged.
    #[must_use]
    pub fn without_idle(mut self) -> Self {
        self.links.retain(|link| !link.is_identity());
        self
    }

    /// Refuses schedules whose value at `step` is outside its range.
    pub(crate) fn check(&self, step: u64) -> Result<(), Error> {
        self.each_hyper(|info, hyper| match hyper {
            Hyper::Constant(_) => Ok(()),
            Hyper::Scheduled(_) => info.check(hyper, step),
        })
    }

    /// Refuses values outside their range, and links that stand where they cannot.
    pub(crate) fn check_ahead(&self) -> Result<(), Error> {
        self.each_hyper(HyperInfo::check_ahead)?;
        let parts = self.parts();
        for (part, behind) in parts.iter().zip(parts.iter().skip(1)) {
            let last = if part.changes_update {
                behind.reads_update
            } else {
                !behind.changes_update
            };
            if part.reads_update && !last {
                return Err(Error::NotLast {
                    link: part.name,
                    behind: behind.name,
                });
            }
        }
        Ok(())
    }

    /// The first error that `check` finds.
    fn each_hyper(
        &self,
        check: impl Fn(&HyperInfo, &Hyper) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut result = Ok(());
        for link in &self.links {
            link.visit(&mut |info, hyper| {
                if result.is_ok() {
                    result = check(info, hyper);
                }
            });
        }
        result
    }
}

/// Names, of which one that comes again is numbered.
fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    let number = |(index, name): (usize, &&str)| {
        let earlier = names[..index].iter().filter(|n| *n == name).count();
        match earlier {
            0 => (*name).to_string(),
            _ => format!("{name}.{}", earlier + 1),
        }
    };
    names.iter().enumerate().map(number).collect()
}
