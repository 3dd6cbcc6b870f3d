//! A whole-tensor link behind a pointer.

use super::link::{Block, Link, StateKind};
use crate::hyper::{Hyper, HyperInfo};
use crate::rule::{Body, Measure, NeedsHessian, Part, Scope, Step, TERMS, Tensor, Whole};

/// Makes a [`Link`] of a [`Whole`].
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct WholeLink<W>(pub W);

impl<W: Whole> Link for WholeLink<W> {
    fn clone_link(&self) -> Box<dyn Link> {
        Box::new(self.clone())
    }

    fn parts(&self) -> Vec<Part> {
        vec![Part {
            name: W::NAME,
            doc: W::doc(),
            state: W::STATE,
            constants: &[],
            measure: Measure::Nothing,
            sums: &[],
            memory: &[],
            reads_update: false,
            changes_update: true,
            averages: false,
            body: Body::Text(W::FORMULA),
        }]
    }

    fn measure(&self) -> Measure {
        Measure::Nothing
    }

    fn is_whole(&self) -> bool {
        true
    }

    fn needs_shape(&self) -> bool {
        W::NEEDS_SHAPE
    }

    fn reads_hessian(&self) -> bool {
        false
    }

    fn needs_hessian(&self) -> NeedsHessian {
        NeedsHessian::Never
    }

    fn needs_loss(&self) -> bool {
        false
    }

    fn averages(&self) -> bool {
        false
    }

    fn is_identity(&self) -> bool {
        self.0.is_identity()
    }

    fn clips(&self, _step: &Step) -> bool {
        false
    }

    fn state_count(&self) -> usize {
        W::STATE.len()
    }

    fn state(&self, state: usize, shape: &[usize]) -> Option<StateKind> {
        let array = self.0.array(state, shape)?;
        Some(StateKind {
            shape: (array.shape != shape).then_some(array.shape),
            initial: array.initial,
            is_exact: self.0.is_exact(state),
        })
    }

    fn memory_count(&self) -> usize {
        0
    }

    fn initial_memory(&self, _number: usize) -> f64 {
        0.0
    }

    fn remember(&self, _scope: Scope, _step: &Step, _memory: &mut [f64]) {}

    fn constants(&self, _step: &Step, _constants: &mut Vec<f64>) {}

    fn constant_count(&self) -> usize {
        0
    }

    fn visit(&self, see: &mut dyn FnMut(&HyperInfo, &Hyper)) {
        self.0.visit(see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&HyperInfo, &mut Hyper)) {
        self.0.visit_mut(change);
    }

    // It stands in a stage of its own, which calls nothing but `whole_…`.

    fn run_f32(&self, _constants: &[f32], _block: Block<'_, '_, f32>) -> f64 {
        0.0
    }

    fn run_f64(&self, _constants: &[f64], _block: Block<'_, '_, f64>) -> f64 {
        0.0
    }

    fn sums_f32(&self, _constants: &[f32], _block: Block<'_, '_, f32>) -> [f64; TERMS] {
        [f64::NAN; TERMS]
    }

    fn sums_f64(&self, _constants: &[f64], _block: Block<'_, '_, f64>) -> [f64; TERMS] {
        [f64::NAN; TERMS]
    }

    fn evaluate_f32(&self, _constants: &[f32], _x: &mut [f32], _states: &[&[f32]]) {}

    fn evaluate_f64(&self, _constants: &[f64], _x: &mut [f64], _states: &[&[f64]]) {}

    fn whole_f32(&self, step: &Step, tensor: Tensor<'_, f32>) -> Result<(), String> {
        self.0.update(step, tensor)
    }

    fn whole_f64(&self, step: &Step, tensor: Tensor<'_, f64>) -> Result<(), String> {
        self.0.update(step, tensor)
    }
}

/// What can stand in a chain: every [`Rule`](crate::rule::Rule), and every [`Whole`] for which
/// [`whole!`](crate::whole!) was said.
pub trait IntoLinks {
    /// Cuts it into links, of which each needs at most one pass over memory.
    fn into_links(self, links: &mut Vec<Box<dyn Link>>);
}

impl<R: crate::rule::Rule> IntoLinks for R {
    fn into_links(self, links: &mut Vec<Box<dyn Link>>) {
        self.links(links);
    }
}

/// Lets a type that implements [`Whole`](crate::rule::Whole) stand in a chain.
#[macro_export]
macro_rules! whole {
    ($name:ty) => {
        impl $crate::IntoLinks for $name {
            fn into_links(self, links: &mut Vec<Box<dyn $crate::Link>>) {
                links.push(Box::new($crate::WholeLink(self)));
            }
        }
    };
}
