//! Proximal maps satisfy the conditions that define them.

use proptest::prelude::*;
use ravine::minimize::set::{L2Ball, LInfBall, Set, Simplex};
use ravine::minimize::term::{
    ElasticNet, GroupL1, Indicator, L1, NuclearNorm, Term, TotalVariation, Zero,
};

const N: usize = 6;

fn terms(weight: f64) -> Vec<Box<dyn Term>> {
    vec![
        Box::new(Zero),
        Box::new(L1::new(weight)),
        Box::new(GroupL1::new(weight, vec![1, 3, 2])),
        Box::new(ElasticNet::new(weight, 0.7)),
        Box::new(TotalVariation::new(weight)),
        Box::new(NuclearNorm::new(weight, 2, 3)),
        Box::new(NuclearNorm::new(weight, 3, 2)),
        Box::new(Indicator(Simplex::new(weight))),
        Box::new(Indicator(L2Ball::new(weight))),
    ]
}

fn prox(term: &dyn Term, step: f64, x: &[f64]) -> Vec<f64> {
    let mut p = x.to_vec();
    term.prox(step, &mut p);
    p
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn plus(a: &[f64], factor: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + factor * b).collect()
}

proptest! {
    /// (x − p)/t is a subgradient of g at p: g(z) ≥ g(p) + (x − p)ᵀ(z − p)/t for all z.
    #[test]
    fn what_is_left_is_a_subgradient(
        weight in 0.1..2.0f64,
        step in 0.1..3.0f64,
        x in prop::collection::vec(-3.0..3.0f64, N),
        others in prop::collection::vec(prop::collection::vec(-1.0..1.0f64, N), 20),
    ) {
        for term in terms(weight) {
            term.check(N).unwrap();
            let p = prox(&term, step, &x);
            let left = plus(&x, -1.0, &p);
            let value = term.value(&p);
            prop_assert!(value.is_finite());
            for (other, scale) in others.iter().zip([1e-3, 0.1, 1.0, 3.0].into_iter().cycle()) {
                let mut z = plus(&p, scale, other);
                if term.name() == "indicator" {
                    term.prox(1.0, &mut z);
                }
                let bound = value + dot(&left, &plus(&z, -1.0, &p)) / step;
                prop_assert!(term.value(&z) >= bound - 1e-11, "{}", term.name());
            }
        }
    }

    /// x = prox_tg(x) + t·prox_{g*/t}(x/t); the conjugate of λ‖·‖₁ is the indicator of the ball ‖·‖∞ ≤ λ, and of λ‖·‖₂ that of the ball ‖·‖₂ ≤ λ.
    #[test]
    fn moreau_decomposition(
        weight in 0.1..2.0f64,
        step in 0.1..3.0f64,
        x in prop::collection::vec(-5.0..5.0f64, N),
    ) {
        let pairs: [(Box<dyn Term>, Box<dyn Set>); 2] = [
            (Box::new(L1::new(weight)), Box::new(LInfBall::new(weight))),
            (Box::new(GroupL1::new(weight, vec![N])), Box::new(L2Ball::new(weight))),
        ];
        for (term, ball) in pairs {
            let mut dual: Vec<f64> = x.iter().map(|x| x / step).collect();
            ball.project(&mut dual);
            let sum = plus(&prox(&term, step, &x), step, &dual);
            prop_assert!(plus(&sum, -1.0, &x).iter().all(|d| d.abs() < 1e-13), "{}", term.name());
        }
    }

    /// The dual of total variation: p = x − Dᵀu with |u| ≤ λ, u = λ sign(Dp) where p steps; u follows from p by summation.
    #[test]
    fn total_variation_satisfies_its_dual(
        weight in 0.05..2.0f64,
        x in prop::collection::vec(-3.0..3.0f64, 1..60),
    ) {
        let p = prox(&TotalVariation::new(weight), 1.0, &x);
        let mut u = 0.0;
        for i in 0..x.len() {
            u += x[i] - p[i];
            if i + 1 == x.len() {
                prop_assert!(u.abs() < 1e-11);
            } else {
                prop_assert!(u.abs() <= weight + 1e-11);
                if p[i + 1] > p[i] {
                    prop_assert!((u + weight).abs() < 1e-11);
                } else if p[i + 1] < p[i] {
                    prop_assert!((u - weight).abs() < 1e-11);
                }
            }
        }
    }
}

#[test]
fn known_proximal_points() {
    assert_eq!(
        prox(&L1::new(1.0), 0.5, &[2.0, -0.25, -1.0]),
        [1.5, 0.0, -0.5]
    );
    assert_eq!(prox(&ElasticNet::new(1.0, 1.0), 1.0, &[3.0]), [1.0]);
    assert_eq!(
        prox(&GroupL1::new(5.0, vec![2, 1]), 0.5, &[3.0, 4.0, 1.0]),
        [1.5, 2.0, 0.0]
    );
    assert_eq!(
        prox(&TotalVariation::new(1.0), 1.0, &[0.0, 0.0, 9.0, 9.0]),
        [0.5, 0.5, 8.5, 8.5]
    );
    assert_eq!(
        prox(&TotalVariation::new(100.0), 1.0, &[1.0, 2.0, 6.0]),
        [3.0, 3.0, 3.0]
    );
    let diagonal = prox(&NuclearNorm::new(1.0, 2, 2), 1.0, &[3.0, 0.0, 0.0, 0.5]);
    assert!(
        diagonal
            .iter()
            .zip([2.0, 0.0, 0.0, 0.0])
            .all(|(a, b)| (a - b).abs() < 1e-15)
    );
}

/// On a grid as fine as it is, nothing is lower than the proximal point.
#[test]
fn no_point_of_a_grid_is_lower() {
    let x = [0.8, -0.3];
    let grid = (-60..=60).map(|i| f64::from(i) / 50.0);
    for term in [
        Box::new(TotalVariation::new(0.4)) as Box<dyn Term>,
        Box::new(NuclearNorm::new(0.4, 2, 1)),
        Box::new(ElasticNet::new(0.4, 0.3)),
    ] {
        let cost = |z: &[f64]| {
            let d = plus(z, -1.0, &x);
            term.value(z) + dot(&d, &d) / (2.0 * 0.7)
        };
        let best = cost(&prox(&term, 0.7, &x));
        for a in grid.clone() {
            assert!(
                grid.clone().all(|b| cost(&[a, b]) >= best - 1e-15),
                "{}",
                term.name()
            );
        }
    }
}

#[test]
fn impossible_terms_are_errors() {
    assert!(Term::<f64>::check(&L1::new(-1.0), 3).is_err());
    assert!(Term::<f64>::check(&GroupL1::new(1.0, vec![1, 1]), 3).is_err());
    assert!(Term::<f64>::check(&GroupL1::new(1.0, vec![usize::MAX, 2]), 1).is_err());
    assert!(Term::<f64>::check(&NuclearNorm::new(1.0, 2, 2), 3).is_err());
    assert!(
        prox(&NuclearNorm::new(1.0, 1, 2), 1.0, &[f64::NAN, 1.0])
            .iter()
            .all(|x| x.is_nan())
    );
}

#[test]
fn matrices_of_low_rank_and_of_no_shape() {
    let term = NuclearNorm::new(1.0, 2, 3);
    assert_eq!(prox(&term, 1.0, &[0.0; 6]), [0.0; 6]);
    // Rank 1, of the singular value 5·3.
    let (u, v) = ([0.6, 0.8], [1.0 / 3.0, 2.0 / 3.0, -2.0 / 3.0]);
    let outer = |s: f64| -> Vec<f64> {
        let rows = u.iter().flat_map(|u| v.iter().map(move |v| s * u * v));
        rows.collect()
    };
    let p = prox(&term, 6.0, &outer(15.0));
    assert!(
        plus(&p, -1.0, &outer(9.0)).iter().all(|d| d.abs() < 1e-14),
        "{p:?}"
    );
    assert_eq!(prox(&term, 15.1, &outer(15.0)), [0.0; 6]);
    assert!((term.value(&outer(15.0)) - 15.0).abs() < 1e-14);
    assert!(Term::<f64>::check(&NuclearNorm::new(1.0, 0, 3), 3).is_err());
    // No panic where the shape was never checked.
    prox(&NuclearNorm::new(1.0, 0, 0), 1.0, &[]);
    prox(&NuclearNorm::new(1.0, 3, 0), 1.0, &[]);
    assert!(
        prox(&NuclearNorm::new(1.0, 4, 4), 1.0, &[1.0])
            .iter()
            .all(|x| x.is_nan())
    );
}

#[test]
fn groups_of_huge_and_tiny_numbers_are_shortened() {
    let p = prox(&GroupL1::new(5e200, vec![2]), 1.0, &[6e200, 8e200]);
    assert!(
        (p[0] / 3e200 - 1.0).abs() < 1e-14 && (p[1] / 4e200 - 1.0).abs() < 1e-14,
        "{p:?}"
    );
    assert_eq!(
        prox(&GroupL1::new(0.0, vec![2]), 1.0, &[6e-200, 8e-200]),
        [6e-200, 8e-200]
    );
}
