//! Truncated Newton.

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{dot, norm, overwrite, zeros};
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// Newton–CG, truncated Newton: `d ≈ −∇²f(x)⁻¹∇f(x)` by the linear conjugate gradient method, as far as it is worth while.
    ///
    /// For smooth functions of many variables: it asks for products with the Hessian only, and where there are none, for
    /// two gradients each. The inner iteration solves `∇²f·d = −∇f` and ends
    ///
    /// - where the residual is small enough, `‖∇²f·d + ∇f‖ ≤ η‖∇f‖`. η is at first [`forcing`](Self::forcing), and then follows how fast the outer
    ///   iteration converges: `η = 0.9(‖∇f‖/‖∇f₋‖)²`, but no more than that, and not below `0.9η₋²` while that is above 0.1;
    /// - where the curvature along its direction is negative or zero: d so far, or −∇f if that is none;
    /// - after [`iterations`](Self::iterations).
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., algorithm 7.1; S. Eisenstat & H. Walker, "Choosing the forcing terms
    /// in an inexact Newton method", 1996, choice 2.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct NewtonCg {
        /// The largest η, in (0, 1). 0.1.
        pub forcing: f64,
        /// Most inner iterations, at least 1; `None` for 2n.
        pub iterations: Option<usize>,
    }
}

impl Default for NewtonCg {
    fn default() -> Self {
        Self {
            forcing: 0.1,
            iterations: None,
        }
    }
}

impl NewtonCg {
    /// With η of at most 0.1.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Scalar> Direction<T> for NewtonCg {
    fn name(&self) -> &'static str {
        "newton-cg"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        let inside = self.forcing > 0.0 && self.forcing < 1.0;
        Error::unless(inside, "forcing", self.forcing, "in (0, 1)")?;
        let iterations = self.iterations.unwrap_or(n.saturating_mul(2));
        Error::unless(iterations > 0, "iterations", 0.0, "at least 1")?;
        Ok(Box::new(Truncated {
            forcing: self.forcing,
            iterations,
            last: None,
            is_scaled: false,
            residual: zeros(n),
            conjugate: zeros(n),
            product: zeros(n),
        }))
    }
}

struct Truncated<T> {
    forcing: f64,
    iterations: usize,
    /// ‖∇f‖ and η of the iteration before.
    last: Option<(f64, f64)>,
    /// Whether the last direction was more than −∇f.
    is_scaled: bool,
    /// r = ∇²f·d + ∇f
    residual: Vec<T>,
    /// p
    conjugate: Vec<T>,
    /// ∇²f·p
    product: Vec<T>,
}

impl<T> Truncated<T> {
    /// η.
    fn eta(&mut self, norm: f64) -> f64 {
        let eta = match self.last {
            None => self.forcing,
            Some((norm_before, eta_before)) => {
                let ratio = norm / norm_before;
                let floor = 0.9 * eta_before * eta_before;
                let eta = 0.9 * ratio * ratio;
                let eta = if floor > 0.1 { eta.max(floor) } else { eta };
                eta.min(self.forcing)
            }
        };
        self.last = Some((norm, eta));
        eta
    }
}

impl<T: Scalar> Directing<T> for Truncated<T> {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        let length = norm(at.gradient);
        let enough = self.eta(length) * length;
        self.is_scaled = false;
        overwrite(direction, [at.gradient], |_, [g]| -g);
        overwrite(&mut self.residual, [at.gradient], |_, [g]| g);
        overwrite(&mut self.conjugate, [at.gradient], |_, [g]| -g);
        let mut square = length * length;
        for _ in 0..self.iterations {
            evaluator.hessian_vector(at.x, &self.conjugate, &mut self.product);
            let curvature = dot(&self.conjugate, &self.product);
            let step = square / curvature;
            let has_curvature = curvature > 0.0 && step.is_finite();
            if !has_curvature {
                return;
            }
            let alpha = T::from_f64(step);
            if self.is_scaled {
                overwrite(direction, [&self.conjugate], |d, [p]| d + alpha * p);
            } else {
                overwrite(direction, [&self.conjugate], |_, [p]| alpha * p);
                self.is_scaled = true;
            }
            overwrite(&mut self.residual, [&self.product], |r, [bp]| {
                r + alpha * bp
            });
            let next = dot(&self.residual, &self.residual);
            if next.sqrt() <= enough || !next.is_finite() {
                return;
            }
            let beta = T::from_f64(next / square);
            square = next;
            overwrite(&mut self.conjugate, [&self.residual], |p, [r]| beta * p - r);
        }
    }

    fn forget(&mut self) -> bool {
        std::mem::take(&mut self.is_scaled)
    }

    fn is_scaled(&self) -> bool {
        self.is_scaled
    }
}
