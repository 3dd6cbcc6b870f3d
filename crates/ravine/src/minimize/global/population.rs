//! What methods with many points share. Points are f64 inside, and rounded where the objective sees them.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::sampling::Sampling;
use crate::Scalar;
use crate::minimize::objective::comparable;
pub(super) use crate::minimize::vector::{rounded, widened};
use crate::minimize::{Bounds, Error, Method, Run};
use crate::random::ChaCha8Rng;

/// The most points of a population. More would be no use, and might be more than the memory holds.
pub(super) const MOST: usize = 1_000_000;

/// The values at some points, NaN as +∞. Of points for which there are no evaluations left it is +∞, too.
///
/// The first point is timed, and the others go to other threads if they take longer than waking these. The values are the same
/// either way.
pub(super) fn values<T: Scalar>(run: &mut Run<'_, T>, points: &[Vec<f64>]) -> Vec<f64> {
    const WAKING: Duration = Duration::from_micros(50);
    let objective = run.evaluator.objective();
    let at = |x: &Vec<f64>| comparable(objective.value(&rounded::<T>(x)));
    let count = points.len();
    let granted = run.grant(count as u64) as usize;
    let mut values = Vec::with_capacity(count);
    if let Some((first, others)) = points[..granted].split_first() {
        // There is no clock in a browser.
        let begun = (!cfg!(target_family = "wasm")).then(Instant::now);
        values.push(at(first));
        if begun.is_some_and(|begun| begun.elapsed() * (granted as u32) > WAKING) {
            values.par_extend(others.par_iter().map(at));
        } else {
            values.extend(others.iter().map(at));
        }
    }
    values.resize(count, f64::INFINITY);
    values
}

/// The best point so far.
#[derive(Clone, Debug)]
pub(super) struct Best {
    pub(super) x: Vec<f64>,
    pub(super) value: f64,
}

impl Best {
    /// A point that any other with a value replaces.
    pub(super) fn none(x: &[f64]) -> Self {
        Self {
            x: x.to_vec(),
            value: f64::INFINITY,
        }
    }

    /// Takes a point that is better, and says whether it was.
    pub(super) fn offer(&mut self, x: &[f64], value: f64) -> bool {
        let better = value < self.value;
        if better {
            self.x.copy_from_slice(x);
            self.value = value;
        }
        better
    }

    /// Takes the best of some points, if it is better, and says whether it was.
    pub(super) fn offer_all(&mut self, points: &[Vec<f64>], values: &[f64]) -> bool {
        let pairs = points.iter().zip(values);
        pairs.fold(false, |better, (x, v)| self.offer(x, *v) || better)
    }
}

/// The bounds of a run, which must be finite.
pub(super) fn finite_bounds<'a, T: Scalar>(
    run: &Run<'a, T>,
    method: &dyn Method<T>,
) -> Result<&'a Bounds, Error> {
    let bounds = run.bounds().ok_or_else(|| Error::Needs {
        method: method.name(),
        what: "bounds, which it draws its first points from",
    })?;
    if bounds.are_finite() {
        Ok(bounds)
    } else {
        let method = method.name();
        Err(Error::Bounds(format!(
            "{method} draws its first points between the bounds, so they must be finite"
        )))
    }
}

/// The first points of a population: the start, and others in a Latin hypercube.
pub(super) fn first_points<T: Scalar>(
    run: &Run<'_, T>,
    bounds: &Bounds,
    count: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<f64>> {
    let mut points = Sampling::LatinHypercube.points(bounds, count, rng);
    if let Some(first) = points.first_mut() {
        *first = widened(&run.start());
    }
    points
}

/// Which of n variables are not fixed by their bounds.
pub(super) fn free<T: Scalar>(run: &Run<'_, T>, n: usize) -> Vec<bool> {
    let fixed = |bounds: &Bounds, i: usize| bounds.lower().get(i) == bounds.upper().get(i);
    let is_free = |i| run.bounds().is_none_or(|bounds| !fixed(bounds, i));
    (0..n).map(is_free).collect()
}

/// Each coordinate's scale: the distance of its bounds where they are finite (0 where they are the same), else max(1, |xᵢ|).
pub(super) fn scales<T: Scalar>(run: &Run<'_, T>, x: &[f64]) -> Vec<f64> {
    let width = |i: usize| {
        let bounds = run.bounds()?;
        let width = bounds.upper().get(i)? - bounds.lower().get(i)?;
        width.is_finite().then_some(width)
    };
    let scale = |(i, x): (usize, &f64)| width(i).unwrap_or(x.abs().max(1.0));
    x.iter().enumerate().map(scale).collect()
}

/// The largest range of any coordinate.
pub(super) fn extent(points: &[Vec<f64>]) -> f64 {
    let n = points.first().map_or(0, Vec::len);
    let range = |i: usize| spread(points.iter().filter_map(|x| x.get(i).copied()));
    (0..n).map(range).fold(0.0, f64::max)
}

/// The range of some numbers; +∞ if one is infinite.
pub(super) fn spread(values: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    if high.is_finite() {
        high - low
    } else {
        f64::INFINITY
    }
}

/// Reflects a point at the bounds, as often as needed.
pub(super) fn reflect(x: &mut [f64], bounds: Option<&Bounds>) {
    let Some(bounds) = bounds else { return };
    for (x, (l, u)) in x.iter_mut().zip(bounds.lower().iter().zip(bounds.upper())) {
        if (*l..=*u).contains(x) {
            continue;
        }
        let width = u - l;
        *x = if width.is_finite() {
            let folded = (*x - l).rem_euclid(2.0 * width);
            l + folded.min(2.0 * width - folded)
        } else if *x < *l {
            2.0 * l - *x
        } else {
            2.0 * u - *x
        };
        // Not a number where the width is 0; and rounding.
        *x = if x.is_nan() { *l } else { x.clamp(*l, *u) };
    }
}
