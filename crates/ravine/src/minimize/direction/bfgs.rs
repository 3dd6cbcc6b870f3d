//! BFGS.

use super::inverse::{Formula, Inverse, Miss, Step, Update};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Directing, Direction, Error, Evaluator};

options! {
    /// BFGS: `d = −H∇f(x)`, with an estimate H of the inverse Hessian that every step improves.
    ///
    /// ```text
    /// s = x₊ − x,   y = ∇f(x₊) − ∇f(x),   ρ = 1/yᵀs
    /// H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ
    /// ```
    /// The first choice for smooth functions of up to some thousand variables. H begins as the identity, and before the first update as
    /// `(yᵀs/yᵀy)·I`. An update without positive curvature, `yᵀs ≤ √ε‖y‖‖s‖`, which would spoil H, is left out. n² numbers of memory, read twice
    /// a step.
    ///
    /// Source: Broyden, Fletcher, Goldfarb and Shanno, 1970; Nocedal & Wright, "Numerical Optimization", 2nd ed., (6.17), (6.20).
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Bfgs;
}

impl Bfgs {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Direction<T> for Bfgs {
    fn name(&self) -> &'static str {
        "bfgs"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        Ok(Box::new(Inverse::<T, Self>::new("bfgs", n)?))
    }
}

impl Formula for Bfgs {
    fn first(step: &Step) -> Option<f64> {
        step.has_curvature().then(|| step.s_y / step.y_y)
    }

    // The formula above, multiplied out.
    fn update(step: &Step, miss: &Miss) -> Option<Update> {
        step.has_curvature().then(|| Update {
            a: (1.0 + miss.y_hy / step.s_y) / step.s_y,
            b: -1.0 / step.s_y,
            c: 0.0,
        })
    }
}
