//! Linear function of rank 1 with zero columns and rows.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "linear-rank-1-zero",
    title: "Linear function of rank 1 with zero columns and rows",
    source: "MGH; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 34",
    dimensions: Dimensions::between(3, 10, DENSE),
    make: |n| {
        let m = 2.0 * n as f64;
        let mut point = vec![0.0; n];
        if let Some(second) = point.get_mut(1) {
            *second = 3.0 / (2.0 * (2.0 * m - 3.0));
        }
        let value = (m * m + 3.0 * m - 6.0) / (2.0 * (2.0 * m - 3.0));
        Problem::of_whole(LinearRank1Zero, vec![1.0; n]).least(value, point)
    },
};

/// `−1` for i = 1 and i = m, `(i − 1) Σ jxⱼ − 1` over 1 < j < n otherwise, m = 2n.
///
/// Its minimum is (m² + 3m − 6)/(2(2m − 3)), wherever Σjxⱼ = 3/(2m − 3).
struct LinearRank1Zero;

impl Whole for LinearRank1Zero {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let inner = x.iter().zip(1..).take(x.len().saturating_sub(1)).skip(1);
        let weighted = sum(inner.map(|(&x, j)| x * f64::from(j)));
        let m = 2 * x.len();
        add(V::constant(-1.0));
        for i in 2..m {
            add(weighted * (i - 1) as f64 - 1.0);
        }
        add(V::constant(-1.0));
    }
}
