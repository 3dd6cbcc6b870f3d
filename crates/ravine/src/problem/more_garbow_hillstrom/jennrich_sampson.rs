//! Jennrich and Sampson's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "jennrich-sampson",
    title: "Jennrich and Sampson's function",
    source: "R. I. Jennrich, P. F. Sampson, 1968; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 6",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(JennrichSampson, vec![0.3, 0.4]).between(-1.0, 1.0).reads("(4 - exp(1*x) - exp(1*y))^2 + (6 - exp(2*x) - exp(2*y))^2 + (8 - exp(3*x) - exp(3*y))^2 + (10 - exp(4*x) - exp(4*y))^2 + (12 - exp(5*x) - exp(5*y))^2 + (14 - exp(6*x) - exp(6*y))^2 + (16 - exp(7*x) - exp(7*y))^2 + (18 - exp(8*x) - exp(8*y))^2 + (20 - exp(9*x) - exp(9*y))^2 + (22 - exp(10*x) - exp(10*y))^2")
    },
};

/// `2 + 2i − (eⁱˣ + eⁱʸ)`, i = 1 … 10.
struct JennrichSampson;

impl Windows<2> for JennrichSampson {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        for i in (1..=10).map(f64::from) {
            add(-((x * i).exp() + (y * i).exp()) + (2.0 + 2.0 * i));
        }
    }
}
