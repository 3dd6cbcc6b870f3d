//! Extended Powell singular function.

use super::powell_singular::blocks;
use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family, LONG};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "extended-powell-singular",
    title: "Extended Powell singular function",
    source: "E. Spedicato, 1975; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 22",
    dimensions: Dimensions::between(4, 12, LONG).multiple_of(4),
    make: |n| {
        let start = [3.0, -1.0, 0.0, 1.0].into_iter().cycle().take(n).collect();
        Problem::of_windows(ExtendedPowellSingular, start).least(0.0, vec![0.0; n])
    },
};

/// n/4 of Powell's singular functions that do not hang together.
struct ExtendedPowellSingular;

impl Windows<4> for ExtendedPowellSingular {
    fn terms<V: Number>(&self, _: Place, x: &[V; 4], add: &mut dyn FnMut(V)) {
        blocks(x, add);
    }
}
