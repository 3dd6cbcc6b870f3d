//! Cholesky's factor, of matrices that may turn out not to be positive definite.

use crate::minimize::vector::dot;

/// `B = LLᵀ`, with L row by row.
pub(super) struct Cholesky {
    l: Vec<f64>,
    n: usize,
}

impl Cholesky {
    /// `None` if B is not positive definite, or not n rows of n.
    pub(super) fn new(b: &[f64], n: usize) -> Option<Self> {
        if b.len() < n * n {
            return None;
        }
        let mut l = vec![0.0; n * n];
        for i in 0..n {
            let (above, rest) = l.split_at_mut(i * n);
            for j in 0..i {
                let row = &above[j * n..];
                rest[j] = (b[i * n + j] - dot(&rest[..j], &row[..j])) / row[j];
            }
            let square = b[i * n + i] - dot(&rest[..i], &rest[..i]);
            // Not `square <= 0`: NaN is none either.
            if !(square > 0.0 && square.is_finite()) {
                return None;
            }
            rest[i] = square.sqrt();
        }
        Some(Self { l, n })
    }

    /// `L⁻¹v`.
    pub(super) fn lower(&self, v: &[f64]) -> Vec<f64> {
        let mut x = v.to_vec();
        for i in 0..self.n.min(v.len()) {
            let row = &self.l[i * self.n..];
            x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
        }
        x
    }

    /// `L⁻ᵀv`.
    pub(super) fn upper(&self, v: &[f64]) -> Vec<f64> {
        let mut x = v.to_vec();
        for i in (0..self.n.min(v.len())).rev() {
            let row = &self.l[i * self.n..];
            x[i] /= row[i];
            let pivot = x[i];
            for (x, l) in x[..i].iter_mut().zip(row) {
                *x -= l * pivot;
            }
        }
        x
    }

    /// `Lᵀv`.
    pub(super) fn transposed(&self, v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.n];
        for (row, v) in self.l.chunks_exact(self.n.max(1)).zip(v) {
            for (p, l) in product.iter_mut().zip(row) {
                *p += l * v;
            }
        }
        product
    }

    /// `B⁻¹v`.
    pub(super) fn solve(&self, v: &[f64]) -> Vec<f64> {
        self.upper(&self.lower(v))
    }
}

/// `B + λI`.
pub(super) fn shifted(b: &[f64], n: usize, lambda: f64) -> Vec<f64> {
    let mut b = b.to_vec();
    for diagonal in b.iter_mut().step_by(n + 1) {
        *diagonal += lambda;
    }
    b
}
