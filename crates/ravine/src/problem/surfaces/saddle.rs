//! Saddle.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "saddle",
    title: "Saddle",
    source: "The simplest point that is stationary and no minimum",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Saddle, vec![-1.5, 0.001])
            .between(-2.0, 2.0)
            .drawn_evenly()
            .reads("x^2 - y^2")
    },
};

/// `x² − y²`: it has no minimum, and who starts on the x-axis never leaves it.
struct Saddle;

impl Windows<2> for Saddle {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x.square() - y.square());
    }
}
