//! The simplex.

use super::{Set, check_radius};
use crate::Scalar;
use crate::minimize::Error;

/// The simplex `{x: x ≥ 0, Σxᵢ = r}`: of radius 1, the probability distributions over n outcomes.
///
/// The projection is `max(x − θ, 0)`, with the θ that makes the sum r; it follows from the sorted coordinates, in O(n log n).
/// `cᵀs` is least at a corner, that of the smallest cᵢ.
///
/// Source: M. Held, P. Wolfe, H. Crowder, "Validation of subgradient optimization", 1974; J. Duchi et al., "Efficient projections
/// onto the l1-ball for learning in high dimensions", 2008, figure 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simplex {
    /// r, positive. 1.
    pub radius: f64,
}

impl Default for Simplex {
    fn default() -> Self {
        Self { radius: 1.0 }
    }
}

impl Simplex {
    /// The simplex of radius r.
    #[must_use]
    pub fn new(radius: f64) -> Self {
        Self { radius }
    }
}

/// `u ↦ max(u − θ, 0)`, with the θ that makes the sum r.
pub(super) fn cut(mut u: Vec<f64>, radius: f64) -> impl Fn(f64) -> f64 {
    u.sort_unstable_by(|a, b| b.total_cmp(a));
    // Relative to the largest: r would be lost beside large numbers.
    let largest = u.first().copied().unwrap_or(0.0);
    let (mut sum, mut theta) = (0.0, f64::NAN);
    for (&u, count) in u.iter().zip(1u64..) {
        sum += u - largest;
        let candidate = (sum - radius) / count as f64;
        // Holds for the first coordinates only: those that the projection leaves positive.
        if count > 1 && u - largest <= candidate {
            break;
        }
        theta = candidate;
    }
    move |u| {
        let above = (u - largest) - theta;
        if above <= 0.0 { 0.0 } else { above }
    }
}

impl<T: Scalar> Set<T> for Simplex {
    fn name(&self) -> &'static str {
        "simplex"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_radius(self.radius)
    }

    fn project(&self, x: &mut [T]) {
        let cut = cut(x.iter().map(|x| x.to_f64()).collect(), self.radius);
        for x in x {
            *x = T::from_f64(cut(x.to_f64()));
        }
    }

    fn lowest(&self, c: &[T], s: &mut [T]) -> bool {
        s.fill(T::from_f64(0.0));
        let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
        let smallest = c.iter().map(|c| c.to_f64()).enumerate().min_by(order);
        if let Some(s) = smallest.and_then(|(i, _)| s.get_mut(i)) {
            *s = T::from_f64(self.radius);
        }
        true
    }
}
