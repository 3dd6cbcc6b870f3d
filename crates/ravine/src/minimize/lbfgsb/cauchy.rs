//! The generalised Cauchy point.

use super::Sides;
use super::compact::{Compact, times};
use crate::Scalar;
use crate::minimize::vector::dot;

/// A point on the path of steepest descent, bent at the bounds.
pub(super) struct Cauchy {
    pub(super) x: Vec<f64>,
    /// Wᵀ(x^c − x).
    pub(super) c: Vec<f64>,
}

/// The first minimum of the quadratic model along `P(x − t∇f(x))`.
///
/// The path is straight between the t at which a coordinate meets its bound. From piece to piece the first and second
/// derivative of the model, f′ and f″, are carried on in O(m²).
///
/// Source: Byrd, Lu, Nocedal & Zhu 1995, algorithm CP.
pub(super) fn cauchy<T: Scalar>(
    compact: &Compact<T>,
    sides: &Sides,
    x: &[T],
    gradient: &[T],
) -> Cauchy {
    let theta = compact.theta;
    let mut point: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
    let mut d: Vec<T> = gradient.iter().map(|g| -*g).collect();
    let mut bends = Vec::new();
    for (i, d) in d.iter_mut().enumerate() {
        let slope = -d.to_f64();
        let side = sides.ahead(i, -slope);
        let t = (point[i] - side) / slope;
        if slope == 0.0 {
            continue;
        } else if t <= 0.0 {
            *d = T::from_f64(0.0);
            point[i] = side;
        } else if t.is_finite() {
            bends.push((t, i, side));
        }
    }
    bends.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut p = compact.transposed_times(&d);
    let mut c = vec![0.0; p.len()];
    let square = dot(&d, &d);
    let mut first = -square;
    let mut second = theta * square - dot(&p, &times(&compact.middle, &p));
    let least = f64::EPSILON * theta * square;
    let mut before = 0.0;
    for (t, i, side) in bends {
        let piece = t - before;
        if -first / second.max(least) < piece {
            break;
        }
        let g = gradient[i].to_f64();
        let z = side - x[i].to_f64();
        point[i] = side;
        d[i] = T::from_f64(0.0);
        for (c, p) in c.iter_mut().zip(&p) {
            *c += piece * p;
        }
        let row = compact.row(i);
        let row_middle = times(&compact.middle, &row);
        first += piece * second + g * g + theta * g * z - g * dot(&row_middle, &c);
        second -= theta * g * g + 2.0 * g * dot(&row_middle, &p) + g * g * dot(&row_middle, &row);
        for (p, w) in p.iter_mut().zip(&row) {
            *p += g * w;
        }
        before = t;
    }
    let rest = if first < 0.0 {
        -first / second.max(least)
    } else {
        0.0
    };
    for (c, p) in c.iter_mut().zip(&p) {
        *c += rest * p;
    }
    for (i, d) in d.iter().enumerate() {
        let d = d.to_f64();
        if d != 0.0 {
            point[i] = sides.clamp(i, x[i].to_f64() + (before + rest) * d);
        }
    }
    Cauchy { x: point, c }
}
