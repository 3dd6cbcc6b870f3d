//! The quadratic model's matrix, in few numbers.

use std::collections::VecDeque;

use rayon::prelude::*;

use crate::Scalar;
use crate::minimize::vector::{dot, zeros};

/// How many numbers one thread takes at a time; no sum depends on it.
const CHUNK: usize = 1 << 12;

/// `B = θI − WMWᵀ` with `W = [Y θS]` and `M = [−D Lᵀ; L θSᵀS]⁻¹`, where S and Y are the last m changes of x and of the gradient as
/// columns, D the diagonal of SᵀY and L the part of it below.
///
/// Source: R. Byrd, J. Nocedal, R. Schnabel, "Representations of quasi-Newton matrices and their use in limited memory methods",
/// 1994, (3.13).
pub(super) struct Compact<T> {
    memory: usize,
    pairs: VecDeque<(Vec<T>, Vec<T>)>,
    /// sᵢᵀyⱼ, sᵢᵀsⱼ and yᵢᵀyⱼ.
    sy: Vec<Vec<f64>>,
    ss: Vec<Vec<f64>>,
    yy: Vec<Vec<f64>>,
    pub(super) theta: f64,
    /// M, row by row, once [prepared](Self::prepare).
    pub(super) middle: Vec<Vec<f64>>,
}

impl<T: Scalar> Compact<T> {
    pub(super) fn new(memory: usize) -> Self {
        Self {
            memory,
            pairs: VecDeque::new(),
            sy: Vec::new(),
            ss: Vec::new(),
            yy: Vec::new(),
            theta: 1.0,
            middle: Vec::new(),
        }
    }

    /// Forgets the past: B = I. Answers whether there was any.
    pub(super) fn forget(&mut self) -> bool {
        let had = !self.pairs.is_empty();
        *self = Self::new(self.memory);
        had
    }

    /// Learns from a step, unless it saw no curvature: `sᵀy ≤ εyᵀy`.
    pub(super) fn learn(&mut self, s: Vec<T>, y: Vec<T>) {
        let (curvature, square) = (dot(&s, &y), dot(&y, &y));
        if !(curvature > f64::EPSILON * square && square.is_finite()) {
            return;
        }
        if self.pairs.len() == self.memory {
            self.pairs.pop_front();
            for products in [&mut self.sy, &mut self.ss, &mut self.yy] {
                products.remove(0);
                for row in products {
                    row.remove(0);
                }
            }
        }
        for (i, (old_s, old_y)) in self.pairs.iter().enumerate() {
            self.sy[i].push(dot(old_s, &y));
            self.ss[i].push(dot(old_s, &s));
            self.yy[i].push(dot(old_y, &y));
        }
        self.pairs.push_back((s, y));
        let Some((s, y)) = self.pairs.back() else {
            return;
        };
        self.sy
            .push(self.pairs.iter().map(|(_, y)| dot(s, y)).collect());
        self.ss
            .push(self.pairs.iter().map(|(other, _)| dot(s, other)).collect());
        self.yy
            .push(self.pairs.iter().map(|(_, other)| dot(y, other)).collect());
        self.theta = square / curvature;
        self.middle.clear();
    }

    /// Computes M, where that has changed. Answers `false` where rounding has made its inverse singular.
    pub(super) fn prepare(&mut self) -> bool {
        if self.middle.len() == self.columns() {
            return true;
        }
        let k = self.pairs.len();
        let inverse = |i: usize, j: usize| match (i < k, j < k) {
            (true, true) if i == j => -self.sy[i][i],
            (true, true) => 0.0,
            (false, true) if i - k > j => self.sy[i - k][j],
            (true, false) if j - k > i => self.sy[j - k][i],
            (false, false) => self.theta * self.ss[i - k][j - k],
            _ => 0.0,
        };
        let rows = (0..2 * k).map(|i| (0..2 * k).map(|j| inverse(i, j)).collect());
        let unit = |i: usize| (0..2 * k).map(|j| f64::from(u8::from(i == j))).collect();
        let identity: Vec<Vec<f64>> = (0..2 * k).map(unit).collect();
        let middle = solve(rows.collect(), identity);
        let is_regular = middle.is_some();
        self.middle = middle.unwrap_or_default();
        is_regular
    }

    /// `−B⁻¹g`, by the recursion of [`Lbfgs`](crate::minimize::Lbfgs) on inner products. By M it would be the same, but for rounding: on a
    /// badly scaled function the inverse of M is next to singular.
    pub(super) fn newton(&self, g: &[T]) -> Vec<f64> {
        let (k, gamma) = (self.pairs.len(), 1.0 / self.theta);
        let mut alpha: Vec<f64> = self.pairs.iter().map(|(s, _)| dot(s, g)).collect();
        for i in (0..k).rev() {
            let later = (i + 1..k).map(|j| alpha[j] * self.sy[i][j]).sum::<f64>();
            alpha[i] = (alpha[i] - later) / self.sy[i][i];
        }
        // αᵢ − βᵢ, in the units of W's columns
        let mut rest = Vec::new();
        for (i, (_, y)) in self.pairs.iter().enumerate() {
            let products = self.yy[i].iter().zip(&alpha);
            let at_q = dot(y, g) - products.map(|(yy, alpha)| yy * alpha).sum::<f64>();
            let earlier = rest.iter().zip(&self.sy);
            let earlier = earlier.map(|(rest, sy)| rest * sy[i]).sum::<f64>();
            rest.push(alpha[i] - (gamma * at_q + earlier) / self.sy[i][i]);
        }
        let on_y = alpha.iter().map(|alpha| gamma * alpha);
        let on_s = rest.iter().map(|rest| -gamma * rest);
        let mut d: Vec<f64> = g.iter().map(|g| -gamma * g.to_f64()).collect();
        self.add(&on_y.chain(on_s).collect::<Vec<f64>>(), &mut d);
        d
    }

    /// Twice the number of pairs: the columns of W.
    pub(super) fn columns(&self) -> usize {
        2 * self.pairs.len()
    }

    /// Row i of W.
    pub(super) fn row(&self, i: usize) -> Vec<f64> {
        let ys = self.pairs.iter().map(|(_, y)| y[i].to_f64());
        let ss = self.pairs.iter().map(|(s, _)| self.theta * s[i].to_f64());
        ys.chain(ss).collect()
    }

    /// Wᵀv.
    pub(super) fn transposed_times(&self, v: &[T]) -> Vec<f64> {
        let ys = self.pairs.iter().map(|(_, y)| dot(y, v));
        let ss = self.pairs.iter().map(|(s, _)| self.theta * dot(s, v));
        ys.chain(ss).collect()
    }

    /// Adds Wc to v.
    pub(super) fn add(&self, c: &[f64], v: &mut [f64]) {
        let (for_y, for_s) = c.split_at(c.len() / 2);
        // Piece by piece, so that a piece of v stays in the cache for all pairs.
        let pieces = v.par_chunks_mut(CHUNK).enumerate();
        pieces.for_each(|(piece, v)| {
            for (((s, y), cy), cs) in self.pairs.iter().zip(for_y).zip(for_s) {
                let cs = cs * self.theta;
                let rows = s
                    .iter()
                    .skip(piece * CHUNK)
                    .zip(y.iter().skip(piece * CHUNK));
                for (v, (s, y)) in v.iter_mut().zip(rows) {
                    *v += cy * y.to_f64() + cs * s.to_f64();
                }
            }
        });
    }

    /// WᵀW, of the rows that are free only.
    pub(super) fn gram(&self, free: &[bool]) -> Vec<Vec<f64>> {
        if !free.contains(&false) {
            return self.whole_gram();
        }
        let masked = |v: &[T]| {
            let mut kept = zeros(v.len());
            for ((kept, v), &free) in kept.iter_mut().zip(v).zip(free) {
                if free {
                    *kept = *v;
                }
            }
            kept
        };
        let columns: Vec<(f64, Vec<T>)> = {
            let ys = self.pairs.iter().map(|(_, y)| (1.0, masked(y)));
            let ss = self.pairs.iter().map(|(s, _)| (self.theta, masked(s)));
            ys.chain(ss).collect()
        };
        let product = |a: &(f64, Vec<T>), b: &(f64, Vec<T>)| a.0 * b.0 * dot(&a.1, &b.1);
        let mut gram: Vec<Vec<f64>> = Vec::new();
        for (i, a) in columns.iter().enumerate() {
            let mut row: Vec<f64> = gram.iter().map(|above| above[i]).collect();
            row.extend(columns.iter().skip(i).map(|b| product(a, b)));
            gram.push(row);
        }
        gram
    }

    fn whole_gram(&self) -> Vec<Vec<f64>> {
        let (k, theta) = (self.pairs.len(), self.theta);
        let entry = |i: usize, j: usize| match (i < k, j < k) {
            (true, true) => self.yy[i][j],
            (true, false) => theta * self.sy[j - k][i],
            (false, true) => theta * self.sy[i - k][j],
            (false, false) => theta * theta * self.ss[i - k][j - k],
        };
        let row = |i: usize| (0..2 * k).map(|j| entry(i, j)).collect();
        (0..2 * k).map(row).collect()
    }
}

/// Mc.
pub(super) fn times(matrix: &[Vec<f64>], c: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, c)).collect()
}

/// A⁻¹B, by elimination with row pivots; `None` where A is singular.
pub(super) fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = a.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()))?;
        a.swap(k, pivot);
        b.swap(k, pivot);
        let head = a[k][k];
        if head == 0.0 || !head.is_finite() {
            return None;
        }
        for i in 0..n {
            let factor = a[i][k] / head;
            if i == k || factor == 0.0 {
                continue;
            }
            for matrix in [&mut a, &mut b] {
                let from = matrix[k].clone();
                for (x, from) in matrix[i].iter_mut().zip(from) {
                    *x -= factor * from;
                }
            }
        }
    }
    for (row, a) in b.iter_mut().enumerate().map(|(i, row)| (row, a[i][i])) {
        for x in row {
            *x /= a;
        }
    }
    Some(b)
}
