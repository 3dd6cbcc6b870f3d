//! Random bits by number: the same for an element wherever, whenever and by whomever it is rounded.

/// The random bits of a key, which can be asked for in any order: a hash of key and index.
///
/// Not a cipher: made for rounding, where a few operations a number are affordable and 20 good bits are enough.
///
/// ```text
/// h = first(key) + i;   h ← (h ⊕ h ≫ 16) · 7feb352d;   h ← h ⊕ second(key);   h ← (h ⊕ h ≫ 15) · 846ca68b
/// ```
/// The multipliers are those of C. Wellons's `lowbias32` (2018). The key enters twice, at the beginning and between the rounds,
/// so that the bits of one key are not those of another further along.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    first: u32,
    second: u32,
}

impl Noise {
    /// The bits of the elements from number `start` on.
    #[must_use]
    pub fn new(key: u64, start: u64) -> Self {
        let mixed = mix(key ^ mix(start >> 32));
        Self {
            first: (mixed as u32).wrapping_add(start as u32),
            second: (mixed >> 32) as u32,
        }
    }

    /// 32 bits for the `i`th element from the start on. The upper ones are the better ones.
    #[inline(always)]
    #[must_use]
    pub fn at(self, i: u32) -> u32 {
        let mut h = self.first.wrapping_add(i);
        h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
        h ^= self.second;
        (h ^ (h >> 15)).wrapping_mul(0x846c_a68b)
    }
}

/// The key of the noise for one state of one parameter in one step of a run.
///
/// A function of its arguments only: the same on every platform, and in every version from here on.
#[must_use]
pub fn key(seed: u64, step: u64, parameter: &str, state: &str) -> u64 {
    // 0xff is in no UTF-8 text, so that ("ab", "c") and ("a", "bc") differ.
    let names = parameter.bytes().chain([0xff]).chain(state.bytes());
    mix(mix(mix(seed) ^ step) ^ fnv1a(names))
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo 1991).
fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// One step of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", 2014).
fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Noise, fnv1a, key, mix};

    /// The reference implementations' own test values: SplitMix64 from seed 1234567, FNV-1a of "" and "foobar".
    #[test]
    fn the_parts_are_what_they_are_called() {
        assert_eq!(mix(1_234_567), 6_457_827_717_110_365_317);
        assert_eq!(fnv1a("".bytes()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("foobar".bytes()), 0x8594_4171_f739_67e8);
    }

    /// Values of a plain Python version: they are part of what a seed means, and never change.
    #[test]
    fn keys_and_bits_stay_what_they_are() {
        let k = key(42, 1000, "fc.weight", "exp_avg_sq");
        assert_eq!(k, 0xb3da_7fad_4f88_8298);
        let bits = [0, 511, (1 << 32) + 5].map(|n| Noise::new(k, n).at(0));
        assert_eq!(bits, [0x9b2b_a227, 0xb050_31aa, 0xe1a1_08d0]);
    }

    #[test]
    fn keys_of_all_arguments_differ() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..4 {
            for step in 0..50 {
                for (parameter, state) in [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc")] {
                    assert!(seen.insert(key(seed, step, parameter, state)));
                }
            }
        }
    }

    /// Of each of the upper 20 bits of `a` and each of `b`: how often they agree, as the largest distance from half the time, in
    /// standard deviations.
    fn correlation(a: impl Fn(u32) -> u32, b: impl Fn(u32) -> u32) -> f64 {
        const COUNT: u32 = 1 << 16;
        let mut agree = [[0_u32; 20]; 20];
        for i in 0..COUNT {
            let (a, b) = (a(i) >> 12, b(i) >> 12);
            for (p, row) in agree.iter_mut().enumerate() {
                let same = if (a >> p) & 1 == 1 { b } else { !b };
                for (q, count) in row.iter_mut().enumerate() {
                    *count += (same >> q) & 1;
                }
            }
        }
        let half = f64::from(COUNT) / 2.0;
        let deviation = |count: &u32| (f64::from(*count) - half).abs() / (half / 2.0).sqrt();
        agree.iter().flatten().map(deviation).fold(0.0, f64::max)
    }

    /// The largest of the 400 deviations of a normal distribution is beyond 5 in one of 4,000 such comparisons.
    #[test]
    fn neighbours_are_not_correlated() {
        for k in [0, u64::MAX, key(1, 2, "fc.weight", "exp_avg")] {
            let noise = |i| Noise::new(k, 0).at(i);
            for distance in [1, 2, 16, 256, 16_384] {
                let far = correlation(noise, |i| noise(i + distance));
                assert!(far < 5.0, "key {k}, indices {distance} apart: {far}");
            }
            for other in [k ^ 1, k ^ (1 << 32), k.wrapping_add(1), !k] {
                let far = correlation(noise, |i| Noise::new(other, 0).at(i));
                assert!(far < 5.0, "keys {k} and {other}: {far}");
            }
        }
        let step = |step| Noise::new(key(7, step, "fc.weight", "exp_avg"), 0);
        let steps = correlation(
            |i| step(u64::from(i)).at(3),
            |i| step(u64::from(i) + 1).at(3),
        );
        assert!(steps < 5.0, "steps: {steps}");
    }

    /// Chi-squared of the upper 8 bits, and of pairs of neighbours' upper 4, against the normal approximation of 255 degrees
    /// of freedom: mean 255, standard deviation 22.6.
    #[test]
    fn bits_are_uniform() {
        let count = 1_u32 << 18;
        for k in [0, 1, 12_345, u64::MAX] {
            let noise = Noise::new(k, 0);
            let (mut single, mut pair) = ([0_u32; 256], [0_u32; 256]);
            for i in 0..count {
                single[(noise.at(i) >> 24) as usize] += 1;
                pair[((noise.at(i) >> 28 << 4) | (noise.at(i + 1) >> 28)) as usize] += 1;
            }
            for cells in [single, pair] {
                let expected = f64::from(count / 256);
                let term = |n: &u32| (f64::from(*n) - expected).powi(2) / expected;
                let chi_squared: f64 = cells.iter().map(term).sum();
                assert!(
                    (chi_squared - 255.0).abs() < 5.0 * 22.6,
                    "key {k}: {chi_squared}"
                );
            }
        }
    }

    #[test]
    fn an_element_has_its_bits_wherever_the_block_begins() {
        for start in [0, 256, (1 << 32) - 256, 1 << 32, (1 << 40) + 512] {
            let (whole, later) = (Noise::new(9, start), Noise::new(9, start + 100));
            for i in 0..100 {
                assert_eq!(whole.at(i + 100), later.at(i));
            }
        }
        assert_ne!(Noise::new(9, 0).at(0), Noise::new(9, 1 << 32).at(0));
    }
}
