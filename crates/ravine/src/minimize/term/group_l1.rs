//! The group lasso's term.

use super::{Term, check_weight};
use crate::Scalar;
use crate::minimize::Error;
use crate::minimize::vector::norm;

/// `g(x) = λ Σ ‖x_G‖₂` over groups G of coordinates that lie side by side: whole groups become 0.
///
/// Its proximal map shortens each group by tλ: `x_G·max(1 − tλ/‖x_G‖₂, 0)`.
///
/// Source: M. Yuan, Y. Lin, "Model selection and estimation in regression with grouped variables", 2006 (whose weights √|G|
/// are left out).
#[derive(Clone, Debug, PartialEq)]
pub struct GroupL1 {
    /// λ, not negative.
    pub weight: f64,
    /// How many coordinates each group has, in order; together all.
    pub sizes: Vec<usize>,
}

impl GroupL1 {
    /// The term of weight λ, over groups of these sizes.
    #[must_use]
    pub fn new(weight: f64, sizes: Vec<usize>) -> Self {
        Self { weight, sizes }
    }
}

impl<T: Scalar> Term<T> for GroupL1 {
    fn name(&self) -> &'static str {
        "group-l1"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        check_weight("the weight", self.weight)?;
        let together = self
            .sizes
            .iter()
            .try_fold(0, |a: usize, &b| a.checked_add(b));
        if together == Some(n) {
            return Ok(());
        }
        Err(Error::Set(format!(
            "the groups do not have as many coordinates together as the start, {n}"
        )))
    }

    fn value(&self, mut x: &[T]) -> f64 {
        let mut sum = 0.0;
        for &size in &self.sizes {
            let (group, rest) = x.split_at(size.min(x.len()));
            sum += norm(group);
            x = rest;
        }
        self.weight * sum
    }

    fn prox(&self, step: f64, mut x: &mut [T]) {
        for &size in &self.sizes {
            let (group, rest) = x.split_at_mut(size.min(x.len()));
            let length = norm(group);
            let kept = length - step * self.weight;
            let factor = if kept <= 0.0 { 0.0 } else { kept / length };
            for x in group {
                *x = T::from_f64(x.to_f64() * factor);
            }
            x = rest;
        }
    }
}
