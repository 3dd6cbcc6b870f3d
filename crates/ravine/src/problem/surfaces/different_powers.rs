//! Different powers.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "different-powers",
    title: "Different powers",
    source: "N. Hansen, The CMA Evolution Strategy: A Tutorial",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| {
        Problem::of_windows(DifferentPowers, vec![1.0; n])
            .between(-5.0, 5.0)
            .least(0.0, vec![0.0; n])
    },
};

/// `Σ |xᵢ|^(2 + 10(i − 1)/(n − 1))`: the nearer to the minimum, the worse conditioned.
struct DifferentPowers;

impl Windows<1> for DifferentPowers {
    const SQUARES: bool = false;
    const STRIDE: usize = 1;

    fn terms<V: Number>(&self, at: Place, &[x]: &[V; 1], add: &mut dyn FnMut(V)) {
        let last = at.n.saturating_sub(1).max(1);
        let power = 2.0 + 10.0 * at.index as f64 / last as f64;
        let size = x.abs();
        add(if at.index == 0 {
            x.square()
        } else if size.real() == 0.0 {
            V::constant(0.0)
        } else {
            (size.ln() * power).exp()
        });
    }
}
