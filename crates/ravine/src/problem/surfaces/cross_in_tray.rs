//! Cross-in-tray function.

use std::f64::consts::PI;

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "cross-in-tray",
    title: "Cross-in-tray function",
    source: "S. K. Mishra, 2006",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(CrossInTray, vec![3.0, 2.0]).between(-10.0, 10.0).drawn_evenly().raced_from([5.5, 6.0])
.reads("-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x^2 + y^2)/3.141592653589793))) + 1)^0.1")
    },
};

/// `−10⁻⁴ (|sin x sin y exp|100 − √(x² + y²)/π|| + 1)^0.1`: four minima of the same value, parted by kinks on the axes.
///
/// On a kink the derivative of an absolute value is taken to be 0.
struct CrossInTray;

impl Windows<2> for CrossInTray {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let radius = (x.square() + y.square()).sqrt();
        let swell = (-(radius / PI) + 100.0).abs().exp();
        let base = (x.sin() * y.sin() * swell).abs() + 1.0;
        add(-((base.ln() * 0.1).exp() * 1e-4));
    }
}
