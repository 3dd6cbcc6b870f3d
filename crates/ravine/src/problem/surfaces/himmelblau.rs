//! Himmelblau's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "himmelblau",
    title: "Himmelblau's function",
    source: "D. M. Himmelblau, Applied Nonlinear Programming, 1972",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Himmelblau, vec![0.0, 0.0])
            .between(-5.0, 5.0)
            .least(0.0, vec![3.0, 2.0])
            .reads("(x^2 + y - 11)^2 + (x + y^2 - 7)^2")
    },
};

/// `(x² + y − 11)² + (x + y² − 7)²`: four minima of the same value.
struct Himmelblau;

impl Windows<2> for Himmelblau {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x.square() + y - 11.0);
        add(x + y.square() - 7.0);
    }
}
