//! Total variation in one dimension.

use std::collections::VecDeque;

use super::{Term, check_weight};
use crate::Scalar;
use crate::minimize::Error;

/// `g(x) = λ Σ |xᵢ₊₁ − xᵢ|`: signals of few, sharp steps (the fused lasso).
///
/// Its proximal map is exact, in O(n), by dynamic programming. Let `Mₖ(b)` be the least cost of the first k coordinates if the next
/// one is b. Its derivative is `b − xₖ` plus that of Mₖ₋₁, cut off at ±λ: piecewise linear and rising, so that it is kept as
/// a list of knots, of which each step adds two and drops some at either end. The last coordinate is where it is 0; each
/// one before is the next one, moved to between the two points at which its own was cut.
///
/// Source: N. Johnson, "A dynamic programming algorithm for the fused lasso and L0-segmentation", 2013.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TotalVariation {
    /// λ, not negative.
    pub weight: f64,
}

impl TotalVariation {
    /// The term of weight λ.
    #[must_use]
    pub fn new(weight: f64) -> Self {
        Self { weight }
    }
}

/// A part `slope·b + offset` of the derivative.
#[derive(Clone, Copy)]
struct Piece {
    slope: f64,
    offset: f64,
}

impl Piece {
    fn at(self, b: f64) -> f64 {
        self.slope * b + self.offset
    }

    /// Where it has a value.
    fn reaches(self, value: f64) -> f64 {
        (value - self.offset) / self.slope
    }

    fn plus(self, change: Piece) -> Self {
        Self {
            slope: self.slope + change.slope,
            offset: self.offset + change.offset,
        }
    }

    fn minus(self, change: Piece) -> Self {
        Self {
            slope: self.slope - change.slope,
            offset: self.offset - change.offset,
        }
    }
}

impl<T: Scalar> Term<T> for TotalVariation {
    fn name(&self) -> &'static str {
        "total-variation"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_weight("the weight", self.weight)
    }

    fn value(&self, x: &[T]) -> f64 {
        let steps = x.iter().zip(x.iter().skip(1));
        let steps = steps.map(|(a, b)| (b.to_f64() - a.to_f64()).abs());
        self.weight * steps.sum::<f64>()
    }

    fn prox(&self, step: f64, x: &mut [T]) {
        let lambda = step * self.weight;
        if lambda == 0.0 {
            return;
        }
        let Some((last, before)) = x.split_last_mut() else {
            return;
        };
        // Where the derivative changes its piece, and by what.
        let mut knots: VecDeque<(f64, Piece)> = VecDeque::new();
        let mut cuts = Vec::with_capacity(before.len());
        // What Mₖ₋₁ adds left of all knots, and right of them: nothing at first.
        let mut cut = 0.0;
        for x in before.iter() {
            let (first, end) = ends(x.to_f64(), cut);
            let (left, low) = from_left(&mut knots, first, -lambda);
            let (right, high) = from_right(&mut knots, end, lambda);
            cuts.push((low, high));
            let flat = |offset| Piece { slope: 0.0, offset };
            knots.push_front((low, left.minus(flat(-lambda))));
            knots.push_back((high, flat(lambda).minus(right)));
            cut = lambda;
        }
        let (first, _) = ends(last.to_f64(), cut);
        let (_, mut next) = from_left(&mut knots, first, 0.0);
        *last = T::from_f64(next);
        for (x, &(low, high)) in before.iter_mut().zip(&cuts).rev() {
            next = next.max(low).min(high);
            *x = T::from_f64(next);
        }
    }
}

/// The first and the last piece of `b − x` plus a derivative that lies between ±cut.
fn ends(x: f64, cut: f64) -> (Piece, Piece) {
    let piece = |offset| Piece { slope: 1.0, offset };
    (piece(-x - cut), piece(-x + cut))
}

/// Drops the knots left of where the derivative reaches a value; the piece in which it does, and where.
fn from_left(knots: &mut VecDeque<(f64, Piece)>, mut piece: Piece, value: f64) -> (Piece, f64) {
    while let Some(&(knot, change)) = knots.front() {
        if piece.at(knot) > value {
            break;
        }
        piece = piece.plus(change);
        knots.pop_front();
    }
    (piece, piece.reaches(value))
}

/// The same from the right.
fn from_right(knots: &mut VecDeque<(f64, Piece)>, mut piece: Piece, value: f64) -> (Piece, f64) {
    while let Some(&(knot, change)) = knots.back() {
        if piece.at(knot) < value {
            break;
        }
        piece = piece.minus(change);
        knots.pop_back();
    }
    (piece, piece.reaches(value))
}
