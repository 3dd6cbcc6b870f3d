//! Wood's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "wood",
    title: "Wood's function",
    source: "C. F. Wood; A. R. Colville, 1968; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 14",
    dimensions: Dimensions::only(4),
    make: |_| Problem::of_windows(Wood, vec![-3.0, -1.0, -3.0, -1.0]).least(0.0, vec![1.0; 4]),
};

/// `10(b − a²)`, `1 − a`, `√90(d − c²)`, `1 − c`, `√10(b + d − 2)`, `(b − d)/√10`.
struct Wood;

impl Windows<4> for Wood {
    fn terms<V: Number>(&self, _: Place, &[a, b, c, d]: &[V; 4], add: &mut dyn FnMut(V)) {
        add((b - a.square()) * 10.0);
        add(-a + 1.0);
        add((d - c.square()) * 90f64.sqrt());
        add(-c + 1.0);
        add((b + d - 2.0) * 10f64.sqrt());
        add((b - d) / 10f64.sqrt());
    }
}
