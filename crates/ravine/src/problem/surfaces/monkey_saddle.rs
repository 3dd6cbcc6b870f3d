//! Monkey saddle.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "monkey-saddle",
    title: "Monkey saddle",
    source: "D. Hilbert, S. Cohn-Vossen, Anschauliche Geometrie, 1932",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(MonkeySaddle, vec![1.5, 0.001])
            .between(-2.0, 2.0)
            .drawn_evenly()
            .reads("x^3 - 3*x*y^2")
    },
};

/// `x³ − 3xy²`: three valleys meet, the third for the tail; the Hessian at the saddle is 0.
struct MonkeySaddle;

impl Windows<2> for MonkeySaddle {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(x.power(3) - x * y.square() * 3.0);
    }
}
