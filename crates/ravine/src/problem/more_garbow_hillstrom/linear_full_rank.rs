//! Linear function of full rank.

use crate::problem::Problem;
use crate::problem::family::{DENSE, Dimensions, Family};
use crate::problem::number::{Number, sum};
use crate::problem::whole::Whole;

pub(super) static FAMILY: Family = Family {
    name: "linear-full-rank",
    title: "Linear function of full rank",
    source: "MGH; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 32",
    dimensions: Dimensions::between(1, 10, DENSE),
    make: |n| Problem::of_whole(LinearFullRank, vec![1.0; n]).least(n as f64, vec![-1.0; n]),
};

/// `xᵢ − (2/m)Σxⱼ − 1` for i ≤ n, `−(2/m)Σxⱼ − 1` for n < i ≤ m, m = 2n.
///
/// Its minimum is m − n = n.
struct LinearFullRank;

impl Whole for LinearFullRank {
    fn terms<V: Number>(&self, x: &[V], add: &mut dyn FnMut(V)) {
        let m = 2.0 * x.len() as f64;
        let mean = sum(x.iter().copied()) * (2.0 / m);
        for &x in x {
            add(x - mean - 1.0);
        }
        for _ in x {
            add(-mean - 1.0);
        }
    }
}
