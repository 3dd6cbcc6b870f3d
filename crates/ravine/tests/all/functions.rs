//! exp, ln, ∛ and powers: against libm, at the edges, and in vectors.

use crate::common::{Naive, numbers};
use ravine::rule::{At, Rule, Step};
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Optimizer, Parameter, Real, Scalar, formula, hyper, hyper::Range};

/// Positive numbers of all sizes, subnormal ones too.
fn all_f32() -> impl Iterator<Item = f32> {
    (1..f32::INFINITY.to_bits())
        .step_by(4099)
        .map(f32::from_bits)
}

/// Positive numbers of all sizes, subnormal ones too.
fn all_f64() -> impl Iterator<Item = f64> {
    let step = 22_900_000_000_001;
    (1..f64::INFINITY.to_bits())
        .step_by(step)
        .map(f64::from_bits)
}

/// Numbers between two bounds, evenly.
fn between(low: f64, high: f64) -> impl Iterator<Item = f64> {
    (0..=400_000).map(move |i| low + (high - low) * f64::from(i) / 400_000.0)
}

/// The distance of a result from the exact value, in units of the last place of the exact value.
fn ulps(result: f32, exact: f64) -> f64 {
    if f64::from(result) == exact || exact.abs() > f64::from(f32::MAX) && result.is_infinite() {
        return 0.0;
    }
    let exponent = libm::ilogb(exact).max(-126) - 23;
    (f64::from(result) - exact).abs() / libm::ldexp(1.0, exponent)
}

/// The distance of a result from libm's, in numbers between; libm is itself wrong by less than one.
fn steps(result: f64, expected: f64) -> f64 {
    if result == expected {
        return 0.0;
    }
    assert_eq!(result.is_sign_negative(), expected.is_sign_negative());
    result.to_bits().abs_diff(expected.to_bits()) as f64
}

fn worst<T: Copy + std::fmt::Debug>(
    name: &str,
    bound: f64,
    arguments: impl Iterator<Item = T>,
    error: impl Fn(T) -> f64,
) {
    let mut worst = (0.0, None);
    for x in arguments {
        let error = error(x);
        assert!(!error.is_nan(), "{name} of {x:?}");
        if error > worst.0 {
            worst = (error, Some(x));
        }
    }
    println!("{name}: {worst:?}");
    assert!(worst.0 <= bound, "{name}: {worst:?}");
}

#[test]
fn f32_agrees_with_libm() {
    let exp = |x: f32| ulps(Real::exp(x), libm::exp(x.into()));
    let ln = |x: f32| ulps(Real::ln(x), libm::log(x.into()));
    let cbrt = |x: f32| ulps(Real::cbrt(x), libm::cbrt(x.into()));
    let sigmoid = |x: f32| ulps(x.sigmoid(), 1.0 / (1.0 + libm::exp(-f64::from(x))));
    worst("exp", 1.5, all_f32().chain(all_f32().map(|x| -x)), exp);
    worst("exp", 1.5, between(-104.0, 89.0).map(|x| x as f32), exp);
    worst("ln", 1.5, all_f32(), ln);
    worst("ln", 1.5, between(0.5, 2.0).map(|x| x as f32), ln);
    worst("∛", 1.5, all_f32().chain(all_f32().map(|x| -x)), cbrt);
    worst(
        "sigmoid",
        3.0,
        between(-80.0, 80.0).map(|x| x as f32),
        sigmoid,
    );
    let tanh = |x: f32| ulps(Real::tanh(x), libm::tanh(x.into()));
    worst("tanh", 3.0, all_f32().chain(all_f32().map(|x| -x)), tanh);
    worst("tanh", 3.0, between(-20.0, 20.0).map(|x| x as f32), tanh);
    for (p, bound) in [
        (0.125, 1.5),
        (0.5, 1.5),
        (1.0 / 3.0, 1.5),
        (-0.25, 1.5),
        (1.0, 2.0),
        (-1.0, 2.0),
        (2.0, 2.0),
        (-4.0, 4.0),
        (12.3, 13.0),
    ] {
        let p = p as f32;
        let power = |v: f32| ulps(Real::powf(v, p), libm::pow(v.into(), p.into()));
        worst(&format!("^{p}"), bound, all_f32(), power);
        worst(
            &format!("^{p}"),
            bound,
            between(0.5, 2.0).map(|x| x as f32),
            power,
        );
    }
}

#[test]
fn f64_agrees_with_libm() {
    let exp = |x: f64| steps(Real::exp(x), libm::exp(x));
    let ln = |x: f64| steps(Real::ln(x), libm::log(x));
    let cbrt = |x: f64| steps(Real::cbrt(x), libm::cbrt(x));
    worst("exp", 2.0, all_f64().chain(all_f64().map(|x| -x)), exp);
    worst("exp", 2.0, between(-746.0, 710.0), exp);
    worst("ln", 2.0, all_f64(), ln);
    worst("ln", 2.0, between(0.5, 2.0), ln);
    worst("∛", 2.0, all_f64().chain(all_f64().map(|x| -x)), cbrt);
    for (p, bound) in [
        (0.125, 2.0),
        (0.5, 2.0),
        (1.0 / 3.0, 2.0),
        (-0.25, 2.0),
        (1.0, 2.0),
        (-1.0, 2.0),
        (2.0, 2.0),
        (-4.0, 4.0),
        (12.3, 13.0),
    ] {
        let power = |v: f64| steps(Real::powf(v, p), libm::pow(v, p));
        worst(&format!("^{p}"), bound, all_f64(), power);
        worst(&format!("^{p}"), bound, between(0.5, 2.0), power);
    }
}

fn at_the_edges<T: Scalar>(infinity: T, nan: T, largest: T, smallest: T) {
    let n = T::from_f64;
    let is_nan = |v: T| v.to_f64().is_nan();
    assert_eq!(n(0.0).exp(), n(1.0));
    assert_eq!(n(-0.0).exp(), n(1.0));
    assert_eq!(infinity.exp(), infinity);
    assert_eq!(largest.exp(), infinity);
    assert_eq!((-infinity).exp(), n(0.0));
    assert_eq!((-largest).exp(), n(0.0));
    assert!(is_nan(nan.exp()) && is_nan((-nan).exp()));

    assert_eq!(n(1.0).ln(), n(0.0));
    assert_eq!(n(0.0).ln(), -infinity);
    assert_eq!(n(-0.0).ln(), -infinity);
    assert_eq!(infinity.ln(), infinity);
    assert!(
        [n(-1.0), -smallest, -infinity, nan]
            .iter()
            .all(|v| is_nan(v.ln()))
    );

    for root in 1..100 {
        let root = n(f64::from(root));
        assert_eq!((root * root * root).cbrt(), root);
        assert_eq!((-root * root * root).cbrt(), -root);
    }
    for v in [n(0.0), infinity, -infinity] {
        assert_eq!(v.cbrt(), v);
    }
    assert_eq!(n(1.0) / n(-0.0).cbrt(), -infinity, "the sign of zero");
    assert!(is_nan(nan.cbrt()));

    assert_eq!(infinity.sigmoid(), n(1.0));
    assert_eq!(n(0.0).sigmoid(), n(0.5));
    assert_eq!((-infinity).sigmoid(), n(0.0));
    assert!(is_nan(nan.sigmoid()));

    assert_eq!(infinity.tanh(), n(1.0));
    assert_eq!((-largest).tanh(), n(-1.0));
    assert_eq!(smallest.tanh(), smallest);
    assert_eq!(n(0.0).tanh(), n(0.0));
    assert!(is_nan(nan.tanh()));

    for v in [
        n(0.0),
        n(-0.0),
        smallest,
        n(0.3),
        n(1.0),
        n(7.0),
        largest,
        infinity,
    ] {
        assert_eq!(v.powf(n(0.0)), n(1.0), "{v:?}");
        assert_eq!(v.powf(n(1.0)), v, "{v:?}");
    }
    for p in [n(1e-3), n(0.5), n(1.0), n(100.0)] {
        assert_eq!(n(0.0).powf(p), n(0.0));
        assert_eq!(n(0.0).powf(-p), infinity);
        assert_eq!(infinity.powf(p), infinity);
        assert_eq!(infinity.powf(-p), n(0.0));
        assert_eq!(n(1.0).powf(p), n(1.0));
        assert!(is_nan(nan.powf(p)) && is_nan(n(-1.0).powf(p)) && is_nan((-infinity).powf(p)));
        assert!(is_nan(n(2.0).powf(nan)));
    }
    assert_eq!(n(2.0).powf(n(1e4)), infinity);
    assert_eq!(n(2.0).powf(n(-1e4)), n(0.0));
    assert_eq!(smallest.powf(n(1e30)), n(0.0));
    assert_eq!(smallest.powf(n(-1e30)), infinity);
}

#[test]
fn zero_infinity_and_nan() {
    at_the_edges(f32::INFINITY, f32::NAN, f32::MAX, f32::from_bits(1));
    at_the_edges(f64::INFINITY, f64::NAN, f64::MAX, f64::from_bits(1));
}

hyper! {
    /// Writes each function of the parameter to a state, and leaves the parameter.
    Functions {
        /// exponent of the power
        p: 0.3, Range::FRACTION;
    }
}

impl Rule for Functions {
    const NAME: &'static str = "functions";
    const STATE: &'static [&'static str] = &["exp", "ln", "cbrt", "power", "sigmoid", "tanh"];
    const CONSTANTS: &'static [&'static str] = &["p"];
    type State<T> = [T; 6];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.p)]
    }

    #[inline(always)]
    fn apply<T: Real>([p]: &[T; 1], At { x, g, .. }: At<T>, state: &mut [T; 6]) -> T {
        *state = [
            x.exp(),
            x.ln(),
            (x * x.abs()).cbrt(),
            (x + *p).powf(*p),
            x.sigmoid(),
            x.tanh(),
        ];
        g
    }
}

fn vectors_and_scalars<T: Scalar>(arguments: impl Iterator<Item = f64>) {
    let arguments: Vec<T> = arguments.map(T::from_f64).collect();
    for len in (1..70).chain([511, 1000, 20_011]) {
        let mut optimizer = Optimizer::new(Functions::new()).unwrap();
        let apart = arguments.iter().step_by(arguments.len() / len);
        let mut x: Vec<T> = apart.take(len).copied().collect();
        let zero = vec![T::from_f64(0.0); len];
        optimizer
            .step([Parameter::new("x", &mut x, Some(&zero))])
            .unwrap();
        let states = Functions::STATE
            .iter()
            .map(|name| optimizer.state("x", name).unwrap())
            .collect::<Vec<_>>();
        for (i, &x) in x.iter().enumerate() {
            let mut expected = [x; 6];
            let _ = Functions::apply(
                &[T::from_f64(0.3)],
                At {
                    x,
                    g: x,
                    gradient: x,
                    hessian: x,
                },
                &mut expected,
            );
            for (state, expected) in states.iter().zip(expected) {
                let (state, expected) = (state[i].to_f64(), expected.to_f64());
                let same = state.to_bits() == expected.to_bits();
                let nan = state.is_nan() && expected.is_nan();
                assert!(same || nan, "of {x:?}: {state}, {expected}");
            }
        }
    }
}

#[test]
fn vectors_and_scalars_give_the_same_bits() {
    vectors_and_scalars::<f32>(all_f32().map(f64::from).chain(between(-100.0, 100.0)));
    vectors_and_scalars::<f64>(all_f64().chain(between(-800.0, 800.0)));
}

#[test]
fn program_and_kernel_agree() {
    let mut x: Vec<f32> = numbers(1, 100);
    let mut parameters = [TensorParameter {
        name: "x".to_string(),
        shape: vec![100],
        values: x.clone(),
        gradient: Some(vec![0.0; 100]),
        hessian: None,
    }];
    let mut kernel = Optimizer::new(Functions::new()).unwrap();
    let mut program = TensorOptimizer::new(Functions::new(), Naive).unwrap();
    kernel
        .step([Parameter::new("x", &mut x, Some(&[0.0; 100]))])
        .unwrap();
    program.step(&mut parameters).unwrap();
    for name in Functions::STATE {
        let (a, b) = (kernel.state("x", name), program.state("x", name));
        for (a, b) in a.unwrap().iter().zip(b.unwrap()) {
            assert!(a == b || a.is_nan() && b.is_nan(), "{name}: {a} and {b}");
        }
    }
}

#[test]
fn the_functions_are_printed() {
    let printed = formula(&Functions::new().into());
    assert_eq!(
        printed,
        "u ← g\nexp ← exp(x)\nln ← ln(x)\ncbrt ← ∛(x·|x|)\npower ← (x + p)^p\nsigmoid ← 1 / (1 + exp(−x))\ntanh ← tanh(x)\nx ← x − u"
    );
}
