//! Nesterov's accelerated gradient.

use super::options::options;
use super::term::Zero;
use super::{Answer, Error, Fista, Method, Run};
use crate::Scalar;

options! {
    /// Nesterov's accelerated gradient: [`Fista`] without a term.
    ///
    /// ```text
    /// x₊ = y − t∇f(y),   y₊ = x₊ + β(x₊ − x)
    /// ```
    /// β as there: for convex functions, for those of curvature at least μ, and with restarts. On a quadratic of curvatures between μ and L, it
    /// needs about √(L/μ) steps a digit, where steepest descent needs L/μ.
    ///
    /// Source: Y. Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k²)", 1983.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Nesterov {
        /// L, positive, so that steps are 1/L; `None`: by backtracking.
        pub lipschitz: Option<f64>,
        /// μ, not negative, and not above L. 0: not known.
        pub strong_convexity: f64,
        /// Whether to restart where momentum leads uphill. Yes.
        pub restart: bool,
    }
}

impl Default for Nesterov {
    fn default() -> Self {
        Self::new()
    }
}

impl Nesterov {
    /// By backtracking, with restarts.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lipschitz: None,
            strong_convexity: 0.0,
            restart: true,
        }
    }
}

impl<T: Scalar> Method<T> for Nesterov {
    fn name(&self) -> String {
        "nesterov".into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let fista = Fista {
            term: Zero,
            lipschitz: self.lipschitz,
            strong_convexity: self.strong_convexity,
            restart: self.restart,
        };
        fista.run(run)
    }
}
