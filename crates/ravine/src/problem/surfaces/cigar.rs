//! Cigar.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "cigar",
    title: "Cigar",
    source: "N. Hansen, The CMA Evolution Strategy: A Tutorial",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| {
        Problem::of_windows(Cigar, vec![1.0; n])
            .between(-5.0, 5.0)
            .least(0.0, vec![0.0; n])
    },
};

/// `x₁² + 10⁶ Σ_{i>1} xᵢ²`: one flat direction, all others steep.
struct Cigar;

impl Windows<1> for Cigar {
    const SQUARES: bool = false;
    const STRIDE: usize = 1;

    fn terms<V: Number>(&self, at: Place, &[x]: &[V; 1], add: &mut dyn FnMut(V)) {
        add(x.square() * if at.index == 0 { 1.0 } else { 1e6 });
    }
}
