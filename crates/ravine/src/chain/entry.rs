//! A link in its place in a chain.

use std::ops::Deref;

use super::Selection;
use super::link::Link;

/// A link, and which parameters pass through it; the others pass by, and keep no states for it.
#[derive(Debug)]
pub(crate) struct Entry {
    link: Box<dyn Link>,
    /// All parameters, if `None`.
    only: Option<Selection>,
}

impl Entry {
    pub fn new(link: Box<dyn Link>) -> Self {
        Self { link, only: None }
    }

    /// For those of its parameters that are selected.
    pub fn only(self, selection: &Selection) -> Self {
        let selection = selection.clone();
        Self {
            link: self.link,
            only: Some(match self.only {
                None => selection,
                Some(before) => before.and(selection),
            }),
        }
    }

    /// Whether parameters of this name and shape pass through it.
    pub fn applies(&self, name: &str, shape: &[usize]) -> bool {
        let selected = |selection: &Selection| selection.selects(name, shape);
        self.only.as_ref().is_none_or(selected)
    }

    /// Whether only some parameters pass through it.
    pub fn is_selective(&self) -> bool {
        self.only.is_some()
    }

    /// Whether it must know the shapes of parameters.
    pub fn needs_shapes(&self) -> bool {
        self.link.needs_shape() || self.only.as_ref().is_some_and(Selection::is_by_rank)
    }

    pub fn link_mut(&mut self) -> &mut dyn Link {
        &mut *self.link
    }
}

impl Deref for Entry {
    type Target = dyn Link;

    fn deref(&self) -> &Self::Target {
        &*self.link
    }
}

impl Clone for Entry {
    fn clone(&self) -> Self {
        Self {
            link: self.link.clone_link(),
            only: self.only.clone(),
        }
    }
}
