//! Functions that are sums over windows of a few neighbouring variables: whatever n is, their derivatives cost O(n).

use std::array::from_fn;

use super::dual::Dual;
use super::number::Number;
use crate::minimize::{Objective, Residuals};

/// Which window of how many variables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The window, from 0.
    pub(super) index: usize,
    /// n.
    pub(super) n: usize,
}

/// A formula over windows of W neighbouring variables. One of W variables in all has one window.
pub(super) trait Windows<const W: usize>: Send + Sync + 'static {
    /// Whether f is the sum of the squares of the terms (which are its residuals), or of the terms themselves.
    const SQUARES: bool = true;

    /// How far one window begins behind the one before.
    const STRIDE: usize = W;

    /// How many variables of the first window lie before the first variable. Variables outside 0 … n − 1 are 0.
    const BEFORE: usize = 0;

    /// How many windows there are.
    fn windows(&self, n: usize) -> usize {
        n / Self::STRIDE
    }

    /// Adds the terms of a window whose variables are x.
    fn terms<V: Number>(&self, at: Place, x: &[V; W], add: &mut dyn FnMut(V));
}

/// The objective of such a formula.
pub(super) struct WindowsObjective<F, const W: usize> {
    formula: F,
    n: usize,
    /// m.
    residuals: usize,
}

impl<F: Windows<W>, const W: usize> WindowsObjective<F, W> {
    pub(super) fn new(formula: F, n: usize) -> Self {
        let mut objective = Self {
            formula,
            n,
            residuals: 0,
        };
        let mut residuals = 0;
        objective.each(
            &vec![0.0; n],
            |_, _, x| x,
            |_, _: f64| {
                residuals += 1;
            },
        );
        objective.residuals = residuals;
        objective
    }

    /// Calls `add` with every term and the columns of its window, where its l-th variable, column j, is `seed(l, j, xⱼ)`.
    #[inline]
    fn each<V: Number>(
        &self,
        x: &[f64],
        seed: impl Fn(usize, usize, f64) -> V,
        mut add: impl FnMut(&[Option<usize>; W], V),
    ) {
        for index in 0..self.formula.windows(self.n) {
            let columns = from_fn(|l| {
                let column = (index * F::STRIDE + l).checked_sub(F::BEFORE);
                column.filter(|&column| column < x.len())
            });
            let window = from_fn(|l| match columns[l] {
                Some(column) => seed(l, column, x[column]),
                None => V::constant(0.0),
            });
            let at = Place { index, n: self.n };
            self.formula
                .terms(at, &window, &mut |term| add(&columns, term));
        }
    }

    /// As [`each`](Self::each), with residuals squared.
    #[inline]
    fn each_of_sum<V: Number>(
        &self,
        x: &[f64],
        seed: impl Fn(usize, usize, f64) -> V,
        mut add: impl FnMut(&[Option<usize>; W], V),
    ) {
        self.each(x, seed, |columns, term| {
            add(columns, if F::SQUARES { term * term } else { term });
        });
    }
}

/// 1 where the l-th variable is the i-th direction.
#[inline]
fn unit(l: usize) -> impl Fn(usize) -> f64 {
    move |i| if i == l { 1.0 } else { 0.0 }
}

/// A variable, differentiated in every direction, and along a direction of which `v` is its part.
#[inline]
pub(super) fn along<const W: usize>(
    v: f64,
    x: f64,
    unit: impl Fn(usize) -> f64,
) -> Dual<Dual<f64, W>, 1> {
    Dual {
        value: Dual::new(x, unit),
        slope: [Dual::constant(v)],
    }
}

impl<F: Windows<W>, const W: usize> Objective<f64> for WindowsObjective<F, W> {
    fn value(&self, x: &[f64]) -> f64 {
        let mut value = 0.0;
        self.each_of_sum(x, |_, _, x| x, |_, term: f64| value += term);
        value
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Option<f64> {
        let mut value = 0.0;
        gradient.fill(0.0);
        self.each_of_sum(
            x,
            |l, _, x| Dual::<f64, W>::new(x, unit(l)),
            |columns, term| {
                value += term.value;
                for (column, slope) in columns.iter().zip(term.slope) {
                    if let Some(g) = column.and_then(|column| gradient.get_mut(column)) {
                        *g += slope;
                    }
                }
            },
        );
        Some(value)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) -> bool {
        product.fill(0.0);
        self.each_of_sum(
            x,
            |l, column, x| along::<W>(v.get(column).copied().unwrap_or(0.0), x, unit(l)),
            |columns, term| {
                let [along] = term.slope;
                for (column, slope) in columns.iter().zip(along.slope) {
                    if let Some(p) = column.and_then(|column| product.get_mut(column)) {
                        *p += slope;
                    }
                }
            },
        );
        true
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> bool {
        let n = x.len();
        hessian.fill(0.0);
        // Row i of every window's part at once: its product with the i-th unit vector.
        for i in 0..W {
            self.each_of_sum(
                x,
                |l, _, x| along::<W>(unit(l)(i), x, unit(l)),
                |columns, term| {
                    let Some(row) = columns[i] else { return };
                    let [along] = term.slope;
                    for (column, slope) in columns.iter().zip(along.slope) {
                        let place = column.and_then(|column| hessian.get_mut(row * n + column));
                        if let Some(h) = place {
                            *h += slope;
                        }
                    }
                },
            );
        }
        true
    }

    fn residuals(&self) -> Option<&dyn Residuals<f64>> {
        if F::SQUARES { Some(self) } else { None }
    }

    fn dimension(&self) -> Option<usize> {
        Some(self.n)
    }
}

impl<F: Windows<W>, const W: usize> Residuals<f64> for WindowsObjective<F, W> {
    fn count(&self, _dimension: usize) -> usize {
        self.residuals
    }

    fn residuals(&self, x: &[f64], residuals: &mut [f64]) {
        let mut places = residuals.iter_mut();
        self.each(
            x,
            |_, _, x| x,
            |_, term: f64| {
                if let Some(r) = places.next() {
                    *r = term;
                }
            },
        );
    }

    fn jacobian(&self, x: &[f64], jacobian: &mut [f64]) -> bool {
        jacobian.fill(0.0);
        let mut rows = jacobian.chunks_exact_mut(x.len().max(1));
        self.each(
            x,
            |l, _, x| Dual::<f64, W>::new(x, unit(l)),
            |columns, term| {
                let Some(row) = rows.next() else { return };
                for (column, slope) in columns.iter().zip(term.slope) {
                    if let Some(j) = column.and_then(|column| row.get_mut(column)) {
                        *j = slope;
                    }
                }
            },
        );
        true
    }
}
