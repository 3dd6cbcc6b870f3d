//! Helical valley.

use std::f64::consts::PI;

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "helical-valley",
    title: "Helical valley",
    source: "R. Fletcher, M. J. D. Powell, 1963; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 7",
    dimensions: Dimensions::only(3),
    make: |_| {
        Problem::of_windows(HelicalValley, vec![-1.0, 0.0, 0.0]).least(0.0, vec![1.0, 0.0, 0.0])
    },
};

/// `10(z − 10θ)`, `10(√(x² + y²) − 1)`, `z`, where 2πθ is the angle of (x, y) in (−π/2, 3π/2].
///
/// The angle is that of (x, y) to the y-axis, turned: so θ is smooth everywhere but on the half-axis x = 0, y ≤ 0.
struct HelicalValley;

impl Windows<3> for HelicalValley {
    fn terms<V: Number>(&self, _: Place, &[x, y, z]: &[V; 3], add: &mut dyn FnMut(V)) {
        let turn = -(x.atan2(y) / (2.0 * PI)) + 0.25;
        add((z - turn * 10.0) * 10.0);
        add(((x.square() + y.square()).sqrt() - 1.0) * 10.0);
        add(z);
    }
}
