//! McCormick's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "mccormick",
    title: "McCormick's function",
    source: "G. P. McCormick, 1976; as given by E. P. Adorio, 2005",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Mccormick, vec![0.0, 0.0])
            .within(&[(-1.5, 4.0), (-3.0, 4.0)])
            .drawn_evenly()
            .raced_from([3.0, -1.0])
            .reads("sin(x + y) + (x - y)^2 - 1.5*x + 2.5*y + 1")
    },
};

/// `sin(x + y) + (x − y)² − 1.5x + 2.5y + 1`.
///
/// Along x = y it falls without end; the minima are those in the box.
struct Mccormick;

impl Windows<2> for Mccormick {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add((x + y).sin() + (x - y).square() - x * 1.5 + y * 2.5 + 1.0);
    }
}
