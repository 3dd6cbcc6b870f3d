//! Functions each term of which may depend on every variable.

use super::dual::Dual;
use super::number::Number;
use super::windows::along;
use crate::minimize::{Objective, Residuals};

/// A formula over all variables at once.
pub(super) trait Whole: Send + Sync + 'static {
    /// Whether f is the sum of the squares of the terms (which are its residuals), or of the terms themselves.
    const SQUARES: bool = true;

    /// Adds the terms at x.
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V));
}

/// How many columns are differentiated at once.
const LANES: usize = 4;

/// The objective of such a formula.
pub(super) struct WholeObjective<F> {
    formula: F,
    n: usize,
    /// m.
    residuals: usize,
}

/// 1 where column j is the i-th of those that begin at `first`.
fn unit(first: usize, j: usize) -> impl Fn(usize) -> f64 {
    move |i| if first + i == j { 1.0 } else { 0.0 }
}

impl<F: Whole> WholeObjective<F> {
    pub(super) fn new(formula: F, n: usize) -> Self {
        let mut residuals = 0;
        formula.terms(&vec![0.0; n], &mut |_: f64| residuals += 1);
        Self {
            formula,
            n,
            residuals,
        }
    }

    /// f, where variable j is `seed(j, xⱼ)`.
    fn sum<V: Number>(&self, x: &[f64], seed: impl Fn(usize, f64) -> V) -> V {
        let seeded = x.iter().enumerate().map(|(j, &x)| seed(j, x));
        let mut total = V::constant(0.0);
        self.formula
            .terms(&seeded.collect::<Vec<V>>(), &mut |term: V| {
                total = total + if F::SQUARES { term * term } else { term };
            });
        total
    }
}

impl<F: Whole> Objective<f64> for WholeObjective<F> {
    fn value(&self, x: &[f64]) -> f64 {
        self.sum(x, |_, x| x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Option<f64> {
        let mut value = None;
        for (block, gradient) in gradient.chunks_mut(LANES).enumerate() {
            let first = block * LANES;
            let f = self.sum(x, |j, x| Dual::<f64, LANES>::new(x, unit(first, j)));
            for (g, slope) in gradient.iter_mut().zip(f.slope) {
                *g = slope;
            }
            value = Some(f.value);
        }
        value
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) -> bool {
        for (block, product) in product.chunks_mut(LANES).enumerate() {
            let first = block * LANES;
            let f = self.sum(x, |j, x| {
                let v = v.get(j).copied().unwrap_or(0.0);
                along::<LANES>(v, x, unit(first, j))
            });
            let [along] = f.slope;
            for (p, slope) in product.iter_mut().zip(along.slope) {
                *p = slope;
            }
        }
        true
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> bool {
        let n = x.len();
        let mut unit = vec![0.0; n];
        for (i, row) in hessian.chunks_exact_mut(n.max(1)).enumerate().take(n) {
            unit[i] = 1.0;
            self.hessian_vector(x, &unit, row);
            unit[i] = 0.0;
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

impl<F: Whole> Residuals<f64> for WholeObjective<F> {
    fn count(&self, _dimension: usize) -> usize {
        self.residuals
    }

    fn residuals(&self, x: &[f64], residuals: &mut [f64]) {
        let mut places = residuals.iter_mut();
        self.formula.terms(x, &mut |term: f64| {
            if let Some(r) = places.next() {
                *r = term;
            }
        });
    }

    fn jacobian(&self, x: &[f64], jacobian: &mut [f64]) -> bool {
        let n = x.len().max(1);
        for first in (0..n).step_by(LANES) {
            let seeded = x.iter().enumerate();
            let seeded = seeded.map(|(j, &x)| Dual::<f64, LANES>::new(x, unit(first, j)));
            let mut rows = jacobian.chunks_exact_mut(n);
            self.formula
                .terms(&seeded.collect::<Vec<_>>(), &mut |term| {
                    let row = rows.next().and_then(|row| row.get_mut(first..));
                    for (j, slope) in row.into_iter().flatten().zip(term.slope) {
                        *j = slope;
                    }
                });
        }
        true
    }
}
