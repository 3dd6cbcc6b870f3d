//! Booth's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "booth",
    title: "Booth's function",
    source: "A. D. Booth, Numerical Methods, 1957",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Booth, vec![0.0, 0.0])
            .between(-10.0, 10.0)
            .least(0.0, vec![1.0, 3.0])
            .raced_from([-8.0, -6.0])
            .reads("(x + 2*y - 7)^2 + (2*x + y - 5)^2")
    },
};

/// `(x + 2y − 7)² + (2x + y − 5)²`: a quadratic of condition 9.
struct Booth;

impl Windows<2> for Booth {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x + y * 2.0 - 7.0);
        add(x * 2.0 + y - 5.0);
    }
}
