//! Random streams: one independent ChaCha8 stream for each purpose and each worker of a run.
//!
//! A run has one seed. Whatever draws random numbers asks for the [`stream`] of its own [`Purpose`], so a method that starts to
//! draw, or draws more, never moves what another one gets: two optimisers that share a seed share their initial weights and their
//! batches. The key of the cipher is made of the seed and the worker, its stream number is the purpose; distinct keys and stream
//! numbers give sequences that do not overlap.
//!
//! The same arguments give the same bits on every platform and on any number of threads. Where a sampler needs a logarithm it
//! takes the one of the `libm` crate, since that of the system differs between platforms in its last bit.
//!
//! Nothing is kept beside the generator (a normal sampler often hides the second value of its pair), so [`position`] is the
//! whole state of a stream, and one integer in a checkpoint is enough to [`resume`] it.
//!
//! ```
//! use ravine::random::{self, Purpose, Rng};
//!
//! let mut order = random::stream(7, Purpose::Order, 0);
//! let mut rows: Vec<u32> = (0..10).collect();
//! random::shuffle(&mut order, &mut rows);
//!
//! let saved = random::position(&order);
//! let next = order.next_u64();
//! assert_eq!(random::resume(7, Purpose::Order, 0, saved).next_u64(), next);
//! ```

pub use rand_chacha::ChaCha8Rng;
pub use rand_chacha::rand_core::Rng;
use rand_chacha::rand_core::SeedableRng;

/// What random numbers are drawn for. Each purpose has its own stream.
///
/// The numbers are part of what a seed means: one that is given away is never changed or used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u64)]
pub enum Purpose {
    /// Initial values of the parameters.
    Initialization = 1,
    /// Which rows of a data set train, which validate and which test.
    Split = 2,
    /// The order in which the training rows are visited.
    Order = 3,
    /// Noise that a method adds on purpose.
    Noise = 4,
    /// The walks of methods that look at several points before a step.
    Walk = 5,
    /// Probes of the curvature.
    Probe = 6,
}

/// The stream of a purpose and a worker, at its beginning.
///
/// Workers count from 0; a run of one process is worker 0. What all workers must agree on (initial values, the split) they
/// draw as worker 0.
pub fn stream(seed: u64, purpose: Purpose, worker: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&worker.to_le_bytes());
    key[16..].copy_from_slice(b"ravine/random/v1");
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(purpose as u64);
    rng
}

/// How many 32-bit words have been drawn from a stream: its whole state, to be stored in a checkpoint.
///
/// Exact up to 2⁶⁴ − 1 words, which no run reaches.
pub fn position(rng: &ChaCha8Rng) -> u64 {
    u64::try_from(rng.get_word_pos()).unwrap_or(u64::MAX)
}

/// The stream of a purpose and a worker, after the first `position` words.
pub fn resume(seed: u64, purpose: Purpose, worker: u64, position: u64) -> ChaCha8Rng {
    let mut rng = stream(seed, purpose, worker);
    rng.set_word_pos(u128::from(position));
    rng
}

/// An integer, uniform on 0 … n − 1, without bias; 0 if `n` is 0.
///
/// Source: D. Lemire, "Fast random integer generation in an interval", 2019, algorithm 5.
pub fn below(rng: &mut impl Rng, n: u64) -> u64 {
    let mut product = u128::from(rng.next_u64()) * u128::from(n);
    // The low half says where in its bucket of 2⁶⁴ / n the word fell; words beyond the last whole bucket are drawn again.
    if (product as u64) < n {
        let surplus = n.wrapping_neg() % n;
        while (product as u64) < surplus {
            product = u128::from(rng.next_u64()) * u128::from(n);
        }
    }
    (product >> 64) as u64
}

/// Puts the items in a random order, every order being equally likely.
///
/// Source: R. Durstenfeld, algorithm 235, "Random permutation", 1964 (the shuffle of Fisher and Yates).
pub fn shuffle<T>(rng: &mut impl Rng, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let chosen = below(rng, last as u64 + 1) as usize;
        items.swap(last, chosen);
    }
}

/// A number, uniform on [0, 1): a multiple of 2⁻⁵³.
pub fn unit(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * 2f64.powi(-53)
}

/// A number, uniform on [−bound, bound): a multiple of 2⁻²³ bound, rounded.
pub fn uniform(rng: &mut impl Rng, bound: f32) -> f32 {
    let steps = (rng.next_u32() >> 8) as i32 - (1 << 23);
    steps as f32 * 2f32.powi(-23) * bound
}

/// A number from the standard normal distribution (mean 0, variance 1).
///
/// Source: G. Marsaglia, T. A. Bray, "A convenient method for generating normal variables", 1964 (the polar method). The second
/// value of the pair is not used, so that the stream has no state but its position.
pub fn normal(rng: &mut impl Rng) -> f64 {
    loop {
        let x = 2.0 * unit(rng) - 1.0;
        let y = 2.0 * unit(rng) - 1.0;
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return x * (-2.0 * libm::log(square) / square).sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [Purpose; 6] = [
        Purpose::Initialization,
        Purpose::Split,
        Purpose::Order,
        Purpose::Noise,
        Purpose::Walk,
        Purpose::Probe,
    ];

    /// RFC 8439's quarter round on ChaCha's state with a 64-bit counter and a 64-bit stream number, written out plainly.
    fn chacha8_block(key: &[u8; 32], counter: u64, stream: u64) -> [u32; 16] {
        let mut start = [0u32; 16];
        start[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        for (word, bytes) in start[4..12].iter_mut().zip(key.chunks(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        start[12] = counter as u32;
        start[13] = (counter >> 32) as u32;
        start[14] = stream as u32;
        start[15] = (stream >> 32) as u32;
        let mut s = start;
        let mut quarter = |a: usize, b: usize, c: usize, d: usize| {
            for (x, y, z, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
                s[x] = s[x].wrapping_add(s[y]);
                s[z] = (s[z] ^ s[x]).rotate_left(turn);
            }
        };
        for _ in 0..4 {
            for i in 0..4 {
                quarter(i, 4 + i, 8 + i, 12 + i);
            }
            for i in 0..4 {
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
            }
        }
        std::array::from_fn(|i| s[i].wrapping_add(start[i]))
    }

    #[test]
    fn streams_are_chacha8_of_the_documented_key() {
        for (seed, purpose, worker) in [
            (0, Purpose::Initialization, 0),
            (u64::MAX, Purpose::Noise, 3),
            (42, Purpose::Order, u64::MAX),
        ] {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&u64::to_le_bytes(seed));
            key[8..16].copy_from_slice(&u64::to_le_bytes(worker));
            key[16..].copy_from_slice(b"ravine/random/v1");
            let mut rng = stream(seed, purpose, worker);
            for counter in 0..10 {
                let expected = chacha8_block(&key, counter, purpose as u64);
                let got: [u32; 16] = std::array::from_fn(|_| rng.next_u32());
                assert_eq!(
                    got, expected,
                    "seed {seed}, {purpose:?}, worker {worker}, block {counter}"
                );
            }
        }
    }

    #[test]
    fn a_purpose_keeps_its_number() {
        assert_eq!(PURPOSES.map(|p| p as u64), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn seeds_purposes_and_workers_have_streams_of_their_own() {
        let mut seen = std::collections::HashSet::new();
        let mut streams = 0;
        for seed in [0, 1, 2, u64::MAX] {
            for purpose in PURPOSES {
                for worker in [0, 1, 2, u64::MAX] {
                    let mut rng = stream(seed, purpose, worker);
                    seen.extend((0..64).map(|_| rng.next_u64()));
                    streams += 1;
                }
            }
        }
        assert_eq!(seen.len(), 64 * streams);
    }

    #[test]
    fn a_stream_resumes_at_any_position() {
        let mut rng = stream(5, Purpose::Noise, 2);
        for draw in 0..300 {
            let mut resumed = resume(5, Purpose::Noise, 2, position(&rng));
            assert_eq!(resumed, rng, "draw {draw}");
            assert_eq!(resumed.next_u64(), rng.clone().next_u64(), "draw {draw}");
            let _ = match draw % 3 {
                0 => f64::from(rng.next_u32()),
                1 => normal(&mut rng),
                _ => below(&mut rng, 10) as f64,
            };
        }
        assert_eq!(position(&stream(5, Purpose::Noise, 2)), 0);
    }

    #[test]
    fn below_is_uniform_and_in_range() {
        let mut rng = stream(1, Purpose::Order, 0);
        let mut counts = [0f64; 7];
        for _ in 0..70_000 {
            counts[below(&mut rng, 7) as usize] += 1.0;
        }
        let chi_squared: f64 = counts.iter().map(|c| (c - 1e4).powi(2) / 1e4).sum();
        assert!(
            chi_squared < 22.5,
            "{chi_squared}: beyond the 99.9 % quantile for 6 degrees of freedom"
        );
        assert_eq!(below(&mut rng, 0), 0);
        assert_eq!(below(&mut rng, 1), 0);
        for n in [3, 1 << 33, (1 << 63) + 1, u64::MAX] {
            for _ in 0..1000 {
                assert!(below(&mut rng, n) < n);
            }
        }
        // With n = 3·2⁶², a method that took the remainder would fall into the lowest third half the time.
        let n = 3 << 62;
        let low = (0..10_000).filter(|_| below(&mut rng, n) < 1 << 62).count();
        assert!((3100..3570).contains(&low), "{low}");
    }

    #[test]
    fn every_order_of_four_is_equally_likely() {
        let mut rng = stream(2, Purpose::Order, 0);
        let mut counts = std::collections::HashMap::new();
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut rng, &mut items);
            *counts.entry(items).or_insert(0f64) += 1.0;
        }
        assert_eq!(counts.len(), 24);
        let chi_squared: f64 = counts.values().map(|c| (c - 1e3).powi(2) / 1e3).sum();
        assert!(
            chi_squared < 49.7,
            "{chi_squared}: beyond the 99.9 % quantile for 23 degrees of freedom"
        );
        shuffle::<u8>(&mut rng, &mut []);
    }

    #[test]
    fn uniform_numbers_fill_their_interval() {
        let mut rng = stream(3, Purpose::Initialization, 0);
        let n = 100_000;
        for bound in [1.0f32, 0.1, 3.7e-5, 1e30] {
            let mut sum = 0.0;
            let mut squares = 0.0;
            for _ in 0..n {
                let x = uniform(&mut rng, bound);
                assert!(-bound <= x && x < bound, "{x} of {bound}");
                let x = f64::from(x / bound);
                sum += x;
                squares += x * x;
            }
            let n = f64::from(n);
            assert!((sum / n).abs() < 4.0 / (3.0 * n).sqrt(), "mean {}", sum / n);
            assert!(
                (squares / n - 1.0 / 3.0).abs() < 4.0 * (4.0 / 45.0 / n).sqrt(),
                "variance {}",
                squares / n
            );
        }
        for bound in [1.0f32, 0.1, 0.3, 1e-3, 7.7] {
            let largest = ((1 << 23) - 1) as f32 * 2f32.powi(-23) * bound;
            assert!(largest < bound);
        }
    }

    #[test]
    fn normal_numbers_have_the_moments_and_tails_of_the_normal_distribution() {
        let mut rng = stream(4, Purpose::Initialization, 0);
        let n = 200_000;
        let draws: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
        let moment = |k: i32| draws.iter().map(|x| x.powi(k)).sum::<f64>() / f64::from(n);
        let deviation = |variance: f64| 4.0 * (variance / f64::from(n)).sqrt();
        assert!(moment(1).abs() < deviation(1.0));
        assert!((moment(2) - 1.0).abs() < deviation(2.0));
        assert!(moment(3).abs() < deviation(15.0));
        assert!((moment(4) - 3.0).abs() < deviation(96.0));
        for (bound, probability) in [(-1.0, 0.158_655), (0.5, 0.691_462), (2.0, 0.977_250)] {
            let share = draws.iter().filter(|x| **x < bound).count() as f64 / f64::from(n);
            assert!((share - probability).abs() < deviation(probability * (1.0 - probability)));
        }
    }

    /// Made once on x86-64 Linux; another platform must draw the same bits.
    #[test]
    fn bits_are_the_same_on_every_platform() {
        let mut rng = stream(0, Purpose::Initialization, 0);
        let normals: [u64; 3] = std::array::from_fn(|_| normal(&mut rng).to_bits());
        let uniforms: [u32; 3] = std::array::from_fn(|_| uniform(&mut rng, 0.1).to_bits());
        assert_eq!(
            (normals, uniforms),
            (
                [
                    4584871601487132995,
                    4595316212901587937,
                    13827294662910258282
                ],
                [983943271, 1028748704, 1035882231]
            )
        );
    }
}
