//! Backtracking to sufficient decrease.

use std::collections::VecDeque;

use super::sample::{Sample, parabola};
use crate::Scalar;
use crate::minimize::line::Line;
use crate::minimize::options::options;
use crate::minimize::{Error, StepSize, Stepping};

options! {
    /// Backtracking: the first of α, ρα, ρ²α … with sufficient decrease, `φ(α) ≤ φ(0) + c₁αφ′(0)`.
    ///
    /// While first trials are taken as they are, each begins 1/ρ times farther than it otherwise would.
    /// [Interpolating](Self::interpolating), each step back goes to where a parabola is least, but at least to α/10 and at
    /// most to α/2. [Non-monotone](Self::nonmonotone), φ(0) is replaced by the highest of the last M values: so the
    /// steps of Barzilai and Borwein stay as they are, which work because they are not monotone.
    ///
    /// Source: L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966; Nocedal & Wright,
    /// "Numerical Optimization", 2nd ed., algorithm 3.1 and (3.58); L. Grippo, F. Lampariello & S. Lucidi, "A nonmonotone line search technique for
    /// Newton's method", 1986.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Armijo {
        /// c₁, the part of the slope that must be kept, in (0, 1). 1e-4.
        pub decrease: f64,
        /// ρ, the factor of each step back, in (0, 1). 0.5.
        pub factor: f64,
        /// Whether a parabola says how far to step back. Off.
        pub interpolate: bool,
        /// M, how many values the highest is taken of: 1 to 1,000. 1.
        pub memory: usize,
    }
}

impl Default for Armijo {
    fn default() -> Self {
        Self {
            decrease: 1e-4,
            factor: 0.5,
            interpolate: false,
            memory: 1,
        }
    }
}

impl Armijo {
    /// With c₁ = 1e-4 and ρ = ½.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Steps back to where a parabola is least.
    #[must_use]
    pub fn interpolating() -> Self {
        Self {
            interpolate: true,
            ..Self::default()
        }
    }

    /// The interpolating one that lets values rise for a while, with M = 10.
    #[must_use]
    pub fn nonmonotone() -> Self {
        Self {
            memory: 10,
            ..Self::interpolating()
        }
    }
}

impl<T: Scalar> StepSize<T> for Armijo {
    fn name(&self) -> &'static str {
        if self.memory > 1 {
            "nonmonotone"
        } else if self.interpolate {
            "interpolating"
        } else {
            "armijo"
        }
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        let inside = |v: f64| v > 0.0 && v < 1.0;
        Error::unless(
            inside(self.decrease),
            "decrease",
            self.decrease,
            "in (0, 1)",
        )?;
        Error::unless(inside(self.factor), "factor", self.factor, "in (0, 1)")?;
        Error::unless_memory(self.memory)?;
        Ok(Box::new(Backtracking {
            options: *self,
            boost: 1.0,
            values: VecDeque::new(),
        }))
    }
}

struct Backtracking {
    options: Armijo,
    /// How much farther than the first trial to begin. Grows while the first one is taken, because steps back never lead farther.
    boost: f64,
    /// The last M values.
    values: VecDeque<f64>,
}

impl<T: Scalar> Stepping<T> for Backtracking {
    fn step_size(
        &mut self,
        line: &mut Line<'_, '_, T>,
        first: f64,
        _iteration: u64,
    ) -> Option<f64> {
        let Armijo {
            decrease, factor, ..
        } = self.options;
        let origin = Sample::origin(line);
        self.values.push_back(origin.value);
        if self.values.len() > self.options.memory {
            self.values.pop_front();
        }
        let highest = self.values.iter().copied().fold(origin.value, f64::max);
        let begin = if first == 1.0 {
            1.0
        } else {
            (first * self.boost).min(f64::MAX)
        };
        let mut step = begin;
        while step > f64::MIN_POSITIVE {
            let there = Sample::value_at(line, step);
            // Also lower in truth: a step that is lost in rounding would be taken for ever.
            if there.value <= highest + decrease * step * origin.slope && there.value < highest {
                self.boost = if step == begin {
                    self.boost / factor
                } else {
                    1.0
                };
                return Some(step);
            }
            let model = parabola(origin, there);
            step = if self.options.interpolate && model.is_finite() {
                model.max(0.1 * step).min(0.5 * step)
            } else {
                factor * step
            };
        }
        None
    }

    fn may_rise(&self) -> bool {
        self.options.memory > 1
    }
}
