//! Osborne's second function.

use crate::problem::Problem;
use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};

pub(super) static FAMILY: Family = Family {
    name: "osborne-2",
    title: "Osborne's second function",
    source: "M. R. Osborne, 1972; J. J. Moré, B. S. Garbow, K. E. Hillstrom, TOMS 7(1), 1981, problem 19",
    dimensions: Dimensions::only(11),
    make: |_| {
        Problem::of_windows(
            Osborne2,
            vec![1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5],
        )
    },
};

const Y: [f64; 65] = [
    1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
    0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
    0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
    0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
    0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
];

/// `yᵢ − (x₁e^(−tᵢx₅) + x₂e^(−(tᵢ − x₉)²x₆) + x₃e^(−(tᵢ − x₁₀)²x₇) + x₄e^(−(tᵢ − x₁₁)²x₈))`, tᵢ = (i − 1)/10, i = 1 … 65: the heights,
/// widths and centres of three bells and a decay.
struct Osborne2;

impl Windows<11> for Osborne2 {
    fn terms<V: Number>(
        &self,
        _: Place,
        &[h1, h2, h3, h4, w1, w2, w3, w4, c2, c3, c4]: &[V; 11],
        add: &mut dyn FnMut(V),
    ) {
        for (i, observed) in (0..65).map(f64::from).zip(Y) {
            let t = i / 10.0;
            let bell =
                |height: V, width: V, center: V| height * (-((-center + t).square() * width)).exp();
            let decay = h1 * (-(w1 * t)).exp();
            add(-(decay + bell(h2, w2, c2) + bell(h3, w3, c3) + bell(h4, w4, c4)) + observed);
        }
    }
}
