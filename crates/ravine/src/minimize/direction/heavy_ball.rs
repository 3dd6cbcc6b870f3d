//! The heavy ball.

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::overwrite;
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// The heavy ball, momentum: `x₊ = x − α∇f(x) + β(x − x₋)`, which is `d ← −∇f(x) + βd` with a constant step size α.
    ///
    /// For smooth functions of roughly known curvature. On a quadratic with curvatures between μ and L, the best are
    ///
    /// ```text
    /// α = 4/(√L + √μ)²,   β = ((√κ − 1)/(√κ + 1))²,   κ = L/μ
    /// ```
    /// which shrink the distance to the minimum by (√κ − 1)/(√κ + 1) a step in the long run, where steepest descent's
    /// best is (κ − 1)/(κ + 1). The ball may roll uphill: with a step size that looks at values it is stopped there, and starts anew.
    ///
    /// Source: B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct HeavyBall {
        /// β, in [0, 1). 0.9.
        pub beta: f64,
    }
}

impl Default for HeavyBall {
    fn default() -> Self {
        Self { beta: 0.9 }
    }
}

impl HeavyBall {
    /// With β = 0.9.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With the best β for curvatures between `smallest` and `largest`, both positive.
    #[must_use]
    pub fn between(smallest: f64, largest: f64) -> Self {
        let root = (largest / smallest).sqrt();
        let rate = (root - 1.0) / (root + 1.0);
        Self { beta: rate * rate }
    }
}

impl<T: Scalar> Direction<T> for HeavyBall {
    fn name(&self) -> &'static str {
        "heavy-ball"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        _n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        let inside = (0.0..1.0).contains(&self.beta);
        Error::unless(inside, "beta", self.beta, "in [0, 1)")?;
        Ok(Box::new(Ball {
            beta: self.beta,
            began: false,
            rolls: false,
        }))
    }
}

struct Ball {
    beta: f64,
    /// Whether there was a direction before.
    began: bool,
    /// Whether the last direction was more than −∇f.
    rolls: bool,
}

impl<T: Scalar> Directing<T> for Ball {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        let beta = T::from_f64(self.beta);
        self.rolls = std::mem::replace(&mut self.began, true);
        overwrite(direction, [at.gradient], |d, [g]| beta * d - g);
    }

    fn forget(&mut self) -> bool {
        std::mem::take(&mut self.rolls)
    }

    fn may_rise(&self) -> bool {
        true
    }
}
