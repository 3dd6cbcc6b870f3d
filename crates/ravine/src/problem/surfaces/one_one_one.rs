//! 1-1-1 network.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "one-one-one",
    title: "1-1-1 network",
    source: "A linear network of one input, one hidden unit and one output, which is to be the identity",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(OneOneOne, vec![3.0, 1.5])
            .between(-4.0, 4.0)
            .least(0.0, vec![1.0, 1.0])
            .least(0.0, vec![-1.0, -1.0])
            .raced_from([-0.3, 3.5])
            .reads("(1 - x*y)^2")
    },
};

/// `(1 − w₁w₂)²`: the minima are a hyperbola, the sharper the farther out, with a saddle at the origin.
struct OneOneOne;

impl Windows<2> for OneOneOne {
    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add(-(x * y) + 1.0);
    }
}
