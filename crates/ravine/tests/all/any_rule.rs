//! Links that go with any rule, against plain loops in f64 written from the papers.

use crate::common::{Naive, numbers};
use ravine::average::AsgdAverage;
use ravine::rule::{
    AccSgd, AdaptiveGradientClipping, ClipBlockRms, ClipNorm, ClipPercentile,
    GradientCentralisation, GradientNoise, Layout, LearningRate, Normalise, NormaliseGlobal,
    Optimistic, OrthogonalGradient, Rprop, Sign, SmoothLion,
};
use ravine::tensor::{TensorOptimizer, TensorParameter};
use ravine::{Chain, Optimizer, Parameter, Scalar};
use rayon::ThreadPoolBuilder;

/// A parameter with its gradient, in f64.
#[derive(Clone)]
struct Case {
    name: String,
    shape: Vec<usize>,
    x: Vec<f64>,
    g: Vec<f64>,
}

/// Parameters of all ranks; the gradients' size changes from one to the next and from step to step.
fn cases(step: u64) -> Vec<Case> {
    let shapes: [&[usize]; 7] = [
        &[4, 3, 2],
        &[5, 6],
        &[7],
        &[],
        &[1, 9],
        &[2, 3, 4, 5],
        &[0, 3],
    ];
    let case = |(index, shape): (usize, &&[usize])| {
        let len = shape.iter().product();
        let size = 0.02 * 3_f64.powi(index as i32) * (1.0 + (step as f64).sin().abs());
        let seed = 100 * step + index as u64;
        Case {
            name: format!("p{index}"),
            shape: shape.to_vec(),
            x: numbers(seed + 50, len),
            g: numbers::<f64>(seed, len).iter().map(|g| size * g).collect(),
        }
    };
    shapes.iter().enumerate().map(case).collect()
}

/// The updates of one step from these parameters and gradients, and whether the report says that something was clipped.
fn step<T: Scalar>(optimizer: &mut Optimizer<T>, cases: &[Case]) -> (Vec<Vec<f64>>, bool) {
    let narrow = |values: &[f64]| values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    let before: Vec<Vec<T>> = cases.iter().map(|case| narrow(&case.x)).collect();
    let gradients: Vec<Vec<T>> = cases.iter().map(|case| narrow(&case.g)).collect();
    let mut after = before.clone();
    let parameters = cases.iter().zip(&mut after).zip(&gradients);
    let report = optimizer
        .step(
            parameters
                .map(|((case, x), g)| Parameter::new(&case.name, x, Some(g)).shape(&case.shape)),
        )
        .unwrap();
    let moved = |(x, y): (&T, &T)| x.to_f64() - y.to_f64();
    let update = |(x, y): (&Vec<T>, &Vec<T>)| x.iter().zip(y).map(moved).collect();
    let updates = before.iter().zip(&after).map(update).collect();
    (updates, report.clipped)
}

/// Compares a link with a formula that gives the update of a case among all, in both precisions.
fn agrees(link: impl Into<Chain>, formula: impl Fn(&Case, &[Case]) -> Vec<f64>) {
    let chain = link.into();
    let mut double = Optimizer::<f64>::new(chain.clone()).unwrap();
    let mut single = Optimizer::<f32>::new(chain).unwrap();
    for index in 0..5 {
        let cases = cases(index);
        for (updates, tolerance) in [
            (step(&mut double, &cases).0, 1e-14),
            (step(&mut single, &cases).0, 2e-6),
        ] {
            for (case, update) in cases.iter().zip(updates) {
                let expected = formula(case, &cases);
                let scale = expected.iter().fold(1.0, |a: f64, b| a.max(b.abs()));
                for (got, expected) in update.iter().zip(&expected) {
                    assert!(
                        (got - expected).abs() <= tolerance * scale,
                        "{} {:?} at step {index}: {got}, not {expected}",
                        case.name,
                        case.shape
                    );
                }
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn times(scale: f64, a: &[f64]) -> Vec<f64> {
    a.iter().map(|a| scale * a).collect()
}

/// The number of the output that element `i` of a tensor of this shape belongs to, from its indices.
fn output(shape: &[usize], layout: Layout, mut i: usize) -> usize {
    if shape.len() < 2 {
        return 0;
    }
    let mut indices = Vec::new();
    for size in shape.iter().rev() {
        indices.insert(0, i % size);
        i /= size;
    }
    match layout {
        Layout::OutIn => indices[0],
        Layout::InOut => indices[shape.len() - 1],
    }
}

/// The elements that belong to the same output as element `i`.
fn of_the_same(values: &[f64], shape: &[usize], layout: Layout, i: usize) -> Vec<f64> {
    let own = output(shape, layout, i);
    let same = |j: &usize| output(shape, layout, *j) == own;
    (0..values.len()).filter(same).map(|j| values[j]).collect()
}

#[test]
fn normalised_by_the_norm_of_the_parameter() {
    agrees(Normalise::new().norm_eps(1e-3), |case, _| {
        times(1.0 / (norm(&case.g) + 1e-3), &case.g)
    });
}

#[test]
fn normalised_by_the_norm_of_all() {
    agrees(NormaliseGlobal::new().norm_eps(1e-3), |case, all| {
        let total: f64 = all.iter().map(|other| dot(&other.g, &other.g)).sum();
        times(1.0 / (total.sqrt() + 1e-3), &case.g)
    });
}

#[test]
fn nothing_has_no_direction() {
    let mut case = cases(0);
    case.truncate(1);
    case[0].g.fill(0.0);
    for chain in [
        Chain::from(Normalise::new().norm_eps(0.0)),
        Chain::from(NormaliseGlobal::new().norm_eps(0.0)),
        Chain::from(OrthogonalGradient::new()),
        Chain::from(ClipBlockRms::new().clip_block_rms(1.0)),
        Chain::from(ClipPercentile::new().clip_percentile(5.0)),
        Chain::from(AdaptiveGradientClipping::new()),
        Chain::from(Sign::new()),
    ] {
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        for _ in 0..3 {
            assert!(step(&mut optimizer, &case).0[0].iter().all(|u| *u == 0.0));
        }
    }
}

#[test]
fn clipped_by_the_root_mean_square() {
    agrees(ClipBlockRms::new().clip_block_rms(0.1), |case, _| {
        let rms = (dot(&case.g, &case.g) / case.g.len().max(1) as f64).sqrt();
        times(1.0 / (rms / 0.1).max(1.0), &case.g)
    });
    let mut optimizer = Optimizer::<f64>::new(ClipBlockRms::new().clip_block_rms(0.1)).unwrap();
    assert!(step(&mut optimizer, &cases(0)).1);
    assert!(!step(&mut optimizer, &cases(0)[..1]).1);
}

/// bitsandbytes' `percentile_clipping`: a ring of 100 norms, filled by the first.
#[test]
fn clipped_by_a_percentile_of_past_norms() {
    let link = ClipPercentile::new().clip_percentile(20.0);
    let mut optimizer = Optimizer::<f64>::new(link).unwrap();
    let mut rings = vec![Vec::new(); cases(0).len()];
    let mut clipped = 0;
    for index in 0..260_u64 {
        let cases = cases(index);
        let (updates, report) = step(&mut optimizer, &cases);
        let mut shorter = false;
        for ((case, update), ring) in cases.iter().zip(updates).zip(&mut rings) {
            let now = norm(&case.g);
            if ring.is_empty() {
                ring.resize(100, now);
            }
            ring[(index + 1) as usize % 100] = now;
            let mut sorted = ring.clone();
            sorted.sort_by(f64::total_cmp);
            let scale = if now > sorted[20] {
                sorted[20] / now
            } else {
                1.0
            };
            shorter |= scale < 1.0;
            for (got, g) in update.iter().zip(&case.g) {
                assert!(
                    (got - scale * g).abs() <= 1e-13 * g.abs().max(1.0),
                    "step {index}"
                );
            }
        }
        assert_eq!(report, shorter, "step {index}");
        clipped += usize::from(shorter);
    }
    assert!(clipped > 150, "{clipped}");
}

#[test]
fn every_output_is_centred() {
    for layout in [Layout::OutIn, Layout::InOut] {
        agrees(GradientCentralisation::new().layout(layout), |case, _| {
            let centred = |i: usize| {
                let own = of_the_same(&case.g, &case.shape, layout, i);
                case.g[i] - own.iter().sum::<f64>() / own.len() as f64
            };
            if case.shape.len() < 2 {
                case.g.clone()
            } else {
                (0..case.g.len()).map(centred).collect()
            }
        });
    }
}

#[test]
fn gradients_are_clipped_by_their_weights() {
    for layout in [Layout::OutIn, Layout::InOut] {
        let link = AdaptiveGradientClipping::new()
            .clip_adaptive(0.3)
            .clip_adaptive_eps(0.5);
        agrees(link.layout(layout), |case, _| {
            let clipped = |i: usize| {
                let gradient = norm(&of_the_same(&case.g, &case.shape, layout, i));
                let weights = norm(&of_the_same(&case.x, &case.shape, layout, i)).max(0.5);
                if gradient / weights > 0.3 {
                    0.3 * weights / gradient * case.g[i]
                } else {
                    case.g[i]
                }
            };
            (0..case.g.len()).map(clipped).collect()
        });
    }
}

#[test]
fn gradients_are_made_orthogonal_and_keep_their_length() {
    let all = cases(3);
    let long: Vec<Case> = all.into_iter().filter(|case| case.g.len() > 1).collect();
    let mut optimizer = Optimizer::<f64>::new(OrthogonalGradient::new()).unwrap();
    for (case, update) in long.iter().zip(step(&mut optimizer, &long).0) {
        let along = dot(&case.x, &case.g) / dot(&case.x, &case.x);
        let left: Vec<f64> = case
            .g
            .iter()
            .zip(&case.x)
            .map(|(g, x)| g - along * x)
            .collect();
        let expected = times(norm(&case.g) / norm(&left), &left);
        for (got, expected) in update.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-13, "{}", case.name);
        }
        assert!(dot(&update, &case.x).abs() < 1e-12);
        assert!((norm(&update) - norm(&case.g)).abs() < 1e-12);
    }
}

/// What is left of a gradient along the parameter is rounding error, which must not become a step of full length.
#[test]
fn a_parallel_gradient_leaves_nothing() {
    let mut all = cases(3);
    for case in &mut all {
        case.g = times(-0.7, &case.x);
    }
    let mut double = Optimizer::<f64>::new(OrthogonalGradient::new()).unwrap();
    let mut single = Optimizer::<f32>::new(OrthogonalGradient::new()).unwrap();
    for update in step(&mut double, &all).0.concat() {
        assert!(update.abs() < 1e-14, "{update}");
    }
    for update in step(&mut single, &all).0.concat() {
        assert!(update.abs() < 1e-5, "{update}");
    }
    // A parameter that is zero has no direction to take out.
    for case in &mut all {
        case.x.fill(0.0);
    }
    for (case, update) in all.iter().zip(step(&mut double, &all).0) {
        assert_eq!(case.g, update);
    }
}

/// The noise of `updates` steps on a parameter that has no gradient.
fn noise(link: GradientNoise, name: &str, len: usize, updates: u64) -> Vec<Vec<f32>> {
    let mut optimizer = Optimizer::new(link).unwrap();
    let gradient = vec![0.0; len];
    let draw = |_| {
        let mut x = vec![0.0_f32; len];
        optimizer
            .step([Parameter::new(name, &mut x, Some(&gradient))])
            .unwrap();
        x
    };
    (0..updates).map(draw).collect()
}

#[test]
fn noise_is_normal_and_fades() {
    let link = GradientNoise::new().noise_eta(0.3).noise_gamma(0.55);
    let n = 40_000;
    for (index, draws) in noise(link, "w", n, 6).iter().enumerate() {
        let variance = 0.3 / libm::pow(index as f64 + 1.0, 0.55);
        let draws: Vec<f64> = draws
            .iter()
            .map(|&u| f64::from(u) / variance.sqrt())
            .collect();
        let moment = |k: i32| draws.iter().map(|u| u.powi(k)).sum::<f64>() / n as f64;
        let within = |expected: f64, spread: f64| 4.5 * (spread / n as f64).sqrt() + expected;
        assert!(moment(1).abs() < within(0.0, 1.0), "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < within(0.0, 2.0), "{}", moment(2));
        assert!((moment(4) - 3.0).abs() < within(0.0, 96.0), "{}", moment(4));
    }
}

#[test]
fn noise_belongs_to_seed_name_and_update() {
    let link = |seed: f64| GradientNoise::new().noise_seed(seed).noise_gamma(0.0);
    let one = noise(link(1.0), "w", 100, 3);
    assert_eq!(one, noise(link(1.0), "w", 100, 3));
    let others = [noise(link(2.0), "w", 100, 3), noise(link(1.0), "v", 100, 3)].concat();
    let draws: Vec<f32> = one
        .into_iter()
        .chain(others)
        .flatten()
        .map(f32::abs)
        .collect();
    let different: std::collections::HashSet<u32> = draws.iter().map(|u| u.to_bits()).collect();
    assert!(different.len() > draws.len() - 5, "numbers come again");
}

#[test]
fn noise_is_the_same_on_any_number_of_threads_and_on_tensors() {
    let link = || GradientNoise::new().noise_seed(7.0);
    let alone = noise(link(), "w", 300_000, 2);
    for threads in [1, 3, 8] {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        assert!(
            pool.install(|| noise(link(), "w", 300_000, 2)) == alone,
            "{threads} threads"
        );
    }
    let mut interpreter = TensorOptimizer::new(link(), Naive).unwrap();
    let mut parameters = [TensorParameter {
        name: "w".to_string(),
        shape: vec![300_000],
        values: vec![0.0; 300_000],
        gradient: Some(vec![0.0; 300_000]),
        hessian: None,
    }];
    interpreter.step(&mut parameters).unwrap();
    assert!(parameters[0].values == alone[0]);
}

#[test]
fn memory_and_noise_go_on_from_a_file() {
    let chain = || {
        Chain::from(ClipPercentile::new().clip_percentile(30.0))
            .then(GradientNoise::new())
            .then(AsgdAverage::new().t0(2.0))
    };
    let mut whole = Optimizer::<f64>::new(chain()).unwrap();
    let mut first = Optimizer::<f64>::new(chain()).unwrap();
    for index in 0..7 {
        assert_eq!(
            step(&mut whole, &cases(index)),
            step(&mut first, &cases(index))
        );
    }
    let mut second = Optimizer::<f64>::new(chain()).unwrap();
    second.from_bytes(&first.to_bytes().unwrap()).unwrap();
    for index in 7..120 {
        assert_eq!(
            step(&mut whole, &cases(index)),
            step(&mut second, &cases(index))
        );
    }
    assert_eq!(whole.to_bytes().unwrap(), second.to_bytes().unwrap());
}

/// On f(x, y) = xy, where x goes down and y up, plain gradient descent runs away from the equilibrium at 0.
#[test]
fn optimism_finds_the_equilibrium_of_a_game() {
    let distance = |chain: Chain| {
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let mut point = [1.0, 1.0];
        for _ in 0..2000 {
            let gradient = [point[1], -point[0]];
            optimizer
                .step([Parameter::new("xy", &mut point, Some(&gradient))])
                .unwrap();
        }
        norm(&point)
    };
    let rate = || LearningRate::new().lr(0.1);
    assert!(distance(rate().into()) > 100.0);
    assert!(distance((Optimistic::new(), rate()).into()) < 1e-3);
}

/// The paper's claim: on ill-conditioned least squares with single samples, faster than SGD with the same short step.
#[test]
fn accelerated_sgd_is_faster_on_noisy_least_squares() {
    let excess = |chain: Chain| {
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let mut x = [0.0; 2];
        // The paper's discrete distribution: a sample is one coordinate, the second rare.
        let draws = numbers::<f64>(9, 4000);
        for draw in draws {
            let rare = draw > 0.96;
            let gradient = if rare {
                [0.0, x[1] - 1.0]
            } else {
                [x[0] - 1.0, 0.0]
            };
            optimizer
                .step([Parameter::new("x", &mut x, Some(&gradient))])
                .unwrap();
        }
        norm(&[x[0] - 1.0, x[1] - 1.0])
    };
    let rate = || LearningRate::new().lr(0.02);
    let plain = excess(rate().into());
    let accelerated = excess((rate(), AccSgd::new().kappa(50.0).xi(7.0)).into());
    assert!(accelerated < 0.5 * plain, "{accelerated} and {plain}");
}

/// The product of two gradients of 1e-30 is zero in f32; their signs agree all the same.
#[test]
fn signs_of_tiny_gradients_count() {
    let mut optimizer = Optimizer::<f32>::new(Rprop::new().lr(0.5)).unwrap();
    let mut x = [0.0_f32, 0.0];
    for gradient in [[1e-30, 1e-30], [1e-30, -1e-30], [1e-30, -1e-30]] {
        optimizer
            .step([Parameter::new("x", &mut x, Some(&gradient))])
            .unwrap();
    }
    // 0.5 · (1 + 1.2 + 1.44) the one way; forth, a rest, and back with half the step.
    assert!(
        (x[0] + 1.82).abs() < 1e-6 && (x[1] + 0.25).abs() < 1e-6,
        "{x:?}"
    );
}

/// Lion's smooth form with β₁ = 0 is the tangent of the gradient.
#[test]
fn the_hyperbolic_tangent_is_right_everywhere() {
    let mut optimizer = Optimizer::<f64>::new(SmoothLion::new().beta1(0.0)).unwrap();
    let magnitudes = (-120..=30).map(|k| libm::pow(10.0, f64::from(k) / 8.0));
    let g: Vec<f64> = magnitudes.flat_map(|m| [m, -m]).chain([0.0]).collect();
    let mut x = vec![0.0; g.len()];
    optimizer
        .step([Parameter::new("x", &mut x, Some(&g))])
        .unwrap();
    for (got, g) in x.iter().zip(&g) {
        let expected = -libm::tanh(*g);
        assert!(
            (got - expected).abs() <= 1e-15 * expected.abs(),
            "tanh({g}): {got}, not {expected}"
        );
    }
}

/// Clipping by a norm hands on what is short enough to the bit.
#[test]
fn short_gradients_pass_unchanged() {
    let all = cases(1);
    let mut optimizer = Optimizer::<f64>::new(ClipNorm::new().clip_norm(1e6)).unwrap();
    let mut plain = Optimizer::<f64>::new(LearningRate::new().lr(1.0)).unwrap();
    assert_eq!(step(&mut optimizer, &all), step(&mut plain, &all));
}
