//! Layer-wise, small-memory and second-order methods: on tensors large enough to be cut into pieces, against naive loops
//! written from the papers; at their edges; and the estimates of curvature.

use crate::common::numbers;
use ravine::curvature::{average_blocks, hutchinson};
use ravine::random::{self, Purpose};
use ravine::rule::{
    Adafactor, AdamMini, Came, Fromage, LearningRate, Momentum, Nero, ProjectRadial, Reading, Sm3,
    TrustRatio,
};
use ravine::{Chain, Error, Optimizer, Parameter, catalogue};

const STEPS: u64 = 3;

/// The parameter after a few steps, and a state.
fn train(chain: &Chain, shape: &[usize]) -> Vec<f64> {
    let len = shape.iter().product();
    let mut optimizer = Optimizer::<f64>::new(chain.clone()).unwrap();
    let mut x = numbers(1, len);
    for step in 0..STEPS {
        let (g, hessian): (Vec<f64>, Vec<f64>) = (numbers(2 + step, len), numbers(90 + step, len));
        let parameter = Parameter::new("x", &mut x, Some(&g)).shape(shape);
        optimizer.step([parameter.hessian(&hessian)]).unwrap();
    }
    x
}

/// The same with a naive method: `update(n, x, g)`.
fn naive(shape: &[usize], mut update: impl FnMut(i32, &mut [f64], &[f64])) -> Vec<f64> {
    let len = shape.iter().product();
    let mut x: Vec<f64> = numbers(1, len);
    for step in 0..STEPS {
        update(step as i32 + 1, &mut x, &numbers::<f64>(2 + step, len));
    }
    x
}

fn assert_close(a: &[f64], b: &[f64], what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!(
            (a - b).abs() <= 1e-12 * b.abs().max(1.0),
            "{what} {i}: {a} and {b}"
        );
    }
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}

/// The means of `a` over one dimension, for every coordinate.
fn means(a: &[f64], shape: &[usize], dimension: usize) -> Vec<f64> {
    let stride: usize = shape[dimension + 1..].iter().product();
    let size = shape[dimension];
    let place = |i: usize| i / (stride * size) * stride + i % stride;
    let mut sums = vec![0.0; a.len() / size];
    for (i, a) in a.iter().enumerate() {
        sums[place(i)] += a / size as f64;
    }
    (0..a.len()).map(|i| sums[place(i)]).collect()
}

/// v from means over the dimensions `p` and `q`, each kept as an average, for every coordinate.
struct Factored<'a> {
    shape: &'a [usize],
    dimensions: [usize; 2],
    row: Vec<f64>,
    column: Vec<f64>,
}

impl<'a> Factored<'a> {
    fn new(shape: &'a [usize], dimensions: [usize; 2]) -> Self {
        let zeros = vec![0.0; shape.iter().product()];
        Self {
            shape,
            dimensions,
            row: zeros.clone(),
            column: zeros,
        }
    }

    fn moment(&mut self, squares: &[f64], beta: f64) -> Vec<f64> {
        let [p, q] = self.dimensions;
        for (kept, over) in [(&mut self.row, q), (&mut self.column, p)] {
            for (kept, mean) in kept.iter_mut().zip(means(squares, self.shape, over)) {
                *kept = beta * *kept + (1.0 - beta) * mean;
            }
        }
        let mean = means(&self.row, self.shape, p);
        (0..squares.len())
            .map(|i| self.row[i] * self.column[i] / mean[i])
            .collect()
    }
}

const SHAPES: [&[usize]; 4] = [&[300, 70], &[40, 9, 5], &[3, 200, 130], &[20_000, 3]];

#[test]
fn adafactor_on_large_tensors() {
    for shape in SHAPES {
        let last = shape.len() - 1;
        let mut factored = Factored::new(shape, [last - 1, last]);
        let expected = naive(shape, |n, x, g| {
            let squares: Vec<f64> = g.iter().map(|g| g * g).collect();
            let v = factored.moment(&squares, 1.0 - f64::from(n).powf(-0.8));
            let u: Vec<f64> = g.iter().zip(&v).map(|(g, v)| g / v.sqrt()).collect();
            let rate = rms(x).max(1e-3) * f64::min(0.3, 1.0 / f64::from(n).sqrt());
            let clip = rms(&u).max(1.0);
            for (x, u) in x.iter_mut().zip(&u) {
                *x -= 0.3 * 0.1 * *x + rate / clip * u;
            }
        });
        let chain = Chain::from(Adafactor::new().lr(0.3).weight_decay(0.1));
        assert_close(&train(&chain, shape), &expected, &format!("{shape:?}"));
    }
}

/// Optax's reading, with the two largest dimensions in all places.
#[test]
fn adafactor_factors_the_largest_dimensions() {
    for (shape, dimensions) in [
        (&[150, 9, 140][..], [0, 2]),
        (&[130, 200, 3][..], [0, 1]),
        (&[3, 130, 130][..], [1, 2]),
        (&[2, 30, 2, 40, 2][..], [1, 3]),
    ] {
        let mut factored = Factored::new(shape, dimensions);
        let expected = naive(shape, |n, x, g| {
            let squares: Vec<f64> = g.iter().map(|g| g * g + 1e-30).collect();
            let v = factored.moment(&squares, 1.0 - f64::from(n).powf(-0.8));
            let u: Vec<f64> = g.iter().zip(&v).map(|(g, v)| g / v.sqrt()).collect();
            let scale = 0.3 * rms(x).max(1e-3) / rms(&u).max(1.0);
            x.iter_mut().zip(&u).for_each(|(x, u)| *x -= scale * u);
        });
        let method = Adafactor::new().reading(Reading::Optax).eps1(1e-30);
        let chain = Chain::from(method.lr(0.3).min_dim_size_to_factor(25.0));
        assert_close(&train(&chain, shape), &expected, &format!("{shape:?}"));
    }
}

#[test]
fn came_on_large_tensors() {
    for shape in SHAPES {
        let last = shape.len() - 1;
        let mut squared = Factored::new(shape, [last - 1, last]);
        let mut deviation = Factored::new(shape, [last - 1, last]);
        let mut m = vec![0.0; shape.iter().product()];
        let expected = naive(shape, |_, x, g| {
            let squares: Vec<f64> = g.iter().map(|g| g * g + 1e-30).collect();
            let v = squared.moment(&squares, 0.999);
            let u: Vec<f64> = g.iter().zip(&v).map(|(g, v)| g / v.sqrt()).collect();
            let clip = rms(&u).max(1.0);
            let residues: Vec<f64> = (m.iter_mut().zip(&u))
                .map(|(m, u)| {
                    *m = 0.9 * *m + 0.1 * (u / clip);
                    (u / clip - *m).powi(2) + 1e-16
                })
                .collect();
            let s = deviation.moment(&residues, 0.9999);
            for ((x, m), s) in x.iter_mut().zip(&m).zip(&s) {
                *x -= 1e-3 * m / s.sqrt();
            }
        });
        let chain = Chain::from(Came::new()).then(LearningRate::new().lr(1e-3));
        assert_close(&train(&chain, shape), &expected, &format!("{shape:?}"));
    }
}

#[test]
fn sm3_on_tensors_of_any_rank() {
    for shape in [&[300, 70][..], &[40, 9, 5], &[3, 4, 100, 20], &[5], &[]] {
        let len: usize = shape.iter().product();
        // The index of each coordinate in each dimension.
        let index = |i: usize, k: usize| i / shape[k + 1..].iter().product::<usize>() % shape[k];
        let mut covers: Vec<Vec<f64>> = shape.iter().map(|&size| vec![0.0; size]).collect();
        let mut scalar = 0.0;
        let expected = naive(shape, |_, x, g| {
            let mut raised: Vec<Vec<f64>> = shape.iter().map(|&size| vec![0.0; size]).collect();
            for i in 0..len {
                let own = covers
                    .iter()
                    .enumerate()
                    .map(|(k, cover)| cover[index(i, k)]);
                let bound = own.reduce(f64::min).unwrap_or(scalar);
                let sum = bound + g[i] * g[i];
                for (k, cover) in raised.iter_mut().enumerate() {
                    cover[index(i, k)] = cover[index(i, k)].max(sum);
                }
                scalar = sum;
                x[i] -= g[i] / sum.sqrt();
            }
            covers = raised;
        });
        let chain = Chain::from(Sm3::new().momentum(0.0));
        assert_close(&train(&chain, shape), &expected, &format!("{shape:?}"));
    }
}

#[test]
fn adam_mini_has_a_moment_for_each_row() {
    for shape in [&[300, 70][..], &[40, 9, 5], &[7], &[]] {
        let len: usize = shape.iter().product();
        let blocks = if shape.len() > 1 { shape[0] } else { 1 };
        let length = len / blocks;
        let (mut m, mut v) = (vec![0.0; len], vec![0.0; blocks]);
        let expected = naive(shape, |n, x, g| {
            for (block, v) in v.iter_mut().enumerate() {
                let range = block * length..(block + 1) * length;
                *v = 0.999 * *v + 0.001 * rms(&g[range.clone()]).powi(2);
                let root = (*v / (1.0 - 0.999_f64.powi(n))).sqrt() + 1e-8;
                for i in range {
                    m[i] = 0.9 * m[i] + (1.0 - 0.9) * g[i];
                    x[i] -= m[i] / (1.0 - 0.9_f64.powi(n)) / root;
                }
            }
        });
        let chain = Chain::from(AdamMini::new());
        assert_close(&train(&chain, shape), &expected, &format!("{shape:?}"));
    }
}

const FAMILIES: [&str; 3] = ["layer-wise", "small memory", "second order"];

fn chains() -> impl Iterator<Item = (&'static str, Chain)> {
    let recipes = catalogue::all().iter();
    recipes
        .filter(|recipe| FAMILIES.contains(&recipe.family))
        .map(|recipe| (recipe.name, recipe.chain(&[]).unwrap()))
}

#[test]
fn threads_do_not_matter() {
    for (name, chain) in chains() {
        for shape in [&[300, 300][..], &[70_000], &[5000, 3, 3]] {
            let on = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                pool.build().unwrap().install(|| train(&chain, shape))
            };
            assert_eq!(on(1), on(3), "{name} {shape:?}");
        }
    }
}

/// Nothing panics on what is empty, and nothing turns into NaN where gradients or parameters are zero.
#[test]
fn empty_and_zero_tensors() {
    for (name, chain) in chains() {
        for shape in [
            &[0][..],
            &[0, 3],
            &[3, 0],
            &[2, 0, 3],
            &[],
            &[1, 1],
            &[3, 1],
        ] {
            assert!(
                train(&chain, shape).iter().all(|x| x.is_finite()),
                "{name} {shape:?}"
            );
        }
        for (x, g) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)] {
            let mut optimizer = Optimizer::<f32>::new(chain.clone()).unwrap();
            let (mut x, g) = (vec![x; 12], vec![g; 12]);
            for _ in 0..3 {
                let parameter = Parameter::new("x", &mut x, Some(&g)).shape(&[4, 3]);
                optimizer.step([parameter.hessian(&[0.0; 12])]).unwrap();
            }
            let mut optimizer = Optimizer::<f32>::new(chain.clone()).unwrap();
            let parameter = Parameter::new("x", &mut x, Some(&g)).shape(&[12]);
            optimizer.step([parameter.hessian(&[0.0; 12])]).unwrap();
            assert!(x.iter().all(|x| x.is_finite()), "{name}: {x:?}");
        }
    }
}

#[test]
fn a_small_memory_is_small() {
    for (name, most) in [
        ("adafactor", 370),
        ("sm3", 370),
        ("came", 21_740),
        ("adam-mini", 21_300),
    ] {
        let mut settings = vec![];
        if name == "sm3" {
            settings.push(("momentum", "0"));
        }
        let chain = catalogue::find(name).unwrap().chain(&settings).unwrap();
        let states = chain.states();
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let (mut x, g) = (vec![1.0; 21_000], vec![1.0; 21_000]);
        let parameter = Parameter::new("x", &mut x, Some(&g)).shape(&[300, 70]);
        optimizer.step([parameter]).unwrap();
        let kept = states
            .iter()
            .filter_map(|state| optimizer.state("x", state));
        assert_eq!(
            kept.map(|values| values.len()).sum::<usize>(),
            most,
            "{name}"
        );
    }
}

#[test]
fn trust_ratio_gives_the_length_of_the_parameter() {
    let mut optimizer = Optimizer::<f64>::new(TrustRatio::new()).unwrap();
    let mut x = [3.0, 4.0];
    optimizer
        .step([Parameter::new("x", &mut x, Some(&[0.1, 0.0]))])
        .unwrap();
    assert_close(&x, &[-2.0, 4.0], "a step of length 5");
    // A parameter of zeros would never move.
    let mut zero = [0.0, 0.0];
    let mut optimizer = Optimizer::<f64>::new(TrustRatio::new()).unwrap();
    optimizer
        .step([Parameter::new("x", &mut zero, Some(&[0.1, 0.0]))])
        .unwrap();
    assert_eq!(zero, [-0.1, 0.0]);
}

#[test]
fn fromage_keeps_the_norm_of_what_it_turns() {
    let mut optimizer = Optimizer::<f64>::new(Fromage::new().lr(0.5)).unwrap();
    let mut x = [3.0, 0.0];
    optimizer
        .step([Parameter::new("x", &mut x, Some(&[0.0, 7.0]))])
        .unwrap();
    assert!((x[0].hypot(x[1]) - 3.0).abs() < 1e-14, "{x:?}");
}

#[test]
fn nero_keeps_neurons_on_the_sphere() {
    let x = train(&Chain::from(Nero::new()), &[30, 20]);
    for neuron in x.chunks(20) {
        assert!(neuron.iter().sum::<f64>().abs() < 1e-13);
        assert!((rms(neuron) * 20_f64.sqrt() - 1.0).abs() < 1e-13);
    }
}

/// The update is at right angles to rows whose gradient is, to the whole if only the whole gradient is, and as it came if
/// neither is.
#[test]
fn projection_tests_rows_and_then_the_whole() {
    let moved = |gradients: [[f64; 4]; 2]| {
        let method = ProjectRadial::new().weight_decay(0.5);
        let chain = Chain::from(Momentum::new().momentum(1.0 - 1e-9)).then(method);
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let mut at = [1.0, 0.0, 0.0, 2.0];
        for g in gradients {
            at = [1.0, 0.0, 0.0, 2.0];
            let parameter = Parameter::new("x", &mut at, Some(&g)).shape(&[2, 2]);
            optimizer.step([parameter]).unwrap();
        }
        let x = [1.0, 0.0, 0.0, 2.0];
        [0, 1, 2, 3].map(|i| x[i] - at[i])
    };
    // The velocity is (1, 1, 1, 1) after the first gradient, which is not at right angles.
    let first = [1.0, 1.0, 1.0, 1.0];
    let near = |got: [f64; 4], expected: [f64; 4]| {
        let close = got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7);
        assert!(close, "{got:?}, not {expected:?}");
    };
    // The decay is ρλx = 0.05 x where it is projected, else λx.
    near(moved([first, [0.0, 1.0, 1.0, 0.0]]), [0.05, 2.0, 2.0, 0.1]);
    // Radially 3·1 + 0.5·2 = 4 of x = (1, 0, 0, 2): 4/5 of it goes.
    near(
        moved([first, [2.0, 0.0, 0.0, -1.0]]),
        [3.0 - 0.6 + 0.05, 1.0, 1.0, 0.0 - 1.2 + 0.1],
    );
    near(moved([first, [1.0, 0.0, 0.0, 0.0]]), [2.5, 1.0, 1.0, 2.0]);
}

#[test]
fn a_missing_hessian_is_refused_by_name() {
    let step = |optimizer: &mut Optimizer<f64>, hessian: Option<&[f64]>| {
        let mut x = [1.0, 2.0];
        let parameter = Parameter::new("w", &mut x, Some(&[1.0, 1.0]));
        let parameter = match hessian {
            Some(hessian) => parameter.hessian(hessian),
            None => parameter,
        };
        let result = optimizer.step([parameter]);
        (result.map(|_| ()), x)
    };
    for (name, every) in [("adahessian", true), ("sophia", false)] {
        let chain = catalogue::find(name).unwrap().chain(&[]).unwrap();
        let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
        let (refused, x) = step(&mut optimizer, None);
        let error = refused.unwrap_err();
        assert!(
            matches!(&error, Error::NoHessian { parameter, .. } if parameter == "w"),
            "{error}"
        );
        assert!(error.to_string().contains(name) && error.to_string().contains("hutchinson"));
        assert_eq!((x, optimizer.steps()), ([1.0, 2.0], 0));
        step(&mut optimizer, Some(&[1.0, 1.0])).0.unwrap();
        assert_eq!(step(&mut optimizer, None).0.is_err(), every, "{name}");
    }
}

/// A dense Hessian: the mean of the estimates is its diagonal, and their spread is that of Hutchinson's formula.
#[test]
fn hutchinson_estimates_the_diagonal() {
    let matrix = [[2.0, 0.5, -0.3], [0.5, -1.0, 0.8], [-0.3, 0.8, 4.0]];
    let product = |z: &[Vec<f64>], hz: &mut [Vec<f64>]| {
        let z: Vec<f64> = z.concat();
        assert!(z.iter().all(|z| z.abs() == 1.0));
        let dot = |row: &[f64; 3]| row.iter().zip(&z).map(|(a, z)| a * z).sum::<f64>();
        hz[0].copy_from_slice(&[dot(&matrix[0]), dot(&matrix[1])]);
        hz[1].copy_from_slice(&[dot(&matrix[2])]);
        Ok::<(), Error>(())
    };
    let estimate = |seed, samples| {
        let mut signs = random::stream(seed, Purpose::Probe, 0);
        hutchinson(&mut signs, &[2, 1], samples, product)
            .unwrap()
            .concat()
    };
    let samples = 10_000;
    for (i, got) in estimate(3, samples).iter().enumerate() {
        let others = (0..3)
            .filter(|&j| j != i)
            .map(|j| matrix[i][j] * matrix[i][j]);
        let deviation = (others.sum::<f64>() / f64::from(samples)).sqrt();
        assert!((got - matrix[i][i]).abs() < 4.0 * deviation, "{i}: {got}");
    }
    assert_eq!(estimate(3, 1), estimate(3, 1));
    let mut signs = random::stream(0, Purpose::Probe, 0);
    let refused = hutchinson::<f64, _>(&mut signs, &[1], 1, |_, _| Err("no"));
    assert_eq!(refused, Err("no"));
}

#[test]
fn blocks_are_averaged_without_their_signs() {
    let mut diagonal = [1.0_f32, -3.0, 4.0, -2.0, 5.0];
    average_blocks(&mut diagonal, 2);
    assert_eq!(diagonal, [2.0, 2.0, 3.0, 3.0, 5.0]);
    average_blocks(&mut diagonal, 0);
    assert_eq!(diagonal, [2.0, 2.0, 3.0, 3.0, 5.0]);
}
