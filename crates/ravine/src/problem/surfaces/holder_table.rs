//! Hölder table function.

use std::f64::consts::PI;

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "holder-table",
    title: "Hölder table function",
    source: "S. K. Mishra, 2006",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(HolderTable, vec![7.0, 8.0])
            .between(-10.0, 10.0)
            .drawn_evenly()
            .raced_from([4.0, 5.0])
            .reads("-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x^2 + y^2)/3.141592653589793)))")
    },
};

/// `−|sin x cos y exp|1 − √(x² + y²)/π||`: four minima of the same value near the corners.
///
/// The least value is that within |x|, |y| ≤ 10. On a kink the derivative of an absolute value is taken to be 0.
struct HolderTable;

impl Windows<2> for HolderTable {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let radius = (x.square() + y.square()).sqrt();
        let swell = (-(radius / PI) + 1.0).abs().exp();
        add(-(x.sin() * y.cos() * swell).abs());
    }
}
