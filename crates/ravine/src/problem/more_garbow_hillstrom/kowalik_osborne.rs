//! Kowalik and Osborne's function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "kowalik-osborne",
    title: "Kowalik and Osborne's function",
    source: "J. S. Kowalik, M. R. Osborne, 1968; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 15",
    dimensions: Dimensions::only(4),
    make: |_| Problem::of_windows(KowalikOsborne, vec![0.25, 0.39, 0.415, 0.39]),
};

/// yᵢ and uᵢ.
const DATA: [(f64, f64); 11] = [
    (0.1957, 4.0),
    (0.1947, 2.0),
    (0.1735, 1.0),
    (0.1600, 0.5),
    (0.0844, 0.25),
    (0.0627, 0.167),
    (0.0456, 0.125),
    (0.0342, 0.1),
    (0.0323, 0.0833),
    (0.0235, 0.0714),
    (0.0246, 0.0625),
];

/// `yᵢ − a(uᵢ² + uᵢb)/(uᵢ² + uᵢc + d)`, i = 1 … 11.
///
/// The second value is approached as a → ∞ and c, d → −∞, with b near −14.07.
struct KowalikOsborne;

impl Windows<4> for KowalikOsborne {
    fn terms<V: Number>(&self, _: Place, &[a, b, c, d]: &[V; 4], add: &mut dyn FnMut(V)) {
        for (observed, u) in DATA {
            add(-(a * (b * u + u * u) / (c * u + d + u * u)) + observed);
        }
    }
}
