//! The minimum of the model in the coordinates that are free.

use super::Sides;
use super::cauchy::Cauchy;
use super::compact::{Compact, solve, times};
use crate::Scalar;
use crate::minimize::vector::{rounded, widened};

/// Moves the Cauchy point to the minimum of the quadratic model over the coordinates that it leaves between their bounds, brought back
/// between them.
///
/// That is `P(x^c + d)` with the d below, or, where all coordinates are free, `P(x − B⁻¹∇f(x))`. It is taken if it lies downhill from x,
/// and otherwise the last point of x^c + αd, α ≤ 1, between the bounds.
///
/// Source: J. Morales, J. Nocedal, "Remark on algorithm 778: L-BFGS-B", 2011.
pub(super) fn subspace<T: Scalar>(
    compact: &Compact<T>,
    sides: &Sides,
    x: &[T],
    gradient: &[T],
    cauchy: Cauchy,
) -> Vec<f64> {
    let point = &cauchy.x;
    let free: Vec<bool> = (0..x.len()).map(|i| sides.is_free(i, point[i])).collect();
    if compact.columns() == 0 || !free.contains(&true) {
        return cauchy.x;
    }
    let (from, d) = if free.contains(&false) {
        match direction(compact, &free, x, gradient, &cauchy) {
            Some(d) => (point.clone(), d),
            None => return cauchy.x,
        }
    } else {
        (widened(x), compact.newton(gradient))
    };
    let least: Vec<f64> = from.iter().zip(&d).map(|(from, d)| from + d).collect();
    let bounded = |i: usize, x: f64| if free[i] { sides.clamp(i, x) } else { point[i] };
    let projected: Vec<f64> = (0..x.len()).map(|i| bounded(i, least[i])).collect();
    let slopes = projected.iter().zip(x).zip(gradient);
    let slope: f64 = slopes
        .map(|((p, x), g)| (p - x.to_f64()) * g.to_f64())
        .sum();
    if slope < 0.0 {
        return projected;
    }
    let way = |i: usize| least[i] - point[i];
    let within = (0..x.len()).filter(|&i| free[i] && way(i) != 0.0);
    let step = within.map(|i| (sides.ahead(i, way(i)) - point[i]) / way(i));
    let step = step.fold(1.0, f64::min);
    (0..x.len())
        .map(|i| bounded(i, point[i] + step * way(i)))
        .collect()
}

/// From the Cauchy point to the least of the model over the free coordinates; `None` where that is lost in rounding.
///
/// ```text
/// r = ∇f(x) + θ(x^c − x) − WMc        the model's gradient at x^c, in the free coordinates
/// v = (I − MWᵀW/θ)⁻¹ MWᵀr,   d = −r/θ − Wv/θ²
/// ```
/// Source: Byrd, Lu, Nocedal & Zhu 1995, "direct primal method", (5.11).
fn direction<T: Scalar>(
    compact: &Compact<T>,
    free: &[bool],
    x: &[T],
    gradient: &[T],
    Cauchy { x: point, c }: &Cauchy,
) -> Option<Vec<f64>> {
    let (theta, middle) = (compact.theta, &compact.middle);
    let minus: Vec<f64> = times(middle, c).iter().map(|c| -c).collect();
    let mut r = vec![0.0; x.len()];
    compact.add(&minus, &mut r);
    for (i, r) in r.iter_mut().enumerate() {
        *r += gradient[i].to_f64() + theta * (point[i] - x[i].to_f64());
        if !free[i] {
            *r = 0.0;
        }
    }
    let v = times(middle, &compact.transposed_times(&rounded::<T>(&r)));
    let gram = compact.gram(free);
    // I − M(WᵀW)/θ; WᵀW is symmetric, so that its rows are its columns.
    let entry = |row: &[f64], i: usize, j: usize| {
        let unit = if i == j { 1.0 } else { 0.0 };
        unit - row.iter().zip(&gram[j]).map(|(m, w)| m * w).sum::<f64>() / theta
    };
    let rows = middle.iter().enumerate();
    let rows = rows.map(|(i, row)| (0..v.len()).map(|j| entry(row, i, j)).collect());
    let v = solve(rows.collect(), v.into_iter().map(|v| vec![v]).collect())?;
    let v: Vec<f64> = v.iter().flatten().map(|v| -v / (theta * theta)).collect();
    let mut d: Vec<f64> = r.iter().map(|r| -r / theta).collect();
    compact.add(&v, &mut d);
    Some(d)
}
