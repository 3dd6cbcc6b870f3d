//! Estimates of gradients from values, and steps along them.

use proptest::prelude::*;
use ravine::minimize::{
    CoordinateDifferences, Error, Function, Gains, Limits, Method, Mezo, RandomDirections, Spsa,
    Stopped, Task, ZerothOrder,
};
use ravine::random::{Purpose, normal, stream};

fn bowl(x: &[f64]) -> f64 {
    let terms = x.iter().enumerate();
    terms
        .map(|(i, x)| (i + 1) as f64 * (x - 1.0) * (x - 1.0))
        .sum()
}

fn methods(gains: Gains) -> Vec<Box<dyn Method>> {
    vec![
        Box::new(ZerothOrder::new(RandomDirections::gaussian()).with_gains(gains)),
        Box::new(ZerothOrder::new(RandomDirections::sphere().with_directions(3)).with_gains(gains)),
        Box::new(ZerothOrder::new(Spsa::new()).with_gains(gains)),
        Box::new(ZerothOrder::new(CoordinateDifferences::new()).with_gains(gains)),
    ]
}

#[test]
fn names() {
    let names: Vec<String> = methods(Gains::new()).iter().map(|m| m.name()).collect();
    assert_eq!(
        names,
        [
            "random-directions",
            "random-directions",
            "spsa",
            "coordinate-differences"
        ]
    );
}

/// ĝ, read off a single step of size 1 from the start.
fn estimate(method: &dyn Method, f: &Function<'_>, x: &[f64], seed: u64) -> Vec<f64> {
    let limits = Limits {
        iterations: 1,
        ..Limits::default()
    };
    let task = Task::new(f, x).with_limits(limits).with_seed(seed);
    let answer = task.minimize(method).unwrap();
    x.iter().zip(&answer.x).map(|(x, y)| x - y).collect()
}

#[test]
fn estimates_are_the_gradient_on_average() {
    let f = Function::new(bowl);
    let x = [0.5, -0.3, 2.0];
    let gradient = [-1.0, -5.2, 6.0];
    let square: f64 = gradient.iter().map(|g| g * g).sum();
    for method in methods(Gains::constant(1.0, 1e-3)) {
        let seeds = 4000;
        let mut mean = [0.0; 3];
        for seed in 0..seeds {
            let g = estimate(&*method, &f, &x, seed);
            for (mean, g) in mean.iter_mut().zip(g) {
                *mean += g / seeds as f64;
            }
        }
        // The variance of one estimate's coordinate is at most 2‖∇f‖²; four deviations of the mean.
        let margin = 4.0 * (2.0 * square / seeds as f64).sqrt();
        for (m, g) in mean.iter().zip(gradient) {
            assert!((m - g).abs() < margin, "{}: {mean:?}", method.name());
        }
    }
    // Of a quadratic, central differences are exact.
    let exact =
        ZerothOrder::new(CoordinateDifferences::new()).with_gains(Gains::constant(1.0, 1e-3));
    for (e, g) in estimate(&exact, &f, &x, 0).iter().zip(gradient) {
        assert!((e - g).abs() < 1e-9, "{e} {g}");
    }
}

#[test]
fn an_estimate_costs_two_values_whatever_the_dimension() {
    let f = Function::new(bowl);
    let limits = Limits {
        iterations: 10,
        ..Limits::default()
    };
    let cost = |method: &dyn Method| {
        let task = Task::new(&f, &[0.0; 50]).with_limits(limits);
        task.minimize(method).unwrap().evaluations.value
    };
    // Eleven estimates: one for each point, the last of which is not followed by a step; and the value of the answer.
    let costs: Vec<u64> = methods(Gains::constant(1e-4, 1e-3))
        .iter()
        .map(|m| cost(&**m))
        .collect();
    assert_eq!(costs, [23, 67, 23, 1101]);
}

#[test]
fn converge_with_constant_and_with_decaying_gains() {
    let f = Function::new(bowl);
    let limits = Limits {
        iterations: 3_000,
        ..Limits::default()
    };
    for gains in [Gains::constant(0.02, 1e-4), Gains::new()] {
        for method in methods(gains) {
            let task = Task::new(&f, &[3.0, -2.0, 0.0]).with_limits(limits);
            let answer = task.minimize(&*method).unwrap();
            assert!(answer.value < 1e-3, "{} {answer:?}", method.name());
            assert_eq!(answer.value, bowl(&answer.x), "{}", method.name());
        }
    }
}

#[test]
fn spsa_converges_under_noise() {
    // Noise of deviation 0.1, a function of x so that the objective is one; c is of its size, as Spall advises.
    let f = Function::new(|x: &[f64]| {
        let seed = x.iter().fold(0, |s: u64, x| s.rotate_left(7) ^ x.to_bits());
        bowl(x) + 0.1 * normal(&mut stream(seed, Purpose::Noise, 0))
    });
    let limits = Limits {
        iterations: 5_000,
        ..Limits::default()
    };
    let gains = Gains {
        c: 0.1,
        ..Gains::new()
    };
    let answer = Task::new(&f, &[3.0, -2.0])
        .with_limits(limits)
        .minimize(&ZerothOrder::new(Spsa::new()).with_gains(gains))
        .unwrap();
    assert!(bowl(&answer.x) < 1e-2, "{answer:?}");
}

#[test]
fn bad_functions_have_an_honest_end() {
    let limits = Limits {
        iterations: 1_000,
        ..Limits::default()
    };
    for method in methods(Gains::new()) {
        let end = |f: fn(&[f64]) -> f64| {
            let f = Function::new(f);
            let task = Task::new(&f, &[1.0, 1.0]).with_limits(limits);
            task.minimize(&*method).unwrap().stopped
        };
        assert_eq!(end(|_| f64::NAN), Stopped::NonFinite);
        assert_eq!(end(|_| 3.0), Stopped::Iterations);
        assert_eq!(
            end(|x| if x[0] > 0.0 { x[0] } else { f64::NAN }),
            Stopped::Iterations
        );
    }
    // Steps of twice the stable size: the values grow until they overflow.
    let f = Function::new(bowl);
    for method in methods(Gains::constant(10.0, 1e-3)) {
        let task = Task::new(&f, &[2.0, 2.0]).with_limits(limits);
        let answer = task.minimize(&*method).unwrap();
        assert!(!answer.stopped.converged(), "{} {answer:?}", method.name());
    }
}

#[test]
fn impossible_options_are_errors() {
    let f = Function::new(bowl);
    for gains in [
        Gains::constant(0.0, 1e-3),
        Gains::constant(1.0, f64::NAN),
        Gains {
            alpha: -1.0,
            ..Gains::new()
        },
    ] {
        for method in methods(gains) {
            let answer = Task::new(&f, &[0.0]).minimize(&*method);
            assert!(matches!(answer, Err(Error::Option { .. })), "{answer:?}");
        }
    }
    let none = ZerothOrder::new(RandomDirections::sphere().with_directions(0));
    assert!(Task::new(&f, &[0.0]).minimize(&none).is_err());
    assert!(Mezo::new(0.1, 0.0).is_err() && Mezo::new(f64::NAN, 1e-3).is_err());
}

/// θ of two parameters, one of which spans several random streams.
fn network() -> (Vec<f64>, Vec<f64>) {
    let weight = (0..40_000).map(|i| (f64::from(i) * 0.37).sin());
    (weight.collect(), vec![0.5, -0.25, 0.125])
}

fn loss(parameters: &[(&str, &mut [f64])]) -> f64 {
    let all = parameters.iter().flat_map(|(_, values)| values.iter());
    all.map(|x| x * x).sum::<f64>() * 1e-3
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn mezo_comes_back_to_where_it_was(seed in any::<u64>(), epsilon in 1e-4..1.0f64) {
        let (mut weight, mut bias) = network();
        let before = (weight.clone(), bias.clone());
        let mut seen = Vec::new();
        let mut mezo = Mezo::new(0.0, epsilon).unwrap().with_seed(seed);
        mezo.step(&mut [("weight", &mut weight), ("bias", &mut bias)], |parameters| {
            seen.push(parameters[0].1.to_vec());
            loss(parameters)
        });
        // Three additions, each rounded to half a unit in the last place of numbers below |θ| + 6ε.
        let margin = 3.0 * f64::EPSILON * (1.0 + 6.0 * epsilon);
        for (x, b) in weight.iter().zip(&before.0).chain(bias.iter().zip(&before.1)) {
            prop_assert!((x - b).abs() <= margin, "{x} {b}");
        }
        // Both perturbations are the same z, which has variance 1.
        let z: Vec<f64> = seen[0].iter().zip(&before.0).map(|(p, b)| (p - b) / epsilon).collect();
        for ((m, b), z) in seen[1].iter().zip(&before.0).zip(&z) {
            prop_assert!((m - (b - epsilon * z)).abs() < 1e-9);
        }
        let variance = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
        prop_assert!((variance - 1.0).abs() < 5.0 * (2.0 / z.len() as f64).sqrt());
    }
}

#[test]
fn mezo_steps_along_z_by_the_slope() {
    let (mut weight, mut bias) = network();
    let before = weight.clone();
    let mut above = Vec::new();
    let (rate, epsilon) = (0.1, 1e-3);
    let mut mezo = Mezo::new(rate, epsilon).unwrap();
    let report = mezo.step(&mut [("weight", &mut weight), ("bias", &mut bias)], |p| {
        if above.is_empty() {
            above = p[0].1.to_vec();
        }
        loss(p)
    });
    let slope = (report.loss_above - report.loss_below) / (2.0 * epsilon);
    assert!((report.slope - slope).abs() <= 1e-12 * slope.abs());
    for ((x, b), a) in weight.iter().zip(&before).zip(&above) {
        let z = (a - b) / epsilon;
        assert!((x - (b - rate * slope * z)).abs() < 1e-9 * (1.0 + slope.abs()));
    }
    assert_eq!(mezo.steps(), 1);
}

#[test]
fn mezo_is_the_same_on_any_number_of_threads_in_any_order_and_resumed() {
    let run = |threads: usize, swapped: bool, resumed: bool| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let (mut weight, mut bias) = network();
            let mut mezo = Mezo::new(1e-4, 1e-3).unwrap().with_seed(3);
            for step in 0..4 {
                if resumed {
                    mezo = Mezo::new(1e-4, 1e-3).unwrap().with_seed(3).after(step);
                }
                // The order of a sum would change its bits.
                let max = |p: &[(&str, &mut [f64])]| {
                    let all = p.iter().flat_map(|(_, values)| values.iter());
                    all.fold(0.0, |most: f64, x| x.abs().max(most))
                };
                if swapped {
                    mezo.step(&mut [("b", &mut bias), ("w", &mut weight)], max);
                } else {
                    mezo.step(&mut [("w", &mut weight), ("b", &mut bias)], max);
                }
            }
            (weight, bias)
        })
    };
    let one = run(1, false, false);
    assert!(one.0 != network().0);
    assert!(one == run(3, false, false));
    assert!(one == run(2, true, false));
    assert!(one == run(2, false, true));
}

#[test]
fn mezo_skips_a_loss_that_is_not_finite() {
    let mut x = vec![1.0f32, 2.0];
    let mut mezo = Mezo::new(0.1, 1e-3).unwrap();
    let report = mezo.step(&mut [("x", &mut x)], |_| f64::NAN);
    assert!(report.slope.is_nan());
    assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 2.0).abs() < 1e-6);
}
