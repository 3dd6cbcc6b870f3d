//! The whole space.

use super::Set;
use crate::Scalar;
use crate::minimize::Error;

/// The whole space ℝⁿ: no constraint. Methods that are given it keep to the task's bounds instead, if there are any.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Whole;

impl<T: Scalar> Set<T> for Whole {
    fn name(&self) -> &'static str {
        "whole space"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        Ok(())
    }

    fn project(&self, _x: &mut [T]) {}

    fn is_whole(&self) -> bool {
        true
    }
}
