//! The simplex method of Nelder and Mead.

use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::vector::{largest, rounded, widened};
use crate::minimize::{Answer, Error, Method, Run, Stopped};

options! {
    /// Nelder and Mead's method: of n + 1 points, the worst is reflected at the centre of the others, the simplex growing
    /// where that is good and shrinking where it is not.
    ///
    /// For few variables (up to about ten) and functions that are not smooth or are a little noisy; where a function is
    /// nearly quadratic, [`Powell`](super::Powell) needs fewer values. Its coefficients adapt to n (n ≥ 2): reflection 1,
    /// expansion `1 + 2/n`, contraction `¾ − 1/(2n)`, shrinking `1 − 1/n`. Points outside bounds are moved to the nearest
    /// one inside. A simplex can collapse where there is no minimum; so when it has become small, a new one begins at its
    /// best point, until that finds nothing lower.
    ///
    /// Ends where the simplex is at most `Limits::step · max(1, ‖x‖∞)` large; 1e-8 where that is off.
    ///
    /// Source: J. A. Nelder, R. Mead, "A simplex method for function minimization", 1965; F. Gao, L. Han, "Implementing the
    /// Nelder–Mead simplex algorithm with adaptive parameters", 2012, equation 4.1.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct NelderMead {
        /// The edges of the first simplex, times max(1, |xᵢ|), above 0. 0.1.
        pub size: f64,
        /// Most new beginnings from a simplex that has become small. 3.
        pub restarts: u32,
    }
}

impl Default for NelderMead {
    fn default() -> Self {
        Self {
            size: 0.1,
            restarts: 3,
        }
    }
}

impl NelderMead {
    /// With edges of 0.1 and at most 3 new beginnings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Watches for a simplex that has become flat, as it does along bounds: it walks on by rounding errors, neither lower nor
/// smaller.
struct Collapse {
    patience: usize,
    idle: usize,
    value: f64,
    extent: f64,
}

impl Collapse {
    fn new(n: usize) -> Self {
        Self {
            patience: 20 * (n + 1),
            idle: 0,
            value: f64::INFINITY,
            extent: f64::INFINITY,
        }
    }

    /// Whether for long nothing has become lower, by more than rounding, or half as large.
    fn seen(&mut self, value: f64, extent: f64) -> bool {
        let lower = value < self.value - 1e-14 * value.abs().max(1.0);
        let moves = lower || extent < 0.5 * self.extent || self.value.is_infinite();
        if moves {
            (self.value, self.extent, self.idle) = (value, extent, 0);
        } else {
            self.idle += 1;
        }
        self.idle > self.patience
    }
}

/// A point in f64, with its value.
#[derive(Clone)]
struct Vertex {
    x: Vec<f64>,
    value: f64,
}

impl<T: Scalar> Method<T> for NelderMead {
    fn name(&self) -> String {
        "nelder-mead".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        Error::unless_positive("size", self.size)?;
        let first = at(run, widened(&run.start()));
        let mut simplex = around(run, first, self.size);
        // Of the variables that are not fixed by their bounds.
        let n = simplex.len() - 1;
        let dimension = n.max(2) as f64;
        let (expand, contract, shrink) = (
            1.0 + 2.0 / dimension,
            0.75 - 0.5 / dimension,
            1.0 - 1.0 / dimension,
        );
        let mut size = self.size;
        let smallest = run.smallest();
        let mut restarts = self.restarts;
        // Also once from a start that nothing was lower than: in a corner of the bounds a first simplex is soon flat.
        let mut begun = f64::INFINITY;
        let mut collapse = Collapse::new(n);
        loop {
            simplex.sort_by(|a, b| a.value.total_cmp(&b.value));
            let (Some(best), Some(worst)) = (simplex.first(), simplex.last()) else {
                return Err(Error::Empty);
            };
            let (best, worst) = (best.clone(), worst.clone());
            let small = extent(&simplex) <= smallest * largest(&best.x).max(1.0);
            let flat = collapse.seen(best.value, extent(&simplex));
            if (small || flat) && restarts > 0 && best.value < begun {
                restarts -= 1;
                begun = best.value;
                // Midway between the sizes, as factors: far enough to see whether it had collapsed.
                size = (size * smallest).sqrt().max(smallest * 1e2);
                collapse = Collapse::new(n);
                simplex = around(run, best, size);
                simplex.sort_by(|a, b| a.value.total_cmp(&b.value));
                continue;
            }
            let x: Vec<T> = rounded(&best.x);
            let (size_now, spread) = (extent(&simplex), worst.value - best.value);
            if let Some(stopped) = run.check_extent(&x, best.value, size_now, spread) {
                return Ok(run.answer(x, best.value, None, stopped));
            }
            if flat {
                return Ok(run.answer(x, best.value, None, Stopped::NoProgress));
            }
            simplex.pop();
            let next_worst = simplex.last().map_or(best.value, |v| v.value);
            let centre: Vec<f64> = (0..best.x.len())
                .map(|i| simplex.iter().map(|v| v.x[i]).sum::<f64>() / n as f64)
                .collect();
            // c + t(c − worst)
            let toward = |run: &mut Run<'_, T>, t: f64| {
                let pairs = centre.iter().zip(&worst.x);
                at(run, pairs.map(|(c, w)| c + t * (c - w)).collect())
            };
            let reflected = toward(run, 1.0);
            let new = if reflected.value < best.value {
                let expanded = toward(run, expand);
                if expanded.value < reflected.value {
                    expanded
                } else {
                    reflected
                }
            } else if reflected.value < next_worst {
                reflected
            } else {
                let outside = reflected.value < worst.value;
                let contracted = toward(run, if outside { contract } else { -contract });
                if contracted.value < reflected.value.min(worst.value) {
                    contracted
                } else {
                    simplex.push(worst);
                    for vertex in simplex.iter_mut().skip(1) {
                        let pairs = best.x.iter().zip(&vertex.x);
                        let moved = pairs.map(|(b, v)| b + shrink * (v - b)).collect();
                        *vertex = at(run, moved);
                    }
                    continue;
                }
            };
            simplex.push(new);
        }
    }
}

/// The vertex at a point, or at the nearest one between the bounds.
fn at<T: Scalar>(run: &mut Run<'_, T>, mut x: Vec<f64>) -> Vertex {
    if let Some(bounds) = run.bounds() {
        bounds.project(&mut x);
    }
    let value = run.value(&rounded::<T>(&x));
    Vertex { x, value }
}

/// A simplex of a vertex and its neighbours along the coordinates, inwards where a bound is near.
fn around<T: Scalar>(run: &mut Run<'_, T>, vertex: Vertex, size: f64) -> Vec<Vertex> {
    let mut simplex = vec![vertex.clone()];
    for i in 0..vertex.x.len() {
        let mut x = vertex.x.clone();
        let sides = run
            .bounds()
            .and_then(|b| b.lower().get(i).zip(b.upper().get(i)));
        let (lower, upper) = sides.unwrap_or((&f64::NEG_INFINITY, &f64::INFINITY));
        // Half the bounds' distance fits on one side or the other.
        let edge = (size * x[i].abs().max(1.0)).min(0.5 * (upper - lower));
        if edge == 0.0 {
            continue;
        }
        let inwards = x[i] + edge > *upper;
        x[i] += if inwards { -edge } else { edge };
        simplex.push(at(run, x));
    }
    simplex
}

/// The largest distance of a coordinate from the first vertex.
fn extent(simplex: &[Vertex]) -> f64 {
    let Some((best, others)) = simplex.split_first() else {
        return 0.0;
    };
    let pairs = others.iter().flat_map(|v| v.x.iter().zip(&best.x));
    pairs.fold(0.0, |most, (a, b)| (a - b).abs().max(most))
}
