//! States in small formats, and parameters in half precision.

use crate::common::{Network, light, numbers, recipes};
use half::{bf16, f16};
use ravine::average::Ema;
use ravine::rule::{Adam, ClipGlobalNorm};
use ravine::storage::{Format, LEAST_SMALL, StateArray, Stored};
use ravine::{
    Chain, Error, NonFinite, Optimizer, Parameter, adam, adamw, catalogue, lion, momentum, sgd,
};

const SMALL: [Format; 3] = [Format::Compensated, Format::Bf16, Format::Eight];
const LEN: usize = 5000;

fn optimizer(chain: impl Into<Chain>, format: Format) -> Optimizer<f32> {
    Optimizer::new(chain).unwrap().with_states(format)
}

/// The trajectories' distance, of the distance gone.
fn distance(a: &Network<f32>, b: &Network<f32>, start: &Network<f32>) -> f64 {
    let norm = |a: &Network<f32>, b: &Network<f32>| -> f64 {
        let (a, b) = (a.values.iter().flatten(), b.values.iter().flatten());
        a.zip(b)
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    norm(a, b) / norm(a, start)
}

#[test]
fn every_recipe_runs_in_every_format() {
    // Matrix methods keep their arrays in full.
    let recipes = recipes().into_iter().filter(|(_, chain)| light(chain));
    for (name, chain) in recipes {
        for format in SMALL {
            let mut optimizer = optimizer(chain.clone(), format);
            let mut network = Network::new(&[LEN, 40]);
            network.train(&mut optimizer, 0..30);
            for state in chain.clone().without_idle().states() {
                for parameter in &network.names {
                    let Some(state) = optimizer.state(parameter, &state) else {
                        continue;
                    };
                    assert!(
                        state.iter().all(|s| s.is_finite()),
                        "{name} {format:?} {parameter}"
                    );
                }
            }
            let values = network.values.iter().flatten();
            assert!(values.copied().all(f32::is_finite), "{name} {format:?}");
        }
    }
}

/// Gradients of pure noise, which is the hardest: nothing but the states' memory holds the trajectory together. A sign that is
/// rounded to the other side moves Lion by a whole step, hence its larger bound.
#[test]
fn trajectories_are_near_those_of_full_states() {
    let start = Network::<f32>::new(&[LEN, 40]);
    type Bounds = [f64; 3];
    let chains: [(&str, Chain, Bounds); 3] = [
        ("adam", adam(1e-3).into(), [1e-4, 0.02, 0.08]),
        ("lion", lion(1e-3).into(), [0.02, 0.1, 0.3]),
        ("momentum", momentum(1e-3).into(), [1e-4, 0.02, 0.08]),
    ];
    for (name, chain, bounds) in chains {
        let mut exact = start.clone();
        exact.train(&mut optimizer(chain.clone(), Format::Full), 0..30);
        for (format, bound) in SMALL.into_iter().zip(bounds) {
            let mut network = start.clone();
            network.train(&mut optimizer(chain.clone(), format), 0..30);
            let far = distance(&exact, &network, &start);
            println!("{name} {format:?}: {far:.2e}");
            assert!(far < bound, "{name} {format:?}: {far}");
        }
    }
}

/// At β₂ = 0.999 a second moment changes by a thousandth a step: rounded to nearest it would neither fall nor rise.
#[test]
fn moments_that_move_slowly_move_all_the_same() {
    for format in SMALL {
        let mut optimizer = optimizer(Adam::new(), format);
        let mut x = vec![0.0_f32; LEN];
        let mut run = |optimizer: &mut Optimizer<f32>, g: f32, steps| {
            // Not all alike, so that they share their scale with larger ones.
            let gradient: Vec<f32> = (0..LEN).map(|i| g * (1.0 + (i % 16) as f32)).collect();
            for _ in 0..steps {
                optimizer
                    .step([Parameter::new("w", &mut x, Some(&gradient))])
                    .unwrap();
            }
            let v = optimizer.state("w", "exp_avg_sq").unwrap();
            let mut means = [0.0; 16];
            for (i, v) in v.iter().enumerate() {
                let expected = (1.0 + (i % 16) as f64).powi(2);
                means[i % 16] += f64::from(*v) / expected / (LEN as f64 / 16.0);
            }
            means
        };
        let risen = 1.0 - 0.999_f64.powi(1000);
        for mean in run(&mut optimizer, 1.0, 1000) {
            assert!((mean / risen - 1.0).abs() < 0.05, "{format:?}: {mean}");
        }
        let fallen = risen * 0.999_f64.powi(1000);
        for mean in run(&mut optimizer, 0.0, 1000) {
            assert!((mean / fallen - 1.0).abs() < 0.05, "{format:?}: {mean}");
        }
    }
}

fn chains() -> [Chain; 2] {
    [
        adamw(1e-3).into(),
        Chain::from(ClipGlobalNorm::new().clip_global_norm(1.0))
            .then(lion(1e-3))
            .then(Ema::new()),
    ]
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for chain in chains() {
        for format in SMALL {
            let mut results = [1, 2, 3, 8].map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build()
                    .unwrap();
                pool.install(|| {
                    let mut optimizer = optimizer(chain.clone(), format).with_seed(5);
                    let mut network = Network::new(&[150_001, 20_000, 300]);
                    network.train(&mut optimizer, 0..4);
                    let mut half = Optimizer::<bf16>::new(chain.clone())
                        .unwrap()
                        .with_states(format)
                        .without_master_weights();
                    let mut values = vec![bf16::ONE; 150_001];
                    let gradient: Vec<bf16> = numbers(3, 150_001)
                        .into_iter()
                        .map(bf16::from_f32)
                        .collect();
                    for _ in 0..3 {
                        half.step([Parameter::new("w", &mut values, Some(&gradient))])
                            .unwrap();
                    }
                    (
                        network.values,
                        optimizer.to_bytes().unwrap(),
                        values,
                        half.to_bytes().unwrap(),
                    )
                })
            });
            let (first, others) = results.split_first_mut().unwrap();
            assert!(others.iter().all(|other| other == first), "{format:?}");
        }
    }
}

#[test]
fn a_seed_is_a_run() {
    let run = |seed| {
        let mut network = Network::new(&[LEN]);
        network.train(
            &mut optimizer(adam(1e-3), Format::Eight).with_seed(seed),
            0..5,
        );
        network.values
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn saved_and_continued_is_uninterrupted() {
    for (name, chain) in recipes() {
        for format in SMALL {
            let start = Network::new(&[LEN, 40]);
            let (mut whole, mut parted) = (start.clone(), start);
            let mut straight = optimizer(chain.clone(), format).with_seed(9);
            whole.train(&mut straight, 0..8);
            let mut first = optimizer(chain.clone(), format).with_seed(9);
            parted.train(&mut first, 0..4);
            let mut second = optimizer(chain.clone(), format);
            second.from_bytes(&first.to_bytes().unwrap()).unwrap();
            parted.train(&mut second, 4..8);
            assert_eq!(whole, parted, "{name} {format:?}");
            assert_eq!(
                straight.to_bytes().unwrap(),
                second.to_bytes().unwrap(),
                "{name} {format:?}"
            );
        }
    }
}

#[test]
fn eight_bits_are_a_quarter_of_the_memory() {
    let bytes = |format| {
        let mut optimizer = optimizer(adam(1e-3), format);
        Network::new(&[100_000, LEAST_SMALL]).train(&mut optimizer, 1..3);
        optimizer.state_bytes() as f64
    };
    let full = bytes(Format::Full);
    assert_eq!(bytes(Format::Compensated), full);
    assert_eq!(bytes(Format::Bf16), full / 2.0);
    assert!((bytes(Format::Eight) / full - 0.25).abs() < 0.01);
}

#[test]
fn the_catalogue_knows_the_memory() {
    let bytes = |name, format| catalogue::find(name).unwrap().bytes_per_parameter(format);
    assert_eq!(bytes("adam", Format::Full), 8.0);
    assert_eq!(bytes("adam", Format::Eight), 2.0 + 8.0 / 256.0);
    assert_eq!(bytes("lion", Format::Bf16), 2.0);
    assert_eq!(bytes("sgd", Format::Full), 0.0);
}

#[test]
fn small_arrays_and_averages_stay_in_full() {
    let run = |format| {
        let mut optimizer = optimizer((adam(1e-3), Ema::new()), format);
        let mut network = Network::new(&[LEN, LEAST_SMALL - 1]);
        network.train(&mut optimizer, 1..3);
        (network, optimizer)
    };
    let ((_, full), (network, small)) = (run(Format::Full), run(Format::Eight));
    let bias = &network.names[1];
    assert_eq!(full.state(bias, "exp_avg"), small.state(bias, "exp_avg"));
    let average = small.state(&network.names[0], "ema").unwrap();
    let rounded = StateArray::from_values(&average, Format::Bf16).values();
    assert_ne!(*average, rounded, "more than 8 bits of precision");
}

fn stored<P: Stored<Compute = f32>>(values: &[f32]) -> Vec<P> {
    let mut narrow = vec![P::zeroed(); values.len()];
    P::narrow(values, &mut narrow, 0, ravine::storage::Rounding::Nearest);
    narrow
}

fn widened<P: Stored<Compute = f32>>(values: &[P]) -> Vec<f32> {
    let mut wide = vec![0.0; values.len()];
    P::widen(values, &mut wide);
    wide
}

fn half_follows_full<P: Stored<Compute = f32>>() {
    for (name, chain) in recipes() {
        let mut half = Optimizer::<P>::new(chain.clone()).unwrap();
        let mut full = Optimizer::<f32>::new(chain).unwrap();
        let mut x: Vec<P> = stored(&numbers::<f32>(1, 700));
        let mut exact = widened(&x);
        for step in 0..20 {
            let gradient: Vec<P> = stored(&numbers::<f32>(step + 2, 700));
            let wide = widened(&gradient);
            let curved: Vec<P> = stored(&numbers::<f32>(step + 50, 700));
            let wide_curved = widened(&curved);
            half.set_loss(1.0);
            full.set_loss(1.0);
            let of_half = Parameter::new("w", &mut x, Some(&gradient)).hessian(&curved);
            let of_full = Parameter::new("w", &mut exact, Some(&wide)).hessian(&wide_curved);
            let a = half.step([of_half.shape(&[7, 100])]);
            let b = full.step([of_full.shape(&[7, 100])]);
            let (a, b) = (a.unwrap(), b.unwrap());
            assert_eq!(
                (a.gradient_norm, a.update_norm),
                (b.gradient_norm, b.update_norm)
            );
            assert_eq!(x, stored::<P>(&exact), "{name}, step {step}");
            assert_eq!(*half.state("w", "master").unwrap(), exact, "{name}");
        }
        let saved = half.to_bytes().unwrap();
        let mut again = Optimizer::<P>::new(half.chain().clone()).unwrap();
        again.from_bytes(&saved).unwrap();
        assert_eq!(again.to_bytes().unwrap(), saved, "{name}");
    }
}

#[test]
fn half_parameters_are_the_rounded_full_ones() {
    half_follows_full::<bf16>();
    half_follows_full::<f16>();
}

/// A step of 1e-4 from 1 is a fortieth of what bf16 can tell apart there.
#[test]
fn small_steps_move_half_parameters() {
    let gradient = vec![bf16::ONE; LEN];
    let run = |mut optimizer: Optimizer<bf16>| {
        let mut x = vec![bf16::ONE; LEN];
        for _ in 0..100 {
            optimizer
                .step([Parameter::new("w", &mut x, Some(&gradient))])
                .unwrap();
        }
        x
    };
    let mastered = run(Optimizer::new(sgd(1e-4)).unwrap());
    assert_eq!(mastered, vec![bf16::from_f32(0.99); LEN]);
    let rounded = run(Optimizer::new(sgd(1e-4)).unwrap().without_master_weights());
    let mean = rounded.iter().map(|x| x.to_f64()).sum::<f64>() / LEN as f64;
    // 100 roundings of 1/256 at odds of 1 to 40: a standard deviation of 0.006 for one weight, 9e-5 for the mean.
    assert!((mean - 0.99).abs() < 4e-4, "{mean}");
}

#[test]
fn a_parameter_that_the_caller_changes_counts() {
    let mut optimizer = Optimizer::<bf16>::new(sgd(1e-3)).unwrap();
    let gradient = [bf16::ONE; 3];
    let mut x = [bf16::ONE; 3];
    let mut step = |x: &mut [bf16; 3]| {
        optimizer
            .step([Parameter::new("w", x, Some(&gradient))])
            .unwrap();
        optimizer.state("w", "master").unwrap().into_owned()
    };
    assert_eq!(step(&mut x), [0.999; 3]);
    x[1] = bf16::from_f32(4.0);
    let master = step(&mut x);
    assert_eq!(master, [0.999 - 0.001, 3.999, 0.999 - 0.001]);
}

#[test]
fn an_overflow_of_half_precision_is_a_divergence() {
    let mut optimizer = Optimizer::<f16>::new(sgd(1.0)).unwrap();
    let mut x = [f16::from_f32(60_000.0), f16::ONE];
    let gradient = [f16::from_f32(-60_000.0), f16::ONE];
    let error = optimizer
        .step([Parameter::new("w", &mut x, Some(&gradient))])
        .unwrap_err();
    let Error::Diverged { parameters, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(parameters[0].count, 1);
}

#[test]
fn averages_of_half_parameters_swap_in_and_out() {
    let mut optimizer = Optimizer::<bf16>::new((sgd(0.25), Ema::new().decay(0.5))).unwrap();
    let (mut x, gradient) = ([bf16::ONE; 2], [bf16::ONE; 2]);
    optimizer
        .step([Parameter::new("w", &mut x, Some(&gradient))])
        .unwrap();
    let own = x;
    optimizer
        .swap_in("ema", [Parameter::new("w", &mut x, None)])
        .unwrap();
    assert_eq!(x, [bf16::from_f32(0.875); 2]);
    optimizer
        .swap_out([Parameter::new("w", &mut x, None)])
        .unwrap();
    assert_eq!(x, own);
}

#[test]
fn micro_batches_of_half_gradients_are_summed_in_full() {
    let mut optimizer = Optimizer::<bf16>::new(sgd(1.0))
        .unwrap()
        .with_accumulation(2)
        .unwrap();
    let mut x = [bf16::ZERO];
    // 1 + 2⁻⁹ has no bf16.
    for g in [1.0, 1.0 / 512.0] {
        let gradient = [bf16::from_f32(g)];
        optimizer
            .step([Parameter::new("w", &mut x, Some(&gradient))])
            .unwrap();
    }
    assert_eq!(
        *optimizer.state("w", "master").unwrap(),
        [-(1.0 + 1.0 / 512.0) / 2.0]
    );
}

fn one_bad(bad: f32) -> (Vec<f32>, Vec<f32>) {
    let mut gradient: Vec<f32> = numbers(7, LEN);
    gradient[300] = 0.0;
    let zero = gradient.clone();
    gradient[300] = bad;
    (gradient, zero)
}

#[test]
fn bad_gradients_do_in_small_states_what_they_do_in_full_ones() {
    for format in SMALL {
        for bad in [f32::NAN, f32::INFINITY] {
            let (gradient, zero) = one_bad(bad);
            let good: Vec<f32> = numbers(8, LEN);
            let start: Vec<f32> = numbers(9, LEN);
            let run = |policy, gradient: &[f32]| {
                let mut optimizer = optimizer(adam(1e-3), format).with_non_finite(policy);
                let mut x = start.clone();
                optimizer
                    .step([Parameter::new("w", &mut x, Some(&good))])
                    .unwrap();
                let before = (
                    x.clone(),
                    optimizer.state("w", "exp_avg").unwrap().into_owned(),
                    optimizer.to_bytes().unwrap(),
                );
                let result = optimizer.step([Parameter::new("w", &mut x, Some(gradient))]);
                (before, x, optimizer, result)
            };

            let (before, x, optimizer, result) = run(NonFinite::Skip, &gradient);
            assert!(result.unwrap().skipped);
            assert_eq!((before.0, before.2), (x, optimizer.to_bytes().unwrap()));

            let (_, x, optimizer, result) = run(NonFinite::Zero, &gradient);
            assert_eq!(result.unwrap().non_finite[0].count, 1);
            let (_, as_zero, reference, _) = run(NonFinite::Zero, &zero);
            assert_eq!(x, as_zero);
            assert_eq!(optimizer.to_bytes().unwrap(), reference.to_bytes().unwrap());

            let (before, x, optimizer, result) = run(NonFinite::Stop, &gradient);
            assert!(matches!(
                result,
                Err(Error::NonFinite {
                    untouched: false,
                    ..
                })
            ));
            assert_eq!(x[300], before.0[300]);
            assert!(x.iter().zip(&before.0).filter(|(a, b)| a == b).count() < 10);
            let kept = optimizer.state("w", "exp_avg").unwrap();
            let (was, is) = (before.1[300], kept[300]);
            // The scale of its block may have changed, so that it was rounded again.
            assert!(
                (is - was).abs() <= was.abs() / 7.0,
                "{format:?}: {was} {is}"
            );
            assert!(kept.iter().all(|m| m.is_finite()));
        }
    }
}

fn trained(format: Format) -> (Vec<u8>, Network<f32>, Optimizer<f32>) {
    let mut optimizer = optimizer(adam(1e-3), format);
    let mut network = Network::new(&[LEN, 40]);
    network.train(&mut optimizer, 1..4);
    (optimizer.to_bytes().unwrap(), network, optimizer)
}

#[test]
fn files_load_where_nothing_is_rounded() {
    let formats = [
        Format::Full,
        Format::Compensated,
        Format::Bf16,
        Format::Eight,
    ];
    for saved in formats {
        let (bytes, network, original) = trained(saved);
        for wanted in formats {
            let mut loaded = optimizer(adam(1e-3), wanted);
            let result = loaded.from_bytes(&bytes);
            if saved.is_within(wanted) {
                result.unwrap();
                for name in &network.names {
                    assert_eq!(
                        loaded.state(name, "exp_avg_sq"),
                        original.state(name, "exp_avg_sq")
                    );
                }
                continue;
            }
            let message = result.unwrap_err().to_string();
            for part in [
                format!("kept in format {saved:?}"),
                format!("keeps it in {wanted:?}"),
                format!("with_states(Format::{saved:?})"),
            ] {
                assert!(message.contains(&part), "{message}");
            }
            // The cure.
            let mut loaded = optimizer(adam(1e-3), saved);
            loaded.from_bytes(&bytes).unwrap();
            let loaded = loaded.with_states(wanted);
            let state = loaded.state(&network.names[0], "exp_avg").unwrap();
            let original = original.state(&network.names[0], "exp_avg").unwrap();
            assert_eq!(*state, StateArray::from_values(&original, wanted).values());
        }
    }
}

#[test]
fn master_weights_in_a_file_are_not_lost_silently() {
    let (mut x, gradient) = ([bf16::ONE; 3], [bf16::ONE; 3]);
    let mut mastered = Optimizer::<bf16>::new(adam(1e-3)).unwrap();
    mastered
        .step([Parameter::new("w", &mut x, Some(&gradient))])
        .unwrap();
    let bytes = mastered.to_bytes().unwrap();
    let mut without = Optimizer::<bf16>::new(adam(1e-3))
        .unwrap()
        .without_master_weights();
    let error = without.from_bytes(&bytes).unwrap_err().to_string();
    assert!(error.contains("master weight"), "{error}");
    let mut full = Optimizer::<f32>::new(adam(1e-3)).unwrap();
    assert!(full.from_bytes(&bytes).is_err());
    // The other way round, they begin at the parameters.
    without
        .step([Parameter::new("w", &mut x, Some(&gradient))])
        .unwrap();
    mastered.from_bytes(&without.to_bytes().unwrap()).unwrap();
    mastered
        .step([Parameter::new("w", &mut x, Some(&gradient))])
        .unwrap();
}

#[test]
fn states_of_f64_are_small_too() {
    for format in SMALL {
        let mut optimizer = Optimizer::<f64>::new(adam(1e-3))
            .unwrap()
            .with_states(format);
        let mut network = Network::<f64>::new(&[LEN]);
        network.train(&mut optimizer, 1..5);
        let v = optimizer.state(&network.names[0], "exp_avg_sq").unwrap();
        assert_eq!(*v, StateArray::from_values(&v, Format::Full).values());
        assert!(network.values[0].iter().all(|x| x.is_finite()));
        assert!(optimizer.state_bytes() <= 2 * 4 * LEN);
    }
}
