//! Goldstein and Price's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "goldstein-price",
    title: "Goldstein and Price's function",
    source: "A. A. Goldstein, J. F. Price, Mathematics of Computation 25, 1971",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(GoldsteinPrice, vec![-0.5, 0.5]).between(-2.0, 2.0)
.reads("(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))")
    },
};

/// `(1 + (x + y + 1)²(19 − 14x + 3x² − 14y + 6xy + 3y²))·(30 + (2x − 3y)²(18 − 32x + 12x² + 48y − 36xy + 27y²))`.
struct GoldsteinPrice;

impl Windows<2> for GoldsteinPrice {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let (xx, xy, yy) = (x.square(), x * y, y.square());
        let a = -(x * 14.0) + xx * 3.0 - y * 14.0 + xy * 6.0 + yy * 3.0 + 19.0;
        let b = -(x * 32.0) + xx * 12.0 + y * 48.0 - xy * 36.0 + yy * 27.0 + 18.0;
        add(((x + y + 1.0).square() * a + 1.0) * ((x * 2.0 - y * 3.0).square() * b + 30.0));
    }
}
