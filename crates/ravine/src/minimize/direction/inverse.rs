//! A dense estimate of the inverse Hessian, which quasi-Newton methods improve with every step.

use rayon::prelude::*;

use crate::Scalar;
use crate::minimize::vector::{dot, overwrite, sums, zeros};
use crate::minimize::{Directing, Error, Evaluator, Point};

/// A step, `s = x₊ − x`, and the change of the gradient, `y = ∇f(x₊) − ∇f(x)`.
pub(super) struct Step {
    /// sᵀs
    pub s_s: f64,
    /// sᵀy
    pub s_y: f64,
    /// yᵀy
    pub y_y: f64,
}

impl Step {
    /// Whether the step saw enough curvature to learn from: `sᵀy > √ε‖s‖‖y‖`, as it is on every quadratic with a condition number below
    /// 4/ε. Less would drown in rounding, and amplify it.
    pub(super) fn has_curvature(&self) -> bool {
        self.s_y > f64::EPSILON.sqrt() * (self.s_s * self.y_y).sqrt()
    }
}

/// What H makes of y, and `r = s − Hy`, by which it is wrong.
pub(super) struct Miss {
    /// yᵀHy
    pub y_hy: f64,
    /// rᵀy
    pub r_y: f64,
    /// rᵀr
    pub r_r: f64,
}

/// `H ← H + a·ssᵀ + b·(s(Hy)ᵀ + (Hy)sᵀ) + c·(Hy)(Hy)ᵀ`, which all updates of rank at most two are that make `Hy = s`.
pub(super) struct Update {
    pub a: f64,
    pub b: f64,
    pub c: f64,
}

/// A method: its formulas.
pub(super) trait Formula {
    /// h of `H = h·I` before the first update; `None` to leave that step out.
    fn first(step: &Step) -> Option<f64>;

    /// The update; `None` to leave the step out.
    fn update(step: &Step, miss: &Miss) -> Option<Update>;
}

/// `d = −H∇f(x)`.
pub(super) struct Inverse<T, F> {
    formula: std::marker::PhantomData<F>,
    /// H, row by row; the identity until it has learnt.
    h: Vec<T>,
    has_learnt: bool,
    /// Whether the last direction was −H∇f, and not −∇f.
    is_scaled: bool,
    s: Vec<T>,
    y: Vec<T>,
    hy: Vec<T>,
    /// −H∇f of the last point.
    newton: Vec<T>,
}

/// Rows of numbers above which many threads work on them.
const LARGE: usize = 1 << 16;

impl<T: Scalar, F: Formula> Inverse<T, F> {
    pub(super) fn new(method: &'static str, n: usize) -> Result<Self, Error> {
        let mut h = Vec::new();
        let square = n.checked_mul(n);
        let has_room = square.is_some_and(|square| h.try_reserve_exact(square).is_ok());
        if !has_room {
            return Err(Error::Needs {
                method: method.into(),
                what: "memory for n² numbers; lbfgs and cg-hz need little",
            });
        }
        Ok(Self {
            formula: std::marker::PhantomData,
            h,
            has_learnt: false,
            is_scaled: false,
            s: zeros(n),
            y: zeros(n),
            hy: zeros(n),
            newton: zeros(n),
        })
    }

    fn begin(&mut self, scale: f64) {
        let n = self.s.len();
        self.h.clear();
        self.h.resize(n * n, T::from_f64(0.0));
        for diagonal in self.h.iter_mut().step_by(n + 1) {
            *diagonal = T::from_f64(scale);
        }
        self.has_learnt = true;
    }
}

/// `row(i, rowᵢ of h, outᵢ)` for all rows.
fn each_row<T: Scalar>(h: &mut [T], out: &mut [T], row: impl Fn(usize, &mut [T], &mut T) + Sync) {
    let n = out.len();
    if h.len() < LARGE {
        let rows = h.chunks_exact_mut(n).zip(out).enumerate();
        rows.for_each(|(i, (h, out))| row(i, h, out));
    } else {
        let rows = h.par_chunks_exact_mut(n).zip(out).enumerate();
        rows.with_min_len(LARGE / n + 1)
            .for_each(|(i, (h, out))| row(i, h, out));
    }
}

impl<T: Scalar, F: Formula> Directing<T> for Inverse<T, F> {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        // An indefinite H, of SR1, is kept where it leads uphill: the next steps may mend it.
        self.is_scaled = self.has_learnt && dot(&self.newton, at.gradient) < 0.0;
        if self.is_scaled {
            direction.copy_from_slice(&self.newton);
        } else {
            overwrite(direction, [at.gradient], |_, [g]| -g);
        }
    }

    fn moved(&mut self, from: Point<'_, T>, to: Point<'_, T>, _step_size: f64) {
        overwrite(&mut self.s, [from.x, to.x], |_, [x, to]| to - x);
        overwrite(&mut self.y, [from.gradient, to.gradient], |_, [g, new]| {
            new - g
        });
        let [s_s, s_y, y_y] = sums([&self.s, &self.y], |[s, y]| [s * s, s * y, y * y]);
        let step = Step { s_s, s_y, y_y };
        if !self.has_learnt
            && let Some(scale) = F::first(&step)
        {
            self.begin(scale);
        }
        if !self.has_learnt {
            return;
        }
        let (s, y) = (&self.s, &self.y);
        each_row(&mut self.h, &mut self.hy, |_, row, hy| {
            *hy = T::from_f64(dot(row, y));
        });
        let [y_hy, r_y, r_r] = sums([s, y, &self.hy], |[s, y, hy]| {
            let r = s - hy;
            [y * hy, r * y, r * r]
        });
        let update = F::update(&step, &Miss { y_hy, r_y, r_r }).unwrap_or(Update {
            a: 0.0,
            b: 0.0,
            c: 0.0,
        });
        let [a, b, c] = [update.a, update.b, update.c].map(T::from_f64);
        let hy = &self.hy;
        each_row(&mut self.h, &mut self.newton, |i, row, newton| {
            let (along_s, along_hy) = (a * s[i] + b * hy[i], b * s[i] + c * hy[i]);
            for ((h, &s), &hy) in row.iter_mut().zip(s).zip(hy) {
                *h = *h + (along_s * s + along_hy * hy);
            }
            *newton = T::from_f64(-dot(row, to.gradient));
        });
    }

    fn forget(&mut self) -> bool {
        self.has_learnt = false;
        std::mem::take(&mut self.is_scaled)
    }

    fn is_scaled(&self) -> bool {
        self.is_scaled
    }
}
