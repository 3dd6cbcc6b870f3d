//! Six-hump camel function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "six-hump-camel",
    title: "Six-hump camel function",
    source: "L. C. W. Dixon, G. P. Szegö, Towards Global Optimisation 2, 1978",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(SixHumpCamel, vec![-1.0, 1.0])
            .within(&[(-2.0, 2.0), (-1.2, 1.2)])
            .raced_from([-1.9, 0.3])
            .reads("(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2")
    },
};

/// `(4 − 2.1x² + x⁴/3)x² + xy + (4y² − 4)y²`: six minima, two of them the least.
struct SixHumpCamel;

impl Windows<2> for SixHumpCamel {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let (xx, yy) = (x.square(), y.square());
        add((xx.square() / 3.0 - xx * 2.1 + 4.0) * xx + x * y + (yy * 4.0 - 4.0) * yy);
    }
}
