//! Newton's method.

use faer::linalg::solvers::{Lblt, Llt, Solve};
use faer::{Mat, MatRef, Side};

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::overwrite;
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// Newton's method: `d = −B⁻¹∇f(x)`, where B is the Hessian, made positive definite where it is not.
    ///
    /// For smooth functions of up to some hundred variables whose Hessian is at hand: near a minimum every step
    /// doubles the number of right digits. A Hessian that is missing is made by products or differences, n of them a step.
    ///
    /// A positive definite Hessian (its Cholesky factors exist) is taken as it is. Of others, the factors
    /// `PAPᵀ = LDLᵀ` of Bunch and Kaufman are taken, D with blocks of one or two, and the eigenvalues λ of D made
    /// `max(|λ|, δ)`, `δ = √ε‖D‖`: steep curvature downhill gives short steps as steep curvature uphill does.
    /// Where nothing of this leads downhill (the Hessian is not finite, say), −∇f does.
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., section 3.4; S. Cheng & N. Higham, "A modified Cholesky algorithm
    /// based on a symmetric indefinite factorization", 1998, whose max(λ, δ) is here max(|λ|, δ), as in J. Moré & D. Sorensen,
    /// "On the use of directions of negative curvature in a modified Newton method", 1979.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Newton;
}

impl Newton {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Direction<T> for Newton {
    fn name(&self) -> &'static str {
        "newton"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        let mut hessian = Vec::<T>::new();
        let square = n.checked_mul(n);
        let has_room = square.is_some_and(|square| hessian.try_reserve_exact(square).is_ok());
        if !has_room {
            return Err(Error::Needs {
                method: "newton".into(),
                what: "memory for n² numbers; newton-cg needs little",
            });
        }
        hessian.resize(n * n, T::from_f64(0.0));
        Ok(Box::new(Exact {
            hessian,
            is_scaled: false,
        }))
    }
}

struct Exact<T> {
    hessian: Vec<T>,
    /// Whether the last direction was more than −∇f.
    is_scaled: bool,
}

impl<T: Scalar> Directing<T> for Exact<T> {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        let n = at.x.len();
        evaluator.hessian(at.x, &mut self.hessian);
        let hessian = Mat::from_fn(n, n, |i, j| self.hessian[i * n + j].to_f64());
        let gradient = Mat::from_fn(n, 1, |i, _| at.gradient[i].to_f64());
        let is_finite = self.hessian.iter().all(|h| h.is_finite());
        let solution = is_finite.then(|| solve(hessian.as_ref(), gradient.as_ref()));
        let leads_down = solution.as_ref().is_some_and(|solution| {
            let products = (0..n).map(|i| solution[(i, 0)] * gradient[(i, 0)]);
            let slope = products.sum::<f64>();
            slope > 0.0 && slope.is_finite()
        });
        self.is_scaled = leads_down;
        match solution.filter(|_| leads_down) {
            Some(solution) => {
                for (i, d) in direction.iter_mut().enumerate() {
                    *d = T::from_f64(-solution[(i, 0)]);
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

/// B⁻¹g.
fn solve(a: MatRef<'_, f64>, g: MatRef<'_, f64>) -> Mat<f64> {
    match Llt::new(a, Side::Lower) {
        Ok(factors) => factors.solve(g),
        Err(_) => solve_modified(a, g),
    }
}

fn solve_modified(a: MatRef<'_, f64>, g: MatRef<'_, f64>) -> Mat<f64> {
    let n = a.nrows();
    let factors = Lblt::new(a, Side::Lower);
    let (diagonal, below) = (factors.B_diag(), factors.B_subdiag());
    let mut scale = 0.0_f64;
    for i in 0..n {
        scale = scale.max(diagonal[i].abs() + below[i].abs());
    }
    let least = (f64::EPSILON.sqrt() * scale).max(f64::MIN_POSITIVE);
    let modified = |eigenvalue: f64| eigenvalue.abs().max(least);

    let mut z = factors.P() * g;
    factors.L().solve_unit_lower_triangular_in_place(z.as_mut());
    let mut i = 0;
    while i < n {
        if below[i] == 0.0 {
            z[(i, 0)] /= modified(diagonal[i]);
            i += 1;
        } else {
            let block = [diagonal[i], below[i], diagonal[i + 1]];
            let rest = [z[(i, 0)], z[(i + 1, 0)]];
            [z[(i, 0)], z[(i + 1, 0)]] = solve_block(block, rest, modified);
            i += 2;
        }
    }
    factors
        .L()
        .transpose()
        .solve_unit_upper_triangular_in_place(z.as_mut());
    factors.P().inverse() * z
}

/// Solves `[a b; b c]z = v` with the eigenvalues as they are modified. Jacobi's rotation.
fn solve_block([a, b, c]: [f64; 3], v: [f64; 2], modified: impl Fn(f64) -> f64) -> [f64; 2] {
    let theta = 0.5 * (c - a) / b;
    let tangent = 1.0_f64.copysign(theta) / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let along = [cosine * v[0] - sine * v[1], sine * v[0] + cosine * v[1]];
    let along = [
        along[0] / modified(a - tangent * b),
        along[1] / modified(c + tangent * b),
    ];
    [
        cosine * along[0] + sine * along[1],
        cosine * along[1] - sine * along[0],
    ]
}
