//! The ball of the l1 norm.

use super::simplex::cut;
use super::{Set, check_radius};
use crate::Scalar;
use crate::minimize::Error;

/// The ball `{x: ‖x‖₁ ≤ r}`, whose corners lie on the axes: minima on it are sparse.
///
/// The projection of a point outside is `sign(x)·max(|x| − θ, 0)`, with the θ that makes the norm r, in O(n log n). `cᵀs` is least
/// at a corner, `−r·sign(cᵢ)eᵢ` of the largest |cᵢ|.
///
/// Source: J. Duchi et al., "Efficient projections onto the l1-ball for learning in high dimensions", 2008.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L1Ball {
    /// r, positive.
    pub radius: f64,
}

impl L1Ball {
    /// The ball of radius r.
    #[must_use]
    pub fn new(radius: f64) -> Self {
        Self { radius }
    }
}

impl<T: Scalar> Set<T> for L1Ball {
    fn name(&self) -> &'static str {
        "l1 ball"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_radius(self.radius)
    }

    fn project(&self, x: &mut [T]) {
        let sizes: Vec<f64> = x.iter().map(|x| x.to_f64().abs()).collect();
        if sizes.iter().sum::<f64>() <= self.radius {
            return;
        }
        let cut = cut(sizes, self.radius);
        for x in x {
            let value = x.to_f64();
            *x = T::from_f64(cut(value.abs()).copysign(value));
        }
    }

    fn lowest(&self, c: &[T], s: &mut [T]) -> bool {
        s.fill(T::from_f64(0.0));
        let order = |a: &(usize, f64), b: &(usize, f64)| a.1.abs().total_cmp(&b.1.abs());
        let largest = c.iter().map(|c| c.to_f64()).enumerate().max_by(order);
        if let Some((i, c)) = largest
            && let Some(s) = s.get_mut(i)
        {
            *s = T::from_f64(if c > 0.0 { -self.radius } else { self.radius });
        }
        true
    }
}
