//! The line search of Hager and Zhang.

use super::Stateless;
use super::conditions::Conditions;
use super::sample::{Sample, secant};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line};

options! {
    /// The line search of `CG_DESCENT`, for the conditions of Wolfe
    ///
    /// ```text
    /// φ(α) ≤ φ(0) + δαφ′(0),   φ′(α) ≥ σφ′(0)
    /// ```
    /// or, where `φ(α) ≤ φ(0) + ε|φ(0)|`, the approximate ones, `(2δ − 1)φ′(0) ≥ φ′(α) ≥ σφ′(0)`, which on a parabola are the same.
    /// They are judged by slopes, which are precise near a minimum where values are not: so this search goes on where others end.
    ///
    /// An interval at whose ends the slopes are negative and positive is narrowed by two secants at a time, which converges with order 1 + √2. In front of a wall, beyond
    /// which the function does not exist, and where it falls without end, there may be no such α; a step that satisfies the first condition is the answer then.
    ///
    /// Source: W. W. Hager & H. Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line search", 2005, section 4;
    /// "Algorithm 851: CG_DESCENT", 2006.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct HagerZhang {
        /// δ, in (0, ½). 0.1.
        pub decrease: f64,
        /// σ, between δ and 1. 0.9.
        pub curvature: f64,
        /// ε, at least 0. 1e-6.
        pub error: f64,
    }
}

impl Default for HagerZhang {
    fn default() -> Self {
        Self {
            decrease: 0.1,
            curvature: 0.9,
            error: 1e-6,
        }
    }
}

impl HagerZhang {
    /// With δ = 0.1, σ = 0.9 and ε = 1e-6.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Stateless for HagerZhang {
    const NAME: &'static str = "hager-zhang";

    fn check(&self) -> Result<(), Error> {
        let half = self.decrease > 0.0 && self.decrease < 0.5;
        Error::unless(half, "decrease", self.decrease, "in (0, 1/2)")?;
        Conditions::check(self.decrease, self.curvature)?;
        let error = self.error >= 0.0 && self.error.is_finite();
        Error::unless(error, "error", self.error, "a number of at least 0")
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, first: f64) -> Option<f64> {
        let origin = Sample::origin(line);
        let mut search = Search {
            line,
            options: *self,
            origin,
            left: MOST,
            low: None,
        };
        match search.run(first) {
            Err(Found(step)) => step,
            Ok(never) => match never {},
        }
    }
}

/// Most points that a search looks at.
const MOST: usize = 80;

/// γ: narrower intervals than this part of the one before are narrow enough.
const NARROW: f64 = 0.66;

/// ρ: how much farther each step goes while the function falls.
const GROWTH: f64 = 5.0;

/// The end of a search.
struct Found(Option<f64>);

struct Search<'l, 'r, 'a, T: Scalar> {
    line: &'l mut Line<'r, 'a, T>,
    options: HagerZhang,
    origin: Sample,
    /// How many more points may be looked at.
    left: usize,
    /// The lowest point with sufficient decrease.
    low: Option<Sample>,
}

/// An interval: at its left the slope is negative and the value not above φ(0), at its right the slope is positive.
type Interval = [Sample; 2];

impl<T: Scalar> Search<'_, '_, '_, T> {
    fn run(&mut self, first: f64) -> Result<std::convert::Infallible, Found> {
        let [mut a, mut b] = self.bracket(first)?;
        loop {
            let (width, left) = ((b.step - a.step).abs(), self.left);
            [a, b] = self.secant2(a, b)?;
            let is_narrow = (b.step - a.step).abs() <= NARROW * width;
            let middle = 0.5 * (a.step + b.step);
            // Not one number lies between them, and nothing would be looked at ever again.
            if middle == a.step || middle == b.step {
                return Err(self.give_up());
            }
            if !is_narrow {
                [a, b] = self.update(a, b, middle)?;
            }
            if self.left == left {
                // There is no number between them.
                return Err(self.give_up());
            }
        }
    }

    /// Looks at a step; the search is over if it is acceptable, or if all points are used.
    fn look(&mut self, step: f64) -> Result<Sample, Found> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(self.give_up());
        };
        self.left = left;
        let value = Sample::value_at(self.line, step);
        if value.is_bottomless::<T>() {
            return Err(Found(Some(step)));
        }
        // What is too high needs no slope.
        if !self.is_low(value) {
            return Ok(value);
        }
        let sample = Sample::at(self.line, step);
        let slope = self.origin.slope;
        let HagerZhang {
            decrease,
            curvature,
            ..
        } = self.options;
        let falls = sample.value <= self.origin.value + decrease * step * slope
            && sample.value < self.origin.value;
        let falls_by_slope = sample.slope <= (2.0 * decrease - 1.0) * slope;
        if (falls || falls_by_slope) && sample.slope >= curvature * slope {
            return Err(Found(Some(step)));
        }
        if falls && self.low.is_none_or(|low| sample.value < low.value) {
            self.low = Some(sample);
        }
        Ok(sample)
    }

    fn give_up(&self) -> Found {
        Found(self.low.map(|low| low.step))
    }

    /// `φ(α) ≤ φ(0) + ε|φ(0)|`; not where the function does not exist.
    fn is_low(&self, sample: Sample) -> bool {
        sample.value <= self.origin.value + self.options.error * self.origin.value.abs()
    }

    /// B0 to B3: goes on until an interval holds a minimum.
    fn bracket(&mut self, first: f64) -> Result<Interval, Found> {
        let mut low = self.origin;
        let mut step = first;
        loop {
            let trial = self.look(step)?;
            if trial.slope >= 0.0 {
                return Ok([low, trial]);
            }
            if !self.is_low(trial) || !trial.exists() {
                return self.halve(low, trial);
            }
            low = trial;
            step *= GROWTH;
        }
    }

    /// U0 to U3: a new point in an interval makes it narrower.
    fn update(&mut self, a: Sample, b: Sample, step: f64) -> Result<Interval, Found> {
        if !(step > a.step && step < b.step) {
            return Ok([a, b]);
        }
        let trial = self.look(step)?;
        self.place(a, b, trial)
    }

    fn place(&mut self, a: Sample, b: Sample, trial: Sample) -> Result<Interval, Found> {
        if trial.slope >= 0.0 {
            Ok([a, trial])
        } else if self.is_low(trial) && trial.exists() {
            Ok([trial, b])
        } else {
            self.halve(a, trial)
        }
    }

    /// U3: between a low point and a high one there is one from which the function rises.
    fn halve(&mut self, mut low: Sample, mut high: Sample) -> Result<Interval, Found> {
        loop {
            let part = super::sample::parabola(low, high);
            let part = (part - low.step) / (high.step - low.step);
            // NaN where the function does not exist.
            let part = if part.is_nan() {
                0.1
            } else {
                part.clamp(0.1, 0.5)
            };
            let step = low.step + part * (high.step - low.step);
            if step == low.step || step == high.step {
                return Err(self.give_up());
            }
            let trial = self.look(step)?;
            if trial.slope >= 0.0 {
                return Ok([low, trial]);
            }
            if self.is_low(trial) && trial.exists() {
                low = trial;
            } else {
                high = trial;
            }
        }
    }

    /// S1 to S4: two secants.
    fn secant2(&mut self, a: Sample, b: Sample) -> Result<Interval, Found> {
        let step = secant(a, b);
        let [lower, upper] = self.update(a, b, step)?;
        let second = if step == upper.step {
            secant(b, upper)
        } else if step == lower.step {
            secant(a, lower)
        } else {
            return Ok([lower, upper]);
        };
        self.update(lower, upper, second)
    }
}
