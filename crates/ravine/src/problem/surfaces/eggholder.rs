//! Eggholder function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "eggholder",
    title: "Eggholder function",
    source: "D. Whitley et al., Artificial Intelligence 85, 1996",
    dimensions: Dimensions::only(2),
    make: |_| {
        Problem::of_windows(Eggholder, vec![0.0, 0.0])
            .between(-512.0, 512.0)
            .drawn_evenly()
            .raced_from([400.0, 300.0])
            .reads("-(y + 47)*sin(sqrt(abs(x/2 + y + 47))) - x*sin(sqrt(abs(x - y - 47)))")
    },
};

/// `−(y + 47) sin √|x/2 + y + 47| − x sin √|x − y − 47|`.
///
/// The least value is that within |x|, |y| ≤ 512, on the bound x = 512; without bounds there is none. On the lines where a root is of
/// 0 its derivative is taken to be 0.
struct Eggholder;

impl Windows<2> for Eggholder {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        let shifted = y + 47.0;
        let first = shifted * (x / 2.0 + shifted).abs().sqrt().sin();
        let second = x * (x - shifted).abs().sqrt().sin();
        add(-first - second);
    }
}
