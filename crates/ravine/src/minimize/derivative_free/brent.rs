//! Brent's method in one dimension.

use super::interval::{IntervalMinimum, Shrinking, minimum, one_variable, run, shrink};
use super::line_minimum::{Bracket, bracket};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run};

/// (3 − √5)/2, the part of the interval that a golden section step cuts off.
const CUT: f64 = 0.381_966_011_250_105_2;

/// √ε: points closer than this times |x| have values that cannot be told apart.
const RESOLUTION: f64 = 1.490_116_119_384_765_6e-8;

options! {
    /// Brent's method for the minimum of a function of one variable: the vertex of the parabola through the three best
    /// points, as long as it lies inside and steps shrink, and else a golden section.
    ///
    /// On smooth functions it converges with order 1.32; on others it is not much slower than [golden
    /// section](super::GoldenSection). Between two finite bounds it searches the interval; otherwise it first goes downhill
    /// from the start, in growing steps, until the value rises or the bound is reached.
    ///
    /// Ends where the minimum is at most `Limits::step · max(1, |x|)` from the best point, if it is the only one; 1e-8 where
    /// that is off.
    ///
    /// Source: R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 5.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Brent;
}

impl Brent {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Method<T> for Brent {
    fn name(&self) -> String {
        "brent".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, of: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        one_variable(of)?;
        let ends = of.bounds().and_then(|bounds| {
            let ends = bounds.lower().first().zip(bounds.upper().first());
            ends.map(|(l, u)| (*l, *u))
        });
        let ends = ends.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        if ends.0.is_finite() && ends.1.is_finite() {
            return run::<T, Parabolas>(of, ends);
        }
        let start = of.start().first().map_or(0.0, |x| x.to_f64());
        let first = 0.1 * start.abs().max(1.0);
        let mut f = |x: f64| of.value(&[T::from_f64(x)]);
        let at_start = (start, f(start));
        let state = Parabolas::bracketed(bracket(&mut f, at_start, first, ends));
        shrink(of, state)
    }
}

/// The minimum of f between two bounds, by Brent's method, to `tolerance · max(1, |x|)`.
///
/// ```
/// let found = ravine::minimize::brent(|x| x - x.ln(), 0.1, 5.0, 1e-8)?;
/// assert!((found.x - 1.0).abs() < 1e-7 && found.evaluations < 20);
/// # Ok::<(), ravine::minimize::Error>(())
/// ```
///
/// # Errors
///
/// If the bounds are not finite or in the wrong order, or the tolerance is negative or NaN.
pub fn brent(
    mut f: impl FnMut(f64) -> f64,
    lower: f64,
    upper: f64,
    tolerance: f64,
) -> Result<IntervalMinimum, Error> {
    minimum::<Parabolas>(&mut f, (lower, upper), tolerance)
}

/// Points with their values: `best`, `second` best and the one that was second best before; the minimum is between `ends`.
pub(super) struct Parabolas {
    ends: (f64, f64),
    best: (f64, f64),
    second: (f64, f64),
    before: (f64, f64),
    /// The last step, and the one before it.
    step: f64,
    step_before: f64,
}

impl Parabolas {
    /// Begins from three points, the best between the others.
    pub(super) fn bracketed(found: Bracket) -> Self {
        let Bracket { a, best, b } = found;
        let (second, before) = if a.1 <= b.1 { (a, b) } else { (b, a) };
        Self {
            ends: (a.0.min(b.0), a.0.max(b.0)),
            best,
            second,
            before,
            step: 0.5 * (b.0 - a.0).abs(),
            step_before: (b.0 - a.0).abs(),
        }
    }

    /// The step to the vertex of the parabola through the three points; NaN if there is none.
    fn vertex(&self) -> f64 {
        let (x, w, v) = (self.best, self.second, self.before);
        let r = (x.0 - w.0) * (x.1 - v.1);
        let q = (x.0 - v.0) * (x.1 - w.1);
        ((x.0 - w.0) * r - (x.0 - v.0) * q) / (2.0 * (q - r))
    }

    /// No two points are closer than this.
    fn resolution(&self) -> f64 {
        RESOLUTION * self.best.0.abs()
            + 1e-2 * RESOLUTION * self.ends.0.abs().max(self.ends.1.abs()).min(1.0)
            + f64::MIN_POSITIVE
    }
}

impl Shrinking for Parabolas {
    fn between(a: f64, b: f64, f: &mut dyn FnMut(f64) -> f64) -> Self {
        let x = a + CUT * (b - a);
        let best = (x, f(x));
        Self {
            ends: (a, b),
            best,
            second: best,
            before: best,
            step: 0.0,
            step_before: 0.0,
        }
    }

    fn shrink(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        let (a, b) = self.ends;
        let x = self.best.0;
        let resolution = self.resolution();
        let parabola = self.vertex();
        // Accepted only if it halves the step before last: otherwise parabolas may crawl.
        let inside = a < x + parabola && x + parabola < b;
        let mut step = if inside
            && parabola.abs() < 0.5 * self.step_before.abs()
            && self.step_before.abs() > resolution
        {
            self.step_before = self.step;
            let near_an_end = |u: f64| u - a < 2.0 * resolution || b - u < 2.0 * resolution;
            if near_an_end(x + parabola) {
                resolution.copysign(0.5 * (a + b) - x)
            } else {
                parabola
            }
        } else {
            self.step_before = if x < 0.5 * (a + b) { b - x } else { a - x };
            CUT * self.step_before
        };
        if step.abs() < resolution {
            step = resolution.copysign(step);
        }
        self.step = step;
        let u = (x + step).clamp(a, b);
        let tried = (u, f(u));
        if tried.1 <= self.best.1 {
            if u < x {
                self.ends.1 = x
            } else {
                self.ends.0 = x
            }
            self.before = self.second;
            self.second = self.best;
            self.best = tried;
        } else {
            if u < x {
                self.ends.0 = u
            } else {
                self.ends.1 = u
            }
            if tried.1 <= self.second.1 || self.second.0 == x {
                self.before = self.second;
                self.second = tried;
            } else if tried.1 <= self.before.1
                || self.before.0 == x
                || self.before.0 == self.second.0
            {
                self.before = tried;
            }
        }
    }

    fn best(&self) -> (f64, f64) {
        self.best
    }

    fn width(&self) -> f64 {
        let (a, b) = self.ends;
        let width = (b - self.best.0).max(self.best.0 - a);
        // Beyond twice the resolution there is nothing left to try.
        if width <= 2.0 * self.resolution() {
            0.0
        } else {
            width
        }
    }
}
