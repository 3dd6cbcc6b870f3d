//! The line search of Moré and Thuente.

use super::Stateless;
use super::conditions::Conditions;
use super::sample::{Sample, cubic, secant};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Error, Line};

options! {
    /// The line search of Moré and Thuente, for the strong Wolfe conditions
    ///
    /// ```text
    /// φ(α) ≤ φ(0) + c₁αφ′(0),   |φ′(α)| ≤ c₂|φ′(0)|
    /// ```
    /// An interval of uncertainty is narrowed by trials that cubics, parabolas and secants suggest, first for `ψ(α) = φ(α) − φ(0) − c₁αφ′(0)`, and for φ
    /// once ψ is negative and rises. It is the search of MINPACK-2, and through it of SciPy's BFGS and L-BFGS-B.
    ///
    /// Where φ(α) and φ(0) differ by rounding only, slopes judge instead of values. In front of a wall, beyond which the function does not exist,
    /// and where it falls without end, there may be no such α; a step that satisfies the first condition is the answer then.
    ///
    /// Source: J. J. Moré & D. J. Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994, sections 2 to 4.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct MoreThuente {
        /// c₁, in (0, 1). 1e-4.
        pub decrease: f64,
        /// c₂, between c₁ and 1. 0.9, as Newton's and quasi-Newton methods want it; conjugate gradients want 0.1.
        pub curvature: f64,
    }
}

impl Default for MoreThuente {
    fn default() -> Self {
        Self {
            decrease: 1e-4,
            curvature: 0.9,
        }
    }
}

impl MoreThuente {
    /// With c₁ = 1e-4 and c₂ = 0.9.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Most points that a search looks at.
const MOST: usize = 80;

impl Stateless for MoreThuente {
    const NAME: &'static str = "more-thuente";

    fn check(&self) -> Result<(), Error> {
        Conditions::check(self.decrease, self.curvature)
    }

    fn search<T: Scalar>(&self, line: &mut Line<'_, '_, T>, first: f64) -> Option<f64> {
        let origin = Sample::origin(line);
        let conditions = Conditions::new::<T>(self.decrease, self.curvature, origin);
        let tilt = self.decrease * origin.slope;
        let psi = |sample: Sample| Sample {
            value: sample.value - origin.value - tilt * sample.step,
            slope: sample.slope - tilt,
            ..sample
        };
        let mut interval = Interval {
            best: origin,
            other: origin,
            bracketed: false,
        };
        // The nearest step at which the function is known not to exist.
        let mut wall = f64::INFINITY;
        let mut by_psi = true;
        let mut widths = [f64::INFINITY; 2];
        let mut step = first;
        for _ in 0..MOST {
            let trial = Sample::at(line, step);
            if trial.is_bottomless::<T>() {
                return Some(step);
            }
            if !trial.exists() {
                wall = step;
                step = interval.best.step + 0.1 * (step - interval.best.step);
                if step == interval.best.step {
                    break;
                }
                continue;
            }
            if conditions.hold(trial) {
                return Some(step);
            }
            if psi(trial).value <= 0.0 && trial.slope >= 0.0 {
                by_psi = false;
            }
            let from = interval.best.step;
            if by_psi && trial.value <= interval.best.value && psi(trial).value > 0.0 {
                let tilted = interval.map(psi);
                let (next, ends) = tilted.update(psi(trial));
                interval = ends.map(|end| Sample {
                    value: end.value + origin.value + tilt * end.step,
                    slope: end.slope + tilt,
                    ..end
                });
                step = next;
            } else {
                (step, interval) = interval.update(trial);
            }
            let Interval {
                best,
                other,
                bracketed,
            } = interval;
            if bracketed {
                let width = (other.step - best.step).abs();
                if width >= 0.66 * widths[1] {
                    step = 0.5 * (best.step + other.step);
                }
                widths = [width, widths[0]];
                let (least, most) = (best.step.min(other.step), best.step.max(other.step));
                step = step.max(least).min(most);
                if step == least || step == most {
                    break;
                }
            } else {
                let (least, most) = (1.1, 4.0);
                let moved = trial.step - from;
                step = step
                    .max(trial.step + least * moved)
                    .min(trial.step + most * moved);
                if step >= wall {
                    step = 0.5 * (trial.step + wall);
                    if step == trial.step || step == wall {
                        break;
                    }
                }
            }
        }
        let best = interval.best;
        conditions.falls(best).then_some(best.step)
    }
}

/// The interval of uncertainty: the best step so far and the other end, between which there is a minimum once it is `bracketed`.
#[derive(Clone, Copy)]
struct Interval {
    best: Sample,
    other: Sample,
    bracketed: bool,
}

impl Interval {
    fn map(self, change: impl Fn(Sample) -> Sample) -> Self {
        Self {
            best: change(self.best),
            other: change(self.other),
            ..self
        }
    }

    /// The next trial (section 4), and the interval with this one in it (section 2).
    fn update(self, trial: Sample) -> (f64, Self) {
        let Self {
            best,
            other,
            bracketed,
        } = self;
        let turned = trial.slope * best.slope < 0.0;
        let nearer = |a: f64, b: f64, to: f64| {
            if (a - to).abs() < (b - to).abs() {
                a
            } else {
                b
            }
        };
        let farther = |a: f64, b: f64| {
            let from = trial.step;
            if (a - from).abs() > (b - from).abs() {
                a
            } else {
                b
            }
        };
        // Case 1: higher. The minimum is between.
        let (next, bracketed) = if trial.value > best.value {
            let (cubic, parabola) = (cubic(best, trial), super::sample::parabola(best, trial));
            let next = if (cubic - best.step).abs() < (parabola - best.step).abs() {
                cubic
            } else {
                cubic + 0.5 * (parabola - cubic)
            };
            (next, true)
        // Case 2: lower, and the slope turned. The minimum is between.
        } else if turned {
            (farther(cubic(best, trial), secant(best, trial)), true)
        // Case 3: lower, and the slope is less steep. The minimum is likely beyond.
        } else if trial.slope.abs() <= best.slope.abs() {
            let beyond = |step: f64| (step - trial.step) * (trial.step - best.step) > 0.0;
            let secant = secant(best, trial);
            let cubic = cubic(best, trial);
            if bracketed {
                let next = if beyond(cubic) {
                    nearer(cubic, secant, trial.step)
                } else {
                    secant
                };
                let limit = trial.step + 0.66 * (other.step - trial.step);
                let next = if trial.step > best.step {
                    next.min(limit)
                } else {
                    next.max(limit)
                };
                (next, true)
            } else {
                (
                    if beyond(cubic) {
                        farther(cubic, secant)
                    } else {
                        secant
                    },
                    false,
                )
            }
        // Case 4: lower, and no less steep.
        } else if bracketed {
            (cubic(other, trial), true)
        } else {
            (
                if trial.step > best.step {
                    f64::INFINITY
                } else {
                    0.0
                },
                false,
            )
        };
        let ends = if trial.value > best.value {
            Self {
                best,
                other: trial,
                bracketed,
            }
        } else if turned {
            Self {
                best: trial,
                other: best,
                bracketed,
            }
        } else {
            Self {
                best: trial,
                other,
                bracketed,
            }
        };
        // NaN where a model has no minimum because of rounding.
        let middle = 0.5 * (ends.best.step + ends.other.step);
        (if next.is_nan() { middle } else { next }, ends)
    }
}
