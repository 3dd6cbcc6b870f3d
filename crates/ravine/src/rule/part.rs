//! What is known of a link without its hyper-parameters.

use super::{Measure, Rule, Scope};
use crate::doc;
use crate::program::Program;

/// What is known of a link without its hyper-parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The link's name.
    pub name: &'static str,
    /// Its documentation, as it was written for [`hyper!`](crate::hyper!).
    pub doc: &'static str,
    /// The names of its state arrays.
    pub state: &'static [&'static str],
    /// How its constants are written.
    pub constants: &'static [&'static str],
    /// What it must know of its whole input.
    pub measure: Measure,
    /// How its sums are written.
    pub sums: &'static [&'static str],
    /// The names of the numbers that it remembers.
    pub memory: &'static [&'static str],
    /// Whether it must stand last.
    pub reads_update: bool,
    /// Whether it changes the update that it reads.
    pub changes_update: bool,
    /// Whether it keeps an average to evaluate at.
    pub averages: bool,
    /// What it does.
    pub body: Body,
}

/// What a link does, as data.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The recorded formula of a [`Rule`].
    Program(Program),
    /// The formula of a [`Whole`](super::Whole) link, as text.
    Text(&'static str),
}

impl Part {
    /// A rule by itself.
    pub(super) fn of<R: Rule>() -> Self {
        Self {
            name: R::NAME,
            doc: R::doc(),
            state: R::STATE,
            constants: R::CONSTANTS,
            measure: R::MEASURE,
            sums: R::SUMS,
            memory: R::MEMORY,
            reads_update: R::READS_UPDATE,
            changes_update: R::CHANGES_UPDATE,
            averages: R::AVERAGES,
            body: Body::Program(Program::of::<R>()),
        }
    }

    /// What its memory extends over.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.measure.scope()
    }

    /// What it is, in a sentence: the first paragraph of its documentation.
    #[must_use]
    pub fn summary(&self) -> String {
        doc::summary(self.doc)
    }

    /// Who published it: what its documentation says behind `Source:`, if it does.
    #[must_use]
    pub fn source(&self) -> Option<String> {
        doc::source(self.doc)
    }
}
