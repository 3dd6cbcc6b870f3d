//! Sphere.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "sphere",
    title: "Sphere",
    source: "K. A. De Jong, 1975 (F1)",
    dimensions: Dimensions::between(1, 10, LONG),
    make: |n| {
        Problem::of_windows(Sphere, vec![1.0; n])
            .between(-5.0, 5.0)
            .least(0.0, vec![0.0; n])
    },
};

/// `Σxᵢ²`.
struct Sphere;

impl Windows<1> for Sphere {
    const SQUARES: bool = false;
    const STRIDE: usize = 1;

    fn terms<V: Number>(&self, _: Place, &[x]: &[V; 1], add: &mut dyn FnMut(V)) {
        add(x.square());
    }
}
