//! A rule by itself, on plain slices.

use rayon::prelude::*;
use smallvec::SmallVec;

use super::block::BLOCK;
use super::link::{Block, Flow, Link};
use super::pass::CHUNK;
use crate::Scalar;
use crate::rule::{Rule, Step};

/// A piece of the input, and that of each state.
type Piece<'a, T> = (&'a mut [T], SmallVec<[&'a mut [T]; 4]>);

/// Runs a rule on arrays of any length, for methods that use its formula in other coordinates than the parameter's: in an
/// eigenbasis, or in a subspace.
///
/// `u` is the input, which the output replaces; it is also what the formula sees as the gradient. The parameter counts as
/// zero, and what the rule would measure is NaN. The states are in the order of [`Rule::STATE`], each as long as `u`.
///
/// # Errors
/// A state is missing, or has another length than `u`; nothing has changed then.
pub fn run<R: Rule, T: Scalar>(
    rule: &R,
    step: &Step,
    u: &mut [T],
    states: &mut [Vec<T>],
) -> Result<(), String> {
    let len = u.len();
    if states.len() != R::STATE.len() || states.iter().any(|state| state.len() != len) {
        return Err(format!("the states of {} do not fit its input", R::NAME));
    }
    let mut constants = Vec::new();
    Link::constants(rule, step, &mut constants);
    let constants: Vec<T> = constants.into_iter().map(T::from_f64).collect();
    let mut arrays: SmallVec<[_; 4]> = states
        .iter_mut()
        .map(|state| state.chunks_mut(CHUNK))
        .collect();
    let tasks: Vec<Piece<'_, T>> = u
        .chunks_mut(CHUNK)
        .map(|u| (u, arrays.iter_mut().filter_map(Iterator::next).collect()))
        .collect();
    tasks.into_par_iter().for_each(|(u, mut states)| {
        let mut x = [T::from_f64(0.0); BLOCK];
        let mut gradient = x;
        for (number, u) in u.chunks_mut(BLOCK).enumerate() {
            let gradient = &mut gradient[..u.len()];
            gradient.copy_from_slice(u);
            let block = Block {
                x: &mut x[..u.len()],
                flow: Flow::Through(u),
                gradient,
                hessian: &[],
                states: &mut states,
                offset: number * BLOCK,
            };
            T::run(rule, &constants, block);
        }
    });
    Ok(())
}
