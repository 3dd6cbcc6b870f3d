//! Averages of the parameters against naive loops, and their swapping in and out.

use crate::common::{Network, numbers};
use ravine::average::{
    DebiasedEma, Ema, Lookahead, Polyak, Polynomial, Suffix, Swa, soup, swa_schedule,
};
use ravine::rule::{LearningRate, Rule};
use ravine::{Chain, Error, Optimizer, Parameter, adam};

const STEPS: u64 = 60;

/// The iterates of plain descent on made-up gradients, and what an average behind it says after each step.
fn run(average: impl Rule, name: &str) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let chain = Chain::from(LearningRate::new().lr(0.1)).then(average);
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut x = numbers::<f64>(3, 5);
    let (mut iterates, mut averages) = (vec![x.clone()], vec![]);
    for step in 0..STEPS {
        let g = numbers::<f64>(100 + step, 5);
        optimizer
            .step([Parameter::new("x", &mut x, Some(&g))])
            .unwrap();
        iterates.push(x.clone());
        let before = x.clone();
        optimizer
            .swap_in(name, [Parameter::new("x", &mut x, None)])
            .unwrap();
        averages.push(x.clone());
        optimizer
            .swap_out([Parameter::new("x", &mut x, None)])
            .unwrap();
        assert_eq!(x, before, "swapped out, to the bit");
    }
    (iterates, averages)
}

/// `Σ wᵢxᵢ / Σ wᵢ` over iterates.
fn weighted(iterates: &[Vec<f64>], weight: impl Fn(usize) -> f64) -> Vec<f64> {
    let total: f64 = (0..iterates.len()).map(&weight).sum();
    (0..iterates[0].len())
        .map(|k| {
            let sum: f64 = iterates
                .iter()
                .enumerate()
                .map(|(i, x)| weight(i) * x[k])
                .sum();
            sum / total
        })
        .collect()
}

fn close(got: &[f64], expected: &[f64], what: &str) {
    for (a, b) in got.iter().zip(expected) {
        assert!((a - b).abs() < 1e-12, "{what}: {a} and {b}");
    }
}

/// The average after each step is a weighted mean of the start (number 0) and the iterates up to it.
fn is_weighted(average: impl Rule, name: &str, weight: impl Fn(usize, usize) -> f64) {
    let (iterates, averages) = run(average, name);
    for n in 1..=STEPS as usize {
        let expected = weighted(&iterates[..=n], |i| weight(i, n));
        close(&averages[n - 1], &expected, &format!("{name} after {n}"));
    }
}

#[test]
fn moving_averages() {
    // The start keeps dⁿ.
    is_weighted(Ema::new().decay(0.9), "ema", |i, n| {
        let own = if i == 0 { 1.0 } else { 0.1 };
        own * 0.9_f64.powi((n - i) as i32)
    });
    // The start counts nothing.
    is_weighted(DebiasedEma::new().decay(0.9), "debiased_ema", |i, n| {
        if i == 0 {
            0.0
        } else {
            0.9_f64.powi((n - i) as i32)
        }
    });
}

#[test]
fn a_moving_average_warms_up() {
    let (iterates, averages) = run(Ema::new().decay(0.95).warmup(10.0), "ema");
    let mut e = iterates[0].clone();
    for n in 1..=STEPS as usize {
        let d = 0.95_f64.min((1.0 + n as f64) / (10.0 + n as f64));
        for (e, x) in e.iter_mut().zip(&iterates[n]) {
            *e = d * *e + (1.0 - d) * x;
        }
        close(&averages[n - 1], &e, &format!("after {n}"));
    }
}

#[test]
fn means() {
    is_weighted(Polyak::new(), "polyak", |i, _| f64::from(u8::from(i > 0)));
    is_weighted(Polyak::new().start(20.0), "polyak", |i, n| {
        f64::from(u8::from(i > 20 || (n <= 20 && i == n)))
    });
    // The last 40 % of 50 updates begin behind the 30th.
    is_weighted(Suffix::new().updates(50.0).alpha(0.4), "suffix", |i, n| {
        f64::from(u8::from(i > 30 || (n <= 30 && i == n)))
    });
    // Every fourth iterate behind the tenth.
    is_weighted(Swa::new().start(10.0).cycle(4.0), "swa", |i, n| {
        let sample = i > 10 && (i - 10).is_multiple_of(4);
        f64::from(u8::from(sample || (n < 14 && i == n)))
    });
}

/// Shamir & Zhang's weights: the i-th iterate of n has Γ(i + γ)/Γ(i), in proportion.
#[test]
fn polynomial_decay() {
    is_weighted(Polynomial::new().gamma(3.0), "polynomial", |i, _| {
        let i = i as f64;
        i * (i + 1.0) * (i + 2.0)
    });
}

#[test]
fn lookahead_goes_back_half_the_way() {
    let chain = Chain::from(LearningRate::new().lr(0.1)).then(Lookahead::new());
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut x = numbers::<f64>(3, 5);
    let (mut fast, mut slow) = (x.clone(), x.clone());
    for step in 0..STEPS {
        let g = numbers::<f64>(100 + step, 5);
        optimizer
            .step([Parameter::new("x", &mut x, Some(&g))])
            .unwrap();
        for (x, g) in fast.iter_mut().zip(&g) {
            *x -= 0.1 * g;
        }
        if (step + 1) % 5 == 0 {
            for (slow, fast) in slow.iter_mut().zip(&mut fast) {
                *slow += 0.5 * (*fast - *slow);
                *fast = *slow;
            }
        }
        close(&x, &fast, "parameters");
        close(
            &optimizer.state("x", "slow").unwrap(),
            &slow,
            "slow weights",
        );
    }
}

#[test]
fn the_schedule_of_swa() {
    let schedule = swa_schedule(0.1, 0.02, 10, 4).unwrap();
    assert_eq!(schedule.at(0), 0.1);
    assert_eq!(schedule.at(9), 0.1);
    assert!((schedule.at(12) - 0.06).abs() < 1e-12);
    assert_eq!(schedule.at(14), 0.02);
    assert_eq!(schedule.at(1000), 0.02);
}

#[test]
fn an_average_in_place_is_not_trained() {
    let mut optimizer = Optimizer::<f32>::new(Chain::from(adam(0.1)).then(Ema::new())).unwrap();
    let mut network = Network::<f32>::new(&[3, 700]);
    network.train(&mut optimizer, 1..4);
    let kept = network.clone();
    let swap = |optimizer: &mut Optimizer<f32>, network: &mut Network<f32>| {
        let pairs = network.names.iter().zip(&mut network.values);
        optimizer.swap_in("ema", pairs.map(|(n, v)| Parameter::new(n, v, None)))
    };
    swap(&mut optimizer, &mut network).unwrap();
    assert_ne!(network, kept);
    let g = [0.1; 3];
    let error = optimizer
        .step([Parameter::new(
            "layer0.weight",
            &mut network.values[0],
            Some(&g),
        )])
        .unwrap_err();
    assert!(matches!(error, Error::Averaged { .. }), "{error}");
    // A second average would lose the parameters.
    assert!(swap(&mut optimizer, &mut network).is_err());
    let pairs = network.names.iter().zip(&mut network.values);
    optimizer
        .swap_out(pairs.map(|(n, v)| Parameter::new(n, v, None)))
        .unwrap();
    assert_eq!(network, kept);

    let unknown = optimizer.swap_in("swa", []).unwrap_err().to_string();
    assert_eq!(unknown, "unknown average 'swa'; known: ema");
}

#[test]
fn at_the_average_and_back() {
    let mut optimizer = Optimizer::<f64>::new(Chain::from(adam(0.1)).then(Polyak::new())).unwrap();
    let mut x = [1.0, 2.0];
    for _ in 0..3 {
        optimizer
            .step([Parameter::new("x", &mut x, Some(&[0.5, 0.5]))])
            .unwrap();
    }
    let before = x;
    let mean = optimizer.state("x", "polyak").unwrap().to_vec();
    let seen = optimizer
        .at_average("polyak", &mut [("x", &mut x)], |parameters| {
            parameters[0].1.to_vec()
        })
        .unwrap();
    assert_eq!(seen, mean);
    assert_eq!(x, before);
}

#[test]
fn soups() {
    let network = |values: &[f64]| soup::Weights::from([("w".to_string(), values.to_vec())]);
    let (a, b, c) = (
        network(&[1.0, 2.0]),
        network(&[3.0, 0.0]),
        network(&[50.0, 9.0]),
    );
    assert_eq!(soup::uniform(&[&a, &b]).unwrap(), network(&[2.0, 1.0]));
    // The optimum is at (2, 1): a and b together reach it, c spoils it.
    let score = |w: &soup::Weights<f64>| -((w["w"][0] - 2.0).powi(2) + (w["w"][1] - 1.0).powi(2));
    let greedy = soup::greedy(&[&c, &a, &b], score).unwrap();
    assert_eq!(greedy.members, [1, 2]);
    assert_eq!(greedy.weights, network(&[2.0, 1.0]));
    assert!(soup::uniform::<f64>(&[]).is_err());
    let other = soup::Weights::from([("v".to_string(), vec![0.0])]);
    let error = soup::uniform(&[&a, &other]).unwrap_err().to_string();
    assert_eq!(
        error,
        "parameter 'v': is not in the first network of the soup"
    );
}

#[test]
fn two_averages_in_one_tuple_are_told_apart() {
    let chain = (adam(0.1), (Ema::new().decay(0.5), Polyak::new()));
    let mut optimizer = Optimizer::<f64>::new(chain).unwrap();
    let mut x = [1.0];
    for step in 0..5 {
        let g = [1.0 + f64::from(step)];
        optimizer
            .step([Parameter::new("x", &mut x, Some(&g))])
            .unwrap();
    }
    for name in ["ema", "polyak"] {
        let kept = optimizer.state("x", name).unwrap().to_vec();
        optimizer
            .swap_in(name, [Parameter::new("x", &mut x, None)])
            .unwrap();
        assert_eq!(x.to_vec(), kept, "{name}");
        // What is loaded now would take the place of parameters that are not there.
        let saved = optimizer.to_bytes().unwrap();
        assert!(matches!(
            optimizer.from_bytes(&saved),
            Err(Error::Averaged { .. })
        ));
        optimizer
            .swap_out([Parameter::new("x", &mut x, None)])
            .unwrap();
    }
    assert!(optimizer.swap_in("adam", []).is_err(), "adam is no average");
    // An average of points that lookahead takes back is none of this training's points.
    let chain = Chain::from(adam(0.1))
        .then(Ema::new())
        .then(Lookahead::new());
    assert!(matches!(
        Optimizer::<f64>::new(chain),
        Err(Error::NotLast { .. })
    ));
    let chain = Chain::from(adam(0.1))
        .then(Lookahead::new())
        .then(Ema::new());
    assert!(Optimizer::<f64>::new(chain).is_ok());
}
