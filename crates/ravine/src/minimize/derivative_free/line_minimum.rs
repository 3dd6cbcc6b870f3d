//! The minimum along a line, from values alone.

use super::brent::Parabolas;
use super::interval::Shrinking;
use crate::Scalar;
use crate::minimize::Run;
use crate::minimize::vector::bottomless;

/// Three points with their values; the best is between the others, or is one of them.
pub(super) struct Bracket {
    pub(super) a: (f64, f64),
    pub(super) best: (f64, f64),
    pub(super) b: (f64, f64),
}

/// (1 + √5)/2, how much longer each step is than the one before.
const GROWTH: f64 = 1.618_033_988_749_895;

/// Steps grow until they overflow, or the value is as low as a fall without end.
const MOST: usize = 1500;

/// Goes downhill from a point in growing steps until the value rises, or an end is reached.
///
/// Source: the bracketing of W. H. Press et al., "Numerical Recipes", 3rd ed., section 10.1, between ends.
pub(super) fn bracket(
    f: &mut dyn FnMut(f64) -> f64,
    start: (f64, f64),
    first: f64,
    (lower, upper): (f64, f64),
) -> Bracket {
    let mut first = first;
    let (mut a, mut b) = (start, start);
    // The other way where this one is closed.
    for _ in 0..2 {
        let x = (a.0 + first).clamp(lower, upper);
        if x != a.0 {
            b = (x, f(x));
            break;
        }
        first = -first;
    }
    if b.1 > a.1 {
        (a, b) = (b, a);
    }
    for _ in 0..MOST {
        let c = (b.0 + GROWTH * (b.0 - a.0)).clamp(lower, upper);
        if c == b.0 || !c.is_finite() || b.1 < bottomless::<f64>() {
            break;
        }
        let c = (c, f(c));
        if c.1 >= b.1 {
            return Bracket { a, best: b, b: c };
        }
        (a, b) = (b, c);
    }
    Bracket { a, best: b, b }
}

/// The minimum of f(x + αd) over α, from f(x): moves x there and answers its value and α.
///
/// The first trial is `first`; the search ends when α is known to `precision` of itself, which is rough, because the next
/// directions will move the point anyway.
pub(super) fn minimize_along<T: Scalar>(
    run: &mut Run<'_, T>,
    x: &mut [T],
    value: f64,
    direction: &[f64],
    first: f64,
    precision: f64,
) -> (f64, f64) {
    let ends = ends(run, x, direction);
    let mut trial = x.to_vec();
    let bounds = run.bounds();
    let move_to = |alpha: f64, trial: &mut [T]| {
        for ((t, x), d) in trial.iter_mut().zip(&*x).zip(direction) {
            *t = T::from_f64(x.to_f64() + alpha * d);
        }
        if let Some(bounds) = bounds {
            bounds.project(trial);
        }
    };
    let mut f = |alpha: f64| {
        move_to(alpha, &mut trial);
        run.value(&trial)
    };
    let found = bracket(&mut f, (0.0, value), first, ends);
    let mut state = Parabolas::bracketed(found);
    // A minimum that is no further away than this is here.
    let smallest = 1e-3 * first.abs();
    while state.width() > precision * state.best().0.abs().max(smallest) {
        state.shrink(&mut f);
    }
    let (alpha, lowest) = state.best();
    if lowest < value {
        move_to(alpha, &mut trial);
        x.copy_from_slice(&trial);
        (lowest, alpha)
    } else {
        (value, 0.0)
    }
}

/// Between which α the points x + αd are between the bounds.
fn ends<T: Scalar>(run: &Run<'_, T>, x: &[T], direction: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let Some(bounds) = run.bounds() else {
        return (low, high);
    };
    let sides = bounds.lower().iter().zip(bounds.upper());
    for ((x, d), (l, u)) in x.iter().zip(direction).zip(sides) {
        let (to_l, to_u) = ((l - x.to_f64()) / d, (u - x.to_f64()) / d);
        if *d > 0.0 {
            (low, high) = (low.max(to_l), high.min(to_u));
        } else if *d < 0.0 {
            (low, high) = (low.max(to_u), high.min(to_l));
        }
    }
    // Rounding may have put x a little outside.
    (low.min(0.0), high.max(0.0))
}
