//! Matyas's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "matyas",
    title: "Matyas's function",
    source: "J. Matyas, 1965; as given by M. Jamil, X.-S. Yang, 2013",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Matyas, vec![5.0, -3.0])
            .between(-10.0, 10.0)
            .least(0.0, vec![0.0, 0.0])
            .raced_from([-9.0, -4.0])
            .reads("0.26*(x^2 + y^2) - 0.48*x*y")
    },
};

/// `0.26(x² + y²) − 0.48xy`: a quadratic of condition 25.
struct Matyas;

impl Windows<2> for Matyas {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add((x.square() + y.square()) * 0.26 - x * y * 0.48);
    }
}
