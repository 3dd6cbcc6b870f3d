//! What methods for functions of one variable share: an interval that shrinks.

use crate::Scalar;
use crate::minimize::objective::comparable;
use crate::minimize::{Answer, Error, Method, Run};

/// A minimum of a function of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalMinimum {
    /// Where.
    pub x: f64,
    /// f(x).
    pub value: f64,
    /// How often f was computed.
    pub evaluations: u64,
}

/// An interval that contains a minimum, if the function has only one there, and shrinks.
pub(super) trait Shrinking: Sized {
    /// The interval at its beginning, with its first values.
    fn between(lower: f64, upper: f64, f: &mut dyn FnMut(f64) -> f64) -> Self;

    /// One more value, and a smaller interval.
    fn shrink(&mut self, f: &mut dyn FnMut(f64) -> f64);

    /// The best point so far, and its value.
    fn best(&self) -> (f64, f64);

    /// How far the minimum may be from the best point; 0 where numbers between are exhausted.
    fn width(&self) -> f64;
}

/// More shrinkings than any interval of finite numbers allows.
const MOST: u64 = 10_000;

/// Shrinks an interval until its width is at most `tolerance · max(1, |x|)`.
pub(super) fn minimum<S: Shrinking>(
    f: &mut dyn FnMut(f64) -> f64,
    (lower, upper): (f64, f64),
    tolerance: f64,
) -> Result<IntervalMinimum, Error> {
    if !(lower.is_finite() && upper.is_finite() && lower <= upper) {
        return Err(Error::Bounds(format!(
            "the interval from {lower} to {upper} is not a finite one"
        )));
    }
    Error::unless(tolerance >= 0.0, "tolerance", tolerance, "at least 0")?;
    let mut evaluations = 0;
    let mut f = |x: f64| {
        evaluations += 1;
        comparable(f(x))
    };
    let mut state = S::between(lower, upper, &mut f);
    for _ in 0..MOST {
        let (x, _) = state.best();
        if state.width() <= tolerance * x.abs().max(1.0) {
            break;
        }
        state.shrink(&mut f);
    }
    let (x, value) = state.best();
    Ok(IntervalMinimum {
        x,
        value,
        evaluations,
    })
}

/// The same as a [`Method`] for functions of one variable.
pub(super) fn run<T: Scalar, S: Shrinking>(
    run: &mut Run<'_, T>,
    (lower, upper): (f64, f64),
) -> Result<Answer<T>, Error> {
    let state = S::between(lower, upper, &mut |x| run.value(&[T::from_f64(x)]));
    shrink(run, state)
}

/// Shrinks the interval until the run is told to stop.
pub(super) fn shrink<T: Scalar, S: Shrinking>(
    run: &mut Run<'_, T>,
    mut state: S,
) -> Result<Answer<T>, Error> {
    loop {
        let (x, value) = state.best();
        let x = vec![T::from_f64(x)];
        if let Some(stopped) = run.check_extent(&x, value, state.width(), f64::INFINITY) {
            return Ok(run.answer(x, value, None, stopped));
        }
        state.shrink(&mut |x| run.value(&[T::from_f64(x)]));
    }
}

/// The interval that a run is for: of one variable, with finite bounds.
pub(super) fn ends<T: Scalar>(
    run: &Run<'_, T>,
    method: &dyn Method<T>,
) -> Result<(f64, f64), Error> {
    one_variable(run)?;
    let needs = || Error::Needs {
        method: method.name(),
        what: "a finite lower and upper bound",
    };
    let bounds = run.bounds().filter(|b| b.are_finite()).ok_or_else(needs)?;
    let ends = bounds.lower().first().zip(bounds.upper().first());
    ends.map(|(l, u)| (*l, *u)).ok_or_else(needs)
}

/// An error unless the run is of one variable.
pub(super) fn one_variable<T: Scalar>(run: &Run<'_, T>) -> Result<(), Error> {
    match run.start().len() {
        1 => Ok(()),
        found => Err(Error::Dimension { expected: 1, found }),
    }
}
