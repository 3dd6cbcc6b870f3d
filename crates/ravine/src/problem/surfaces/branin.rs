//! Branin's function.

use std::f64::consts::PI;

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "branin",
    title: "Branin's function",
    source: "F. H. Branin, IBM Journal of Research and Development 16, 1972",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Branin, vec![2.5, 7.5]).within(&[(-5.0, 10.0), (0.0, 15.0)]).raced_from([-4.0, 5.0])
.reads("(y - 5.1*x^2/(4*3.141592653589793^2) + 5*x/3.141592653589793 - 6)^2 + 10*(1 - 1/(8*3.141592653589793))*cos(x) + 10")
    },
};

/// `(y − 5.1x²/4π² + 5x/π − 6)² + 10(1 − 1/8π) cos x + 10`: three minima of the same value.
struct Branin;

impl Windows<2> for Branin {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let bend = y - x.square() * (5.1 / (4.0 * PI * PI)) + x * (5.0 / PI) - 6.0;
        add(bend.square() + x.cos() * (10.0 * (1.0 - 1.0 / (8.0 * PI))) + 10.0);
    }
}
