//! DFP.

use super::inverse::{Formula, Inverse, Miss, Step, Update};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Directing, Direction, Error, Evaluator};

options! {
    /// DFP, the first quasi-Newton method: `d = −H∇f(x)`, with an estimate H of the inverse Hessian that every step improves.
    ///
    /// ```text
    /// s = x₊ − x,   y = ∇f(x₊) − ∇f(x)
    /// H ← H − Hy(Hy)ᵀ/yᵀHy + ssᵀ/yᵀs
    /// ```
    /// With exact steps its points are those of [`Bfgs`](super::Bfgs). Otherwise it mends wrong estimates more slowly, and wants
    /// steps that are close to exact. H begins, and steps are left out, as there.
    ///
    /// Source: W. Davidon, "Variable metric method for minimization", 1959; R. Fletcher & M. Powell, 1963; Nocedal & Wright,
    /// "Numerical Optimization", 2nd ed., (6.15).
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Dfp;
}

impl Dfp {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Direction<T> for Dfp {
    fn name(&self) -> &'static str {
        "dfp"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        Ok(Box::new(Inverse::<T, Self>::new("dfp", n)?))
    }
}

impl Formula for Dfp {
    fn first(step: &Step) -> Option<f64> {
        step.has_curvature().then(|| step.s_y / step.y_y)
    }

    fn update(step: &Step, miss: &Miss) -> Option<Update> {
        (step.has_curvature() && miss.y_hy > 0.0).then(|| Update {
            a: 1.0 / step.s_y,
            b: 0.0,
            c: -1.0 / miss.y_hy,
        })
    }
}
