//! A ravine of chosen condition number.

use crate::problem::family::{Dimensions, Family};
use crate::problem::number::Number;
use crate::problem::windows::{Place, Windows};
use crate::problem::{Error, Problem};

pub(super) static FAMILY: Family = Family {
    name: "ravine",
    title: "Ravine",
    source: "The quadratic on which gradient descent is slow",
    dimensions: Dimensions::only(2),
    make: |_| problem(100.0),
};

/// `½(x² + κy²)`: gradient descent with the best step size gains a factor (κ − 1)/(κ + 1) a step.
struct Ravine {
    condition: f64,
}

impl Windows<2> for Ravine {
    const SQUARES: bool = false;

    fn terms<V: Number>(&self, _: Place, &[x, y]: &[V; 2], add: &mut dyn FnMut(V)) {
        add((x.square() + y.square() * self.condition) / 2.0);
    }
}

/// `½(x² + κy²)` for a condition number κ; `named("ravine")` is that of 100.
///
/// # Errors
///
/// If κ is not at least 1 and finite.
pub fn ravine(condition: f64) -> Result<Problem, Error> {
    if condition >= 1.0 && condition.is_finite() {
        Ok(FAMILY.describe(problem(condition)))
    } else {
        Err(Error::Parameter {
            name: "the condition number",
            value: condition,
            range: "at least 1 and finite",
        })
    }
}

fn problem(condition: f64) -> Problem {
    Problem::of_windows(Ravine { condition }, vec![-9.0, 2.0])
        .within(&[(-10.0, 10.0), (-4.0, 4.0)])
        .least(0.0, vec![0.0, 0.0])
        .reads(format!("(x^2 + {condition}*y^2)/2"))
}
