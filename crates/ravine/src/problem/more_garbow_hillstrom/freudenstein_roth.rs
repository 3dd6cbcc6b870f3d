//! Freudenstein and Roth's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "freudenstein-roth",
    title: "Freudenstein and Roth's function",
    source: "F. Freudenstein, B. Roth, 1963; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 2",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(FreudensteinRoth, vec![0.5, -2.0])
            .within(&[(-5.0, 20.0), (-3.0, 6.0)])
            .least(0.0, vec![5.0, 4.0])
            .reads("(x - 13 + ((5 - y)*y - 2)*y)^2 + (x - 29 + ((y + 1)*y - 14)*y)^2")
    },
};

/// `−13 + x + ((5 − y)y − 2)y`, `−29 + x + ((y + 1)y − 14)y`.
struct FreudensteinRoth;

impl Windows<2> for FreudensteinRoth {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x - 13.0 + ((-y + 5.0) * y - 2.0) * y);
        add(x - 29.0 + ((y + 1.0) * y - 14.0) * y);
    }
}
