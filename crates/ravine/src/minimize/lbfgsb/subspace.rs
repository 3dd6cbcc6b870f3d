//! The minimum of the model in the coordinates that are free.

use super::Sides;
use super::cauchy::Cauchy;
use super::compact::{Compact, solve, times};
use crate::Scalar;

/// Moves the Cauchy point to the minimum of the quadratic model over the coordinates that it leaves between their bounds, brought back
/// between them.
///
/// ```text
/// r = ∇f(x) + θ(x^c − x) − WMc        the model's gradient at x^c, in the free coordinates
/// v = (I − MWᵀW/θ)⁻¹ MWᵀr,   d = −r/θ − Wv/θ²
/// ```
/// `P(x^c + d)` is taken if it lies downhill from x, and otherwise the last point of x^c + αd, α ≤ 1, between the bounds.
///
/// Source: Byrd, Lu, Nocedal & Zhu 1995, "direct primal method", (5.11); J. Morales, J. Nocedal, "Remark on algorithm 778", 2011.
pub(super) fn subspace<T: Scalar>(
    compact: &Compact<T>,
    sides: &Sides,
    x: &[T],
    gradient: &[T],
    cauchy: Cauchy,
) -> Vec<f64> {
    let Cauchy { x: mut point, c } = cauchy;
    let theta = compact.theta;
    let free: Vec<bool> = (0..x.len()).map(|i| sides.is_free(i, point[i])).collect();
    if compact.columns() == 0 || !free.contains(&true) {
        return point;
    }
    let minus: Vec<f64> = times(&compact.middle, &c).iter().map(|c| -c).collect();
    let mut r = vec![0.0; x.len()];
    compact.add(&minus, &mut r);
    for (i, r) in r.iter_mut().enumerate() {
        *r += gradient[i].to_f64() + theta * (point[i] - x[i].to_f64());
        if !free[i] {
            *r = 0.0;
        }
    }
    let rounded: Vec<T> = r.iter().map(|r| T::from_f64(*r)).collect();
    let middle = &compact.middle;
    let v = times(middle, &compact.transposed_times(&rounded));
    let gram = compact.gram(&free);
    // I − M(WᵀW)/θ; WᵀW is symmetric, so that its rows are its columns.
    let entry = |row: &[f64], i: usize, j: usize| {
        let unit = if i == j { 1.0 } else { 0.0 };
        unit - row.iter().zip(&gram[j]).map(|(m, w)| m * w).sum::<f64>() / theta
    };
    let rows = middle.iter().enumerate();
    let rows = rows.map(|(i, row)| (0..v.len()).map(|j| entry(row, i, j)).collect());
    let Some(v) = solve(rows.collect(), v.into_iter().map(|v| vec![v]).collect()) else {
        return point;
    };
    let v: Vec<f64> = v.iter().flatten().map(|v| -v / (theta * theta)).collect();
    let mut d: Vec<f64> = r.iter().map(|r| -r / theta).collect();
    compact.add(&v, &mut d);
    let end = |i: usize, step: f64| {
        if free[i] {
            sides.clamp(i, point[i] + step * d[i])
        } else {
            point[i]
        }
    };
    let projected: Vec<f64> = (0..x.len()).map(|i| end(i, 1.0)).collect();
    let slopes = projected.iter().zip(x).zip(gradient);
    let slope: f64 = slopes
        .map(|((p, x), g)| (p - x.to_f64()) * g.to_f64())
        .sum();
    if slope < 0.0 {
        return projected;
    }
    let within = (0..x.len()).filter(|&i| free[i] && d[i] != 0.0);
    let step = within.map(|i| (sides.ahead(i, d[i]) - point[i]) / d[i]);
    let step = step.fold(1.0, f64::min);
    point = (0..x.len()).map(|i| end(i, step)).collect();
    point
}
