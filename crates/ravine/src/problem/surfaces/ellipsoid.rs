//! Ellipsoid.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "ellipsoid",
    title: "Ellipsoid",
    source: "N. Hansen, The CMA Evolution Strategy: A Tutorial",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| {
        Problem::of_windows(Ellipsoid, vec![1.0; n])
            .between(-5.0, 5.0)
            .least(0.0, vec![0.0; n])
    },
};

/// `Σ 10^(6(i − 1)/(n − 1)) xᵢ²`: condition 10⁶, with all scales between.
struct Ellipsoid;

impl Windows<1> for Ellipsoid {
    const SQUARES: bool = false;
    const STRIDE: usize = 1;

    fn terms<V: Number>(&self, at: Place, &[x]: &[V; 1], add: &mut dyn FnMut(V)) {
        let last = at.n.saturating_sub(1).max(1);
        let scale = libm::pow(10.0, 6.0 * at.index as f64 / last as f64);
        add(x.square() * scale);
    }
}
