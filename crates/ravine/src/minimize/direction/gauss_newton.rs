//! Gauss–Newton.

use faer::Mat;
use faer::linalg::solvers::{ColPivQr, SolveLstsq};

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::overwrite;
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// Gauss–Newton, for sums of squares f = ‖r‖²: the d that minimises `‖J(x)d + r(x)‖`, where J is the Jacobian of r.
    ///
    /// Newton's method without second derivatives: as fast where the residuals at the minimum are small or nearly linear.
    /// Solved by QR with column pivoting. Where the columns of J are dependent, or residuals fewer than variables, by
    /// the same of `‖Jd + r‖² + μ²‖d‖²` with `μ = 1e-6·|R₁₁|`, which has one solution.
    ///
    /// Needs an objective with [residuals](crate::minimize::Objective::residuals). The Jacobian comes from there, or by central differences.
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., section 10.3.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct GaussNewton;
}

impl GaussNewton {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Direction<T> for GaussNewton {
    fn name(&self) -> &'static str {
        "gauss-newton"
    }

    fn start<'s>(
        &'s self,
        evaluator: &Evaluator<'_, T>,
        _n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        if evaluator.residuals().is_none() {
            return Err(Error::Needs {
                method: "gauss-newton".into(),
                what: "residuals: a sum of squares, as LeastSquares is",
            });
        }
        Ok(Box::new(Linearized { is_scaled: false }))
    }
}

struct Linearized {
    /// Whether the last direction was more than −∇f.
    is_scaled: bool,
}

impl<T: Scalar> Directing<T> for Linearized {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        let solution = evaluator
            .linearize(at.x)
            .and_then(|(residuals, jacobian)| solve(&residuals, &jacobian, at.x.len()));
        let leads_down = |solution: &Mat<f64>| {
            let products = (0..at.x.len()).map(|i| solution[(i, 0)] * at.gradient[i].to_f64());
            let slope = products.sum::<f64>();
            slope < 0.0 && slope.is_finite()
        };
        let solution = solution.filter(leads_down);
        self.is_scaled = solution.is_some();
        match solution {
            Some(solution) => {
                for (i, d) in direction.iter_mut().enumerate() {
                    *d = T::from_f64(solution[(i, 0)]);
                }
            }
            None => overwrite(direction, [at.gradient], |_, [g]| -g),
        }
    }

    fn forget(&mut self) -> bool {
        std::mem::take(&mut self.is_scaled)
    }

    fn is_scaled(&self) -> bool {
        self.is_scaled
    }
}

/// The d that minimises ‖Jd + r‖, in the first n rows; `None` where a number is not finite.
fn solve<T: Scalar>(residuals: &[T], jacobian: &[T], n: usize) -> Option<Mat<f64>> {
    let m = residuals.len();
    if !residuals.iter().chain(jacobian).all(|v| v.is_finite()) {
        return None;
    }
    let j = |i: usize, k: usize| jacobian[i * n + k].to_f64();
    let r = |i: usize| -residuals[i].to_f64();
    let mut largest = jacobian
        .iter()
        .fold(0.0, |l: f64, v| l.max(v.to_f64().abs()));
    if m >= n {
        let factors = ColPivQr::new(Mat::from_fn(m, n, j).as_ref());
        let last = factors.R()[(n - 1, n - 1)].abs();
        largest = factors.R()[(0, 0)].abs();
        if last > f64::EPSILON * m as f64 * largest {
            return Some(factors.solve_lstsq(Mat::from_fn(m, 1, |i, _| r(i))));
        }
    }
    if largest == 0.0 {
        return None;
    }
    let damping = |i: usize, k: usize| if i == k { 1e-6 * largest } else { 0.0 };
    let damped = |i: usize, k: usize| if i < m { j(i, k) } else { damping(i - m, k) };
    let factors = ColPivQr::new(Mat::from_fn(m + n, n, damped).as_ref());
    let right = Mat::from_fn(m + n, 1, |i, _| if i < m { r(i) } else { 0.0 });
    Some(factors.solve_lstsq(right))
}
