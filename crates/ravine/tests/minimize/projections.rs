//! Projections satisfy the variational inequality that defines them, and oracles are not beaten by any point.

use proptest::prelude::*;
use ravine::minimize::set::{Affine, HalfSpace, L1Ball, L2Ball, LInfBall, Set, Simplex, Whole};
use ravine::minimize::{Bounds, Error};

const N: usize = 6;

fn sets(numbers: &[f64]) -> Vec<Box<dyn Set>> {
    let radius = 0.2 + numbers[0].abs();
    let (lower, upper) = (numbers.iter(), numbers.iter().rev());
    let sides = lower.zip(upper).map(|(a, b)| (a.min(*b), a.max(*b)));
    let (lower, upper) = sides.unzip();
    vec![
        Box::new(Whole),
        Box::new(Bounds::new(lower, upper).unwrap()),
        Box::new(Simplex::new(radius)),
        Box::new(L1Ball::new(radius)),
        Box::new(L2Ball::new(radius)),
        Box::new(LInfBall::new(radius)),
        Box::new(HalfSpace::new(numbers.to_vec(), 0.5).unwrap()),
        // The third equation is the sum of the others.
        Box::new(
            Affine::new(
                &[
                    1.0, 2.0, 0.0, -1.0, 0.5, 3.0, //
                    0.0, 1.0, 1.0, 4.0, -2.0, 1.0, //
                    1.0, 3.0, 1.0, 3.0, -1.5, 4.0,
                ],
                &[1.0, -2.0, -1.0],
            )
            .unwrap(),
        ),
    ]
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn projected(set: &dyn Set, x: &[f64]) -> Vec<f64> {
    let mut p = x.to_vec();
    set.project(&mut p);
    p
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

proptest! {
    #[test]
    fn projections_are_nearest(
        numbers in prop::collection::vec(-1.0..1.0f64, N),
        x in prop::collection::vec(-3.0..3.0f64, N),
        others in prop::collection::vec(prop::collection::vec(-3.0..3.0f64, N), 20),
    ) {
        prop_assume!(numbers.iter().any(|a| a.abs() > 0.1));
        for set in sets(&numbers) {
            set.check(N).unwrap();
            let p = projected(&set, &x);
            let again = projected(&set, &p);
            prop_assert!(minus(&again, &p).iter().all(|d| d.abs() <= 1e-14), "{}", set.name());
            for other in &others {
                let z = projected(&set, other);
                let product = dot(&minus(&x, &p), &minus(&z, &p));
                prop_assert!(product <= 1e-12, "{}: {product}", set.name());
            }
        }
    }

    #[test]
    fn projections_lie_in_their_set(
        numbers in prop::collection::vec(-1.0..1.0f64, N),
        x in prop::collection::vec(-3.0..3.0f64, N),
    ) {
        let l1 = |x: &[f64]| x.iter().map(|x| x.abs()).sum::<f64>();
        let radius = 0.2 + numbers[0].abs();
        let p = projected(&Simplex::new(radius), &x);
        prop_assert!(p.iter().all(|&p| p >= 0.0) && (l1(&p) - radius).abs() < 1e-14);
        prop_assert!(l1(&projected(&L1Ball::new(radius), &x)) <= radius + 1e-14);
        let p = projected(&L2Ball::new(radius), &x);
        prop_assert!(dot(&p, &p).sqrt() <= radius + 1e-14);
        prop_assert!(projected(&LInfBall::new(radius), &x).iter().all(|p| p.abs() <= radius));
        let p = projected(&Affine::new(&numbers, &[0.7]).unwrap(), &x);
        prop_assert!((dot(&numbers, &p) - 0.7).abs() < 1e-13);
    }

    #[test]
    fn oracles_are_not_beaten(
        numbers in prop::collection::vec(-1.0..1.0f64, N),
        c in prop::collection::vec(-1.0..1.0f64, N),
        others in prop::collection::vec(prop::collection::vec(-3.0..3.0f64, N), 20),
    ) {
        prop_assume!(numbers.iter().any(|a| a.abs() > 0.1));
        let mut have = 0;
        for set in sets(&numbers) {
            let mut s = vec![0.0; N];
            if !set.lowest(&c, &mut s) {
                continue;
            }
            have += 1;
            prop_assert!(minus(&projected(&set, &s), &s).iter().all(|d| d.abs() < 1e-14), "{}", set.name());
            for other in &others {
                let z = projected(&set, other);
                prop_assert!(dot(&c, &s) <= dot(&c, &z) + 1e-13, "{}", set.name());
            }
        }
        prop_assert_eq!(have, 5);
    }
}

#[test]
fn equal_and_extreme_numbers_are_projected() {
    assert_eq!(projected(&Simplex::default(), &[7.0; 4]), [0.25; 4]);
    assert_eq!(projected(&Simplex::default(), &[0.0, 1e300]), [0.0, 1.0]);
    assert_eq!(projected(&L1Ball::new(2.0), &[3.0, -3.0]), [1.0, -1.0]);
    assert_eq!(projected(&L2Ball::new(5.0), &[6.0, 8.0]), [3.0, 4.0]);
    let half_line = Bounds::new(vec![f64::NEG_INFINITY, 1.0], vec![0.0, 1.0]).unwrap();
    assert_eq!(projected(&half_line, &[-1e9, 4.0]), [-1e9, 1.0]);
}

#[test]
fn impossible_sets_are_errors() {
    assert!(Set::<f64>::check(&Simplex::new(0.0), 3).is_err());
    assert!(Set::<f64>::check(&L2Ball::new(f64::NAN), 3).is_err());
    assert!(HalfSpace::new(vec![0.0, 0.0], 1.0).is_err());
    let plane = HalfSpace::new(vec![1.0, 0.0], 1.0).unwrap();
    assert!(matches!(Set::<f64>::check(&plane, 3), Err(Error::Set(_))));
    let contradiction = Affine::new(&[1.0, 1.0, 2.0, 2.0], &[1.0, 3.0]);
    assert_eq!(
        contradiction.unwrap_err().to_string(),
        "no point satisfies all equations"
    );
    assert!(Affine::new(&[1.0, 2.0, 3.0], &[1.0, 2.0]).is_err());
    assert!(Affine::new(&[f64::NAN], &[1.0]).is_err());
}

#[test]
fn huge_and_tiny_points_are_projected() {
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a / b - 1.0).abs() < 1e-14);
    assert!(close(
        &projected(&L2Ball::new(5.0), &[6e200, 8e200]),
        &[3.0, 4.0]
    ));
    assert!(close(
        &projected(&L2Ball::new(5e-200), &[6e-200, 8e-200]),
        &[3e-200, 4e-200]
    ));
    let mut s = [0.0; 2];
    assert!(L2Ball::new(5.0).lowest(&[-6e-200, -8e-200], &mut s));
    assert!(close(&s, &[3.0, 4.0]));
    assert!(L2Ball::new(5.0).lowest(&[-6e-320, -8e-320], &mut s));
    assert!((s[0] - 3.0).abs() < 1e-3 && (s[1] - 4.0).abs() < 1e-3);
    for scale in [1e200, 1e-200] {
        let plane = HalfSpace::new(vec![3.0 * scale, 4.0 * scale], 5.0 * scale).unwrap();
        assert!(close(&projected(&plane, &[1.2, 1.6]), &[0.6, 0.8]));
        assert_eq!(projected(&plane, &[-1.2, -1.6]), [-1.2, -1.6]);
    }
}

#[test]
fn equations_may_depend_on_one_another_but_not_contradict() {
    // Rows of zeros say nothing; nor does a row again, however it is scaled.
    let of = |a: &[f64], b: &[f64]| Affine::new(a, b);
    let line = of(&[3.0, 4.0], &[5.0]).unwrap();
    let same = of(
        &[0.0, 0.0, 3e-9, 4e-9, 3e9, 4e9, 3.0, 4.0],
        &[0.0, 5e-9, 5e9, 5.0],
    )
    .unwrap();
    let (a, b) = (
        projected(&line, &[7.0, -2.0]),
        projected(&same, &[7.0, -2.0]),
    );
    assert!(minus(&a, &b).iter().all(|d| d.abs() < 1e-14), "{a:?} {b:?}");
    let everywhere = of(&[0.0, 0.0], &[0.0]).unwrap();
    assert_eq!(projected(&everywhere, &[7.0, -2.0]), [7.0, -2.0]);
    let point = of(&[1.0, 1.0, 1.0, -1.0, 2.0, 0.0], &[3.0, 1.0, 4.0]).unwrap();
    assert!(
        minus(&projected(&point, &[7.0, -2.0]), &[2.0, 1.0])
            .iter()
            .all(|d| d.abs() < 1e-14)
    );
    for (a, b) in [
        (vec![0.0, 0.0], vec![1.0]),
        (vec![0.0, 0.0, 1.0, 1.0], vec![1e-30, 1.0]),
        // Lost beside the first row, if that were to set the scale.
        (vec![1e12, 1e12, 1.0, 1.0], vec![1e12, 1.5]),
        (vec![1.0, 1.0, 1.0, -1.0, 1.0, 0.0], vec![3.0, 1.0, 2.5]),
    ] {
        let error = of(&a, &b).unwrap_err();
        assert_eq!(error.to_string(), "no point satisfies all equations");
    }
    for (a, b) in [(1.0, f64::NAN), (f64::INFINITY, 1.0), (1.0, f64::INFINITY)] {
        let error = of(&[a, 1.0], &[b]).unwrap_err();
        assert!(error.to_string().contains("must be finite"), "{error}");
    }
    assert!(of(&[], &[]).is_err());
    assert!(of(&[], &[1.0]).is_err());
    assert!(HalfSpace::new(vec![], 1.0).is_err());
    assert!(HalfSpace::new(vec![1e-310], 1.0).is_err());
    assert!(HalfSpace::new(vec![1.0], f64::NAN).is_err());
    assert!(HalfSpace::new(vec![1.0, f64::INFINITY], 1.0).is_err());
}
