//! What is known of a link without its hyper-parameters.

use super::{Measure, Rule, Scope};
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
            body: Body::Program(Program::of::<R>()),
        }
    }

    /// What its memory extends over.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.measure.scope()
    }

    /// Whether it keeps an average of the parameters, to evaluate at.
    #[must_use]
    pub fn averages(&self) -> bool {
        matches!(&self.body, Body::Program(program) if !program.average.outputs.is_empty())
    }

    /// What it is, in a sentence: the first paragraph of its documentation.
    #[must_use]
    pub fn summary(&self) -> String {
        without_links(&paragraphs(self.doc).next().unwrap_or_default())
    }

    /// Who published it: what its documentation says behind `Source:`, if it does.
    #[must_use]
    pub fn source(&self) -> Option<String> {
        paragraphs(self.doc).find_map(|text| Some(text.strip_prefix("Source:")?.trim().into()))
    }
}

/// The paragraphs of a documentation, each on a line.
fn paragraphs(doc: &str) -> impl Iterator<Item = String> {
    doc.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
}

/// The text with the words of a link, `[words](target)`, in the place of the link.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, (words, behind))) = rest.split_once('[').and_then(|(before, link)| {
        let (words, target) = link.split_once("](")?;
        Some((before, (words, target.split_once(')')?.1)))
    }) {
        plain = plain + before + words;
        rest = behind;
    }
    plain + rest
}
