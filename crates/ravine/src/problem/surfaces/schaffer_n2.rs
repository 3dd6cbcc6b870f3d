//! Schaffer's function N. 2.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "schaffer-n2",
    title: "Schaffer's function N. 2",
    source: "J. D. Schaffer et al., International Conference on Genetic Algorithms, 1989; as numbered by M. Jamil, X.-S. Yang, 2013",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(SchafferN2, vec![2.0, 1.0])
            .between(-4.0, 4.0)
            .drawn_evenly()
            .least(0.0, vec![0.0, 0.0])
            .raced_from([2.5, -1.2])
            .reads("0.5 + (sin(x^2 - y^2)^2 - 0.5)/(1 + (x^2 + y^2)/1000)^2")
    },
};

/// `½ + (sin²(x² − y²) − ½)/(1 + (x² + y²)/1000)²`.
///
/// Its usual domain reaches to ±100.
struct SchafferN2;

impl Windows<2> for SchafferN2 {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let (xx, yy) = (x.square(), y.square());
        let damping = ((xx + yy) / 1000.0 + 1.0).square();
        add(((xx - yy).sin().square() - 0.5) / damping + 0.5);
    }
}
