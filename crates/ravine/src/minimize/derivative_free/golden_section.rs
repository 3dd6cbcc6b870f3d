//! Golden section search.

use super::interval::{IntervalMinimum, Shrinking, ends, minimum, run};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};

/// (√5 − 1)/2, the part of the interval that each step keeps.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

options! {
    /// Golden section search for the minimum of a function of one variable between two bounds.
    ///
    /// Each step costs one value and keeps 0.618 of the interval, whatever the function. If it falls and then rises there,
    /// the minimum is found; otherwise some local one. [`Brent`](super::Brent) is faster on smooth functions. In f64 a
    /// minimum cannot be told more exactly than to about 1e-8 of its scale by values alone. The start is not used.
    ///
    /// Ends where the interval is at most `Limits::step · max(1, |x|)` wide; 1e-8 where that is off.
    ///
    /// Source: J. Kiefer, "Sequential minimax search for a maximum", 1953.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct GoldenSection;
}

impl GoldenSection {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Method<T> for GoldenSection {
    fn name(&self) -> String {
        "golden-section".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, of: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let ends = ends(of, self)?;
        run::<T, Section>(of, ends)
    }
}

/// The minimum of f between two bounds, by golden section, until the interval is at most `tolerance · max(1, |x|)` wide.
///
/// ```
/// let found = ravine::minimize::golden_section(|x| (x - 2.0) * (x - 2.0), 0.0, 5.0, 1e-6)?;
/// assert!((found.x - 2.0).abs() < 1e-6);
/// # Ok::<(), ravine::minimize::Error>(())
/// ```
///
/// # Errors
///
/// If the bounds are not finite or in the wrong order, or the tolerance is negative or NaN.
pub fn golden_section(
    mut f: impl FnMut(f64) -> f64,
    lower: f64,
    upper: f64,
    tolerance: f64,
) -> Result<IntervalMinimum, Error> {
    minimum::<Section>(&mut f, (lower, upper), tolerance)
}

/// a < x₁ < x₂ < b, where x₁ and x₂ cut the interval in the golden ratio from either side.
struct Section {
    ends: (f64, f64),
    left: (f64, f64),
    right: (f64, f64),
}

impl Shrinking for Section {
    fn between(a: f64, b: f64, f: &mut dyn FnMut(f64) -> f64) -> Self {
        let (left, right) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
        let at_left = f(left);
        let at_right = if right == left { at_left } else { f(right) };
        Self {
            ends: (a, b),
            left: (left, at_left),
            right: (right, at_right),
        }
    }

    fn shrink(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        if self.left.1 <= self.right.1 {
            self.ends.1 = self.right.0;
            self.right = self.left;
            let x = self.ends.1 - GOLDEN * (self.ends.1 - self.ends.0);
            self.left = (x, f(x));
        } else {
            self.ends.0 = self.left.0;
            self.left = self.right;
            let x = self.ends.0 + GOLDEN * (self.ends.1 - self.ends.0);
            self.right = (x, f(x));
        }
    }

    fn best(&self) -> (f64, f64) {
        if self.left.1 <= self.right.1 {
            self.left
        } else {
            self.right
        }
    }

    fn width(&self) -> f64 {
        let apart =
            self.ends.0 < self.left.0 && self.left.0 < self.right.0 && self.right.0 < self.ends.1;
        if apart {
            self.ends.1 - self.ends.0
        } else {
            0.0
        }
    }
}
