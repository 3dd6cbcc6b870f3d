//! BFGS.

use crate::Scalar;
use crate::minimize::vector::{dot, zeros};
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

/// BFGS: `d = −H∇f(x)`, with an estimate H of the inverse Hessian that every step improves.
///
/// ```text
/// s = x₊ − x,   y = ∇f(x₊) − ∇f(x),   ρ = 1/yᵀs
/// H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ
/// ```
/// H begins as the identity, and before the first update as `(yᵀs/yᵀy)·I`. An update without positive curvature yᵀs, which would
/// spoil H, is left out. n² numbers of memory, and about 4n² multiplications a step.
///
/// Source: Broyden, Fletcher, Goldfarb and Shanno, 1970; Nocedal & Wright, "Numerical Optimization", 2nd ed., (6.17), (6.20).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bfgs;

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
        Ok(Box::new(Inverse {
            h: Vec::new(),
            s: zeros(n),
            y: zeros(n),
            hy: zeros(n),
        }))
    }
}

struct Inverse<T> {
    /// H, row by row; empty where it is the identity.
    h: Vec<T>,
    s: Vec<T>,
    y: Vec<T>,
    hy: Vec<T>,
}

impl<T: Scalar> Directing<T> for Inverse<T> {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        if self.h.is_empty() {
            for (d, g) in direction.iter_mut().zip(at.gradient) {
                *d = -*g;
            }
            return;
        }
        for (d, row) in direction.iter_mut().zip(self.h.chunks_exact(at.x.len())) {
            *d = T::from_f64(-dot(row, at.gradient));
        }
    }

    fn moved(&mut self, from: Point<'_, T>, to: Point<'_, T>, _step_size: f64) {
        let n = from.x.len();
        for i in 0..n {
            self.s[i] = to.x[i] - from.x[i];
            self.y[i] = to.gradient[i] - from.gradient[i];
        }
        let (curvature, square) = (dot(&self.s, &self.y), dot(&self.y, &self.y));
        if !has_curvature(curvature, &self.s, square) {
            return;
        }
        if self.h.is_empty() {
            self.h = zeros(n * n);
            for i in 0..n {
                self.h[i * n + i] = T::from_f64(curvature / square);
            }
        }
        for (hy, row) in self.hy.iter_mut().zip(self.h.chunks_exact(n)) {
            *hy = T::from_f64(dot(row, &self.y));
        }
        // H + (1 + yᵀHy/yᵀs) ssᵀ/yᵀs − (s(Hy)ᵀ + (Hy)sᵀ)/yᵀs
        let rho = T::from_f64(1.0 / curvature);
        let square = T::from_f64((1.0 + dot(&self.y, &self.hy) / curvature) / curvature);
        for (i, row) in self.h.chunks_exact_mut(n).enumerate() {
            let (s, hy) = (self.s[i], self.hy[i]);
            for ((h, &sj), &hyj) in row.iter_mut().zip(&self.s).zip(&self.hy) {
                *h = *h + (square * s * sj - rho * (s * hyj + hy * sj));
            }
        }
    }

    fn forget(&mut self) -> bool {
        let had = !self.h.is_empty();
        self.h = Vec::new();
        had
    }

    fn is_scaled(&self) -> bool {
        !self.h.is_empty()
    }
}

/// Whether a step saw enough curvature to learn from: `yᵀs > ε‖y‖‖s‖`.
fn has_curvature<T: Scalar>(curvature: f64, s: &[T], y_square: f64) -> bool {
    curvature > f64::EPSILON * (dot(s, s) * y_square).sqrt()
}
