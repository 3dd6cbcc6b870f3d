//! Beale's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "beale",
    title: "Beale's function",
    source: "E. M. L. Beale, 1958; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 5",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Beale, vec![1.0, 1.0])
            .between(-4.5, 4.5)
            .least(0.0, vec![3.0, 0.5])
            .raced_from([1.0, 1.5])
            .reads("(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2")
    },
};

/// `1.5 − x(1 − y)`, `2.25 − x(1 − y²)`, `2.625 − x(1 − y³)`: flat, with steep walls in the corners.
struct Beale;

impl Windows<2> for Beale {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        for (k, c) in [(1, 1.5), (2, 2.25), (3, 2.625)] {
            add(-(x * (-y.power(k) + 1.0)) + c);
        }
    }
}
