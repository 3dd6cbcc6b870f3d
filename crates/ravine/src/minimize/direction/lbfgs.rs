//! L-BFGS.

use rayon::prelude::*;

use super::inverse::Step;
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{overwrite, sums_of_block, zeros};
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// L-BFGS: `d = −H∇f(x)`, where H is what [`Bfgs`](super::Bfgs) makes of the last m steps from `γI`, with `γ = sᵀy/yᵀy` of the last.
    ///
    /// The first choice for smooth functions of many variables: 2mn numbers of memory.
    ///
    /// ```text
    /// sᵢ = xᵢ₊₁ − xᵢ,   yᵢ = ∇f(xᵢ₊₁) − ∇f(xᵢ),   ρᵢ = 1/sᵢᵀyᵢ
    /// q = ∇f;   i from the last to the first:   αᵢ = ρᵢsᵢᵀq,        q ← q − αᵢyᵢ
    /// r = γq;   i from the first to the last:   βᵢ = ρᵢyᵢᵀr,        r ← r + (αᵢ − βᵢ)sᵢ;      d = −r
    /// ```
    /// This recursion reads s and y four times, one after the other. Here it runs on numbers: q and r are combinations of
    /// ∇f, the sᵢ and the yᵢ, and all that it asks of these are their inner products. One pass over memory makes the new pair
    /// and its products with all others and with ∇f; one more makes d.
    ///
    /// A step without positive curvature, `sᵀy ≤ √ε‖s‖‖y‖`, which would spoil H, is left out; the oldest is forgotten all the same.
    ///
    /// Source: J. Nocedal, "Updating quasi-Newton matrices with limited storage", 1980; Nocedal & Wright, "Numerical
    /// Optimization", 2nd ed., algorithm 7.4, (7.20). On inner products: W. Chen, Z. Wang & J. Zhou, "Large-scale L-BFGS using
    /// MapReduce", 2014.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Lbfgs {
        /// m, how many steps are remembered: 1 to 1,000. 10.
        pub memory: usize,
    }
}

impl Default for Lbfgs {
    fn default() -> Self {
        Self { memory: 10 }
    }
}

impl Lbfgs {
    /// With m = 10.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a memory of m steps.
    #[must_use]
    pub fn with_memory(memory: usize) -> Self {
        Self { memory }
    }
}

impl<T: Scalar> Direction<T> for Lbfgs {
    fn name(&self) -> &'static str {
        "lbfgs"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        let m = self.memory;
        Error::unless_memory(m)?;
        let numbers = n.checked_mul(2 * m).filter(|&numbers| {
            let mut room = Vec::<T>::new();
            room.try_reserve_exact(numbers).is_ok()
        });
        let Some(numbers) = numbers else {
            return Err(Error::Needs {
                method: "lbfgs".into(),
                what: "memory for 2mn numbers; cg-hz needs little",
            });
        };
        Ok(Box::new(Limited {
            m,
            pairs: zeros(numbers),
            parts: vec![[0.0; 4]; n.div_ceil(BLOCK) * (m + 1)],
            newest: 0,
            known: 0,
            s_y: vec![0.0; m * m],
            y_s: vec![0.0; m * m],
            y_y: vec![0.0; m * m],
            s_g: vec![0.0; m],
            y_g: vec![0.0; m],
            alpha: vec![0.0; m],
            rest: vec![0.0; m],
        }))
    }
}

/// Coordinates that are worked on together: what lies between the reads of one pair and the next stays in the nearest cache.
const BLOCK: usize = 1024;

/// Below this many coordinates it is calls that cost, not numbers.
const FEW: usize = 64;

/// Blocks that a thread takes at least.
const BLOCKS: usize = 16;

struct Limited<T> {
    m: usize,
    /// For each block of coordinates, for each of m slots, its part of s and its part of y. Slots are used in a circle.
    pairs: Vec<T>,
    /// For each block, its part of sᵀy₊, yᵀy₊, sᵀ∇f and yᵀ∇f, where y₊ is the newest, for each slot; and of s₊ᵀs₊.
    parts: Vec<[f64; 4]>,
    /// The slot of the newest pair.
    newest: usize,
    /// How many pairs are known.
    known: usize,
    /// sᵢᵀyⱼ at `i·m + j`, by slots; 0 where j is older than i.
    s_y: Vec<f64>,
    /// The same at `j·m + i`.
    y_s: Vec<f64>,
    /// yᵢᵀyⱼ at `i·m + j`, by slots.
    y_y: Vec<f64>,
    /// sᵢᵀ∇f
    s_g: Vec<f64>,
    /// yᵢᵀ∇f
    y_g: Vec<f64>,
    /// αᵢ
    alpha: Vec<f64>,
    /// αᵢ − βᵢ
    rest: Vec<f64>,
}

impl<T> Limited<T> {
    /// The slots of the known pairs, from the newest to the oldest.
    fn slots(&self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator + Clone + use<T> {
        let (m, newest) = (self.m, self.newest);
        // Not a remainder: in few dimensions, its divisions would be most of the time.
        (0..self.known).map(move |age| {
            if age <= newest {
                newest - age
            } else {
                newest + m - age
            }
        })
    }

    /// αᵢ and βᵢ of the recursion; returns γ. Each α and β is taken out of all that still waits for it at once: the sums of one
    /// would wait for one another. What does not wait for it has a 0 there, or is not known: whole rows are faster than slots.
    fn recursion(&mut self) -> f64 {
        let (m, slots) = (self.m, self.slots());
        let row = |i: usize| i * m..(i + 1) * m;
        let square = |i: usize| i * m + i;
        let gamma = self.s_y[square(self.newest)] / self.y_y[square(self.newest)];
        let take = |from: &mut [f64], part: f64, row: &[f64]| {
            for (from, row) in from.iter_mut().zip(row) {
                *from -= part * row;
            }
        };
        // sᵢᵀq, and yᵢᵀq
        self.alpha.copy_from_slice(&self.s_g);
        self.rest.copy_from_slice(&self.y_g);
        for i in slots.clone() {
            let alpha = self.alpha[i] / self.s_y[square(i)];
            take(&mut self.alpha, alpha, &self.y_s[row(i)]);
            take(&mut self.rest, alpha, &self.y_y[row(i)]);
            self.alpha[i] = alpha;
        }
        // yᵢᵀr
        for rest in &mut self.rest {
            *rest *= gamma;
        }
        for i in slots.rev() {
            let rest = self.alpha[i] - self.rest[i] / self.s_y[square(i)];
            take(&mut self.rest, -rest, &self.s_y[row(i)]);
            self.rest[i] = rest;
        }
        gamma
    }
}

impl<T: Scalar> Directing<T> for Limited<T> {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        if self.known == 0 {
            overwrite(direction, [at.gradient], |_, [g]| -g);
            return;
        }
        let gamma = self.recursion();
        let (m, slots) = (self.m, self.slots());
        let on_g = T::from_f64(-gamma);
        let in_block = |((d, g), pairs): ((&mut [T], &[T]), &[T])| {
            for (d, g) in d.iter_mut().zip(g) {
                *d = on_g * *g;
            }
            for slot in slots.clone() {
                let (s, y) = pair(pairs, slot, d.len());
                let on_s = T::from_f64(-self.rest[slot]);
                let on_y = T::from_f64(gamma * self.alpha[slot]);
                for (d, (s, y)) in d.iter_mut().zip(s.iter().zip(y)) {
                    *d = *d + (on_s * *s + on_y * *y);
                }
            }
        };
        if direction.len() <= BLOCK * BLOCKS {
            direction
                .chunks_mut(BLOCK)
                .zip(at.gradient.chunks(BLOCK))
                .zip(self.pairs.chunks(2 * m * BLOCK))
                .for_each(in_block);
        } else {
            direction
                .par_chunks_mut(BLOCK)
                .zip(at.gradient.par_chunks(BLOCK))
                .zip(self.pairs.par_chunks(2 * m * BLOCK))
                .with_min_len(BLOCKS)
                .for_each(in_block);
        }
    }

    fn moved(&mut self, from: Point<'_, T>, to: Point<'_, T>, _step_size: f64) {
        let m = self.m;
        self.newest = (self.newest + 1) % m;
        self.known = (self.known + 1).min(m);
        let (newest, slots) = (self.newest, self.slots());
        let in_block = |(block, (pairs, parts)): (usize, (&mut [T], &mut [[f64; 4]]))| {
            let width = pairs.len() / (2 * m);
            let here = block * BLOCK..block * BLOCK + width;
            let g = &to.gradient[here.clone()];
            let (s, y) = pairs[2 * newest * width..].split_at_mut(width);
            difference(s, &to.x[here.clone()], &from.x[here.clone()]);
            difference(y, g, &from.gradient[here]);
            let (new_s, new_y) = pair(pairs, newest, width);
            for slot in slots.clone() {
                let (s, y) = pair(pairs, slot, width);
                if width < FEW {
                    let [s_y, s_g] = sums_of_block([s, new_y, g], |[s, y, g]| [s * y, s * g]);
                    let [y_y, y_g] = sums_of_block([y, new_y, g], |[y, new, g]| [y * new, y * g]);
                    parts[slot] = [s_y, y_y, s_g, y_g];
                } else {
                    let ([s_y, s_g], [y_y, y_g]) = (products(s, new_y, g), products(y, new_y, g));
                    parts[slot] = [s_y, y_y, s_g, y_g];
                }
            }
            let [s_s] = sums_of_block([new_s], |[s]| [s * s]);
            parts[m] = [s_s, 0.0, 0.0, 0.0];
        };
        if from.x.len() <= BLOCK * BLOCKS {
            self.pairs
                .chunks_mut(2 * m * BLOCK)
                .zip(self.parts.chunks_mut(m + 1))
                .enumerate()
                .for_each(in_block);
        } else {
            self.pairs
                .par_chunks_mut(2 * m * BLOCK)
                .zip(self.parts.par_chunks_mut(m + 1))
                .enumerate()
                .with_min_len(BLOCKS)
                .for_each(in_block);
        }
        let (totals, parts) = self.parts.split_at_mut(m + 1);
        for part in parts.chunks_exact(m + 1) {
            for (total, part) in totals.iter_mut().zip(part) {
                for (total, part) in total.iter_mut().zip(part) {
                    *total += part;
                }
            }
        }
        for slot in slots {
            let [s_y, y_y, s_g, y_g] = totals[slot];
            self.s_y[newest * m + slot] = 0.0;
            self.y_s[slot * m + newest] = 0.0;
            self.s_y[slot * m + newest] = s_y;
            self.y_s[newest * m + slot] = s_y;
            self.y_y[slot * m + newest] = y_y;
            self.y_y[newest * m + slot] = y_y;
            self.s_g[slot] = s_g;
            self.y_g[slot] = y_g;
        }
        let [s_s, ..] = totals[m];
        let step = Step {
            s_s,
            s_y: self.s_y[newest * m + newest],
            y_y: self.y_y[newest * m + newest],
        };
        if !step.has_curvature() {
            self.known -= 1;
            self.newest = (newest + m - 1) % m;
        }
    }

    fn forget(&mut self) -> bool {
        std::mem::take(&mut self.known) > 0
    }

    fn is_scaled(&self) -> bool {
        self.known > 0
    }
}

/// s and y of a slot, in one block.
fn pair<T>(pairs: &[T], slot: usize, width: usize) -> (&[T], &[T]) {
    let (s, y) = pairs[2 * slot * width..2 * (slot + 1) * width].split_at(width);
    (s, y)
}

/// `aᵀy` and `aᵀg` in a block of many coordinates. One after the other: of two at once the compiler makes instructions for both sums
/// instead of for many numbers, and the second reading comes from the nearest cache.
#[inline(never)]
fn products<T: Scalar>(a: &[T], y: &[T], g: &[T]) -> [f64; 2] {
    [y, g].map(|b| {
        let [sum] = sums_of_block([a, b], |[a, b]| [a * b]);
        sum
    })
}

/// `out = a − b`.
fn difference<T: Scalar>(out: &mut [T], a: &[T], b: &[T]) {
    for (out, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
        *out = *a - *b;
    }
}
