//! Steepest descent.

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{norm, overwrite};
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// Steepest descent: `d = −∇f(x)`, or [normalised](Self::normalized) `d = −∇f(x)/‖∇f(x)‖₂`.
    ///
    /// On a quadratic with curvatures between μ and L, steps of 2/(μ + L) shrink the distance to the minimum by
    /// (L − μ)/(L + μ) each, and steps above 2/L diverge: it is slow in ravines.
    ///
    /// Source: A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Steepest {
        /// Whether d has length 1. No.
        normalized: bool,
    }
}

impl Steepest {
    /// `d = −∇f(x)`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `d = −∇f(x)/‖∇f(x)‖₂`, so that the step size is the step's length.
    #[must_use]
    pub fn normalized() -> Self {
        Self { normalized: true }
    }
}

impl<T: Scalar> Direction<T> for Steepest {
    fn name(&self) -> &'static str {
        if self.normalized {
            "normalized-steepest-descent"
        } else {
            "steepest-descent"
        }
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        _n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        Ok(Box::new(*self))
    }
}

impl<T: Scalar> Directing<T> for Steepest {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        let length = if self.normalized {
            norm(at.gradient)
        } else {
            1.0
        };
        overwrite(direction, [at.gradient], |_, [g]| {
            T::from_f64(-g.to_f64() / length)
        });
    }
}
