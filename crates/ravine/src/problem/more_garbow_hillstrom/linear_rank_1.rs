//! Linear function of rank 1.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "linear-rank-1",
    title: "Linear function of rank 1",
    source: "MGH; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 33",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| {
        let m = 2.0 * n as f64;
        let mut point = vec![0.0; n];
        if let Some(first) = point.first_mut() {
            *first = 3.0 / (2.0 * m + 1.0);
        }
        Problem::of_whole(LinearRank1, vec![1.0; n])
            .least(m * (m - 1.0) / (2.0 * (2.0 * m + 1.0)), point)
    },
};

/// `i Σ jxⱼ − 1`, i = 1 … m, m = 2n.
///
/// Its minimum is m(m − 1)/(2(2m + 1)), wherever Σjxⱼ = 3/(2m + 1).
struct LinearRank1;

impl Whole for LinearRank1 {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let weighted = sum(x.iter().zip(1..).map(|(&x, j)| x * f64::from(j)));
        for (_, i) in x.iter().chain(x).zip(1..) {
            add(weighted * f64::from(i) - 1.0);
        }
    }
}
