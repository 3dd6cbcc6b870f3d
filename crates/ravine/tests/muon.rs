//! The pieces of Muon against numbers worked out by hand.

use ravine::matrix::algebra::MatrixMut;
use ravine::matrix::muon::{ShapeFactor, direction, orthogonalise};

#[test]
fn the_momentum_is_an_average_and_nesterov_looks_ahead() {
    // m₁ = 0.5·0 + 0.5·4 = 2, m₂ = 0.5·2 + 0.5·(−2) = 0.
    let mut m = 0.0_f64;
    assert_eq!(direction(4.0, &mut m, 0.5, false), 2.0);
    assert_eq!(direction(-2.0, &mut m, 0.5, false), 0.0);
    // The same m, and d = 0.5m + 0.5g.
    let mut m = 0.0_f64;
    assert_eq!(direction(4.0, &mut m, 0.5, true), 3.0);
    assert_eq!(direction(-2.0, &mut m, 0.5, true), -1.0);
    assert_eq!(m, 0.0);
}

#[test]
fn shape_factors() {
    assert_eq!(ShapeFactor::Original.of(64, 16), 2.0);
    assert_eq!(ShapeFactor::Original.of(16, 64), 1.0);
    assert_eq!(ShapeFactor::MatchAdamW.of(100, 25), 2.0);
    assert_eq!(ShapeFactor::MatchAdamW.of(25, 100), 2.0);
}

#[test]
fn updates_are_orthogonalised_and_scaled() {
    // One row: its only singular value is its norm, 5. Divided by it, 1 becomes φ⁵(1), φ(σ) = 3.4445σ − 4.775σ³ + 2.0315σ⁵.
    let polynomial = |s: f64| 3.4445 * s - 4.775 * s.powi(3) + 2.0315 * s.powi(5);
    let value = (0..5).fold(5.0 / (5.0 + 1e-7), |s, _| polynomial(s));
    let mut d = [3.0_f64, -4.0];
    orthogonalise(MatrixMut::new(&mut d, 1, 2).unwrap(), 10.0).unwrap();
    assert!((d[0] - 6.0 * value).abs() < 1e-12, "{}", d[0]);
    assert!((d[1] + 8.0 * value).abs() < 1e-12, "{}", d[1]);
}
