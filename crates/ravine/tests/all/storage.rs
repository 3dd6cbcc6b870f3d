//! The formats of stored numbers: against the crate `half`, against a naive reference, and their statistics.

use half::{bf16, f16};
use proptest::prelude::*;
use ravine::Scalar;
use ravine::storage::{self, Format, Rounding, StateArray, compensated, eight, key};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

const FORMATS: [Format; 4] = [
    Format::Full,
    Format::Compensated,
    Format::Bf16,
    Format::Eight,
];

fn stochastic(key: u64) -> Rounding {
    Rounding::Stochastic { key }
}

/// f32 of all sizes: about a million spread over all bit patterns, and those at and beside the ties of `cut` cut-off bits.
fn patterns(cut: u32) -> Vec<f32> {
    let spread = (0..=u32::MAX).step_by(4099);
    let tie = 1_u32 << (cut - 1);
    let ties = (0..=u32::MAX >> cut).flat_map(|code| {
        let bits = code << cut;
        [0, 1, tie - 1, tie, tie + 1, 2 * tie - 1].map(|low| bits + low)
    });
    spread.chain(ties).map(f32::from_bits).collect()
}

macro_rules! like_half {
    ($test:ident, $number:ident, $cut:expr) => {
        #[test]
        fn $test() {
            let codes: Vec<$number> = (0..=u16::MAX).map($number::from_bits).collect();
            let mut wide = vec![0.0_f32; codes.len()];
            storage::$number::widen(&codes, &mut wide);
            for (code, wide) in codes.iter().zip(wide) {
                let expected = code.to_f32();
                assert!(
                    wide.to_bits() == expected.to_bits() || wide.is_nan() && expected.is_nan(),
                    "{code:?}: {wide}"
                );
            }
            let values = patterns($cut);
            let mut codes = vec![$number::ZERO; values.len()];
            storage::$number::narrow(&values, &mut codes, 0, Rounding::Nearest);
            for (value, code) in values.iter().zip(codes) {
                let expected = $number::from_f32(*value);
                assert!(
                    code.to_bits() == expected.to_bits() || code.is_nan() && value.is_nan(),
                    "{value:e}: {code:?}, but half says {expected:?}"
                );
            }
        }
    };
}
like_half!(bf16_is_halfs, bf16, 16);
like_half!(f16_is_halfs, f16, 13);

macro_rules! neighbours {
    ($test:ident, $number:ident, $cut:expr) => {
        /// Stochastic rounding goes to the next below or the next above; what can be represented, infinities and NaN stay.
        #[test]
        fn $test() {
            let values = patterns($cut);
            for k in 0..3 {
                let mut codes = vec![$number::ZERO; values.len()];
                storage::$number::narrow(&values, &mut codes, 0, stochastic(k));
                for (value, code) in values.iter().zip(codes) {
                    let nearest = $number::from_f32(*value);
                    let got = code.to_f32();
                    if value.is_nan() {
                        assert!(got.is_nan());
                    } else if nearest.to_f32() == *value {
                        assert_eq!(code.to_bits(), nearest.to_bits(), "{value:e}");
                    } else {
                        assert!(value.abs() > $number::MAX.to_f32() || got.is_finite());
                        assert_eq!(got.is_sign_negative(), value.is_sign_negative());
                        // The other neighbour is one code away from the nearest, on the other side of the value.
                        let away = nearest.to_bits().abs_diff(code.to_bits());
                        assert!(away <= 1, "{value:e}: {code:?}");
                        assert!(away == 0 || (got < *value) != (nearest.to_f32() < *value));
                    }
                }
            }
        }
    };
}
neighbours!(bf16_rounds_to_neighbours, bf16, 16);
neighbours!(f16_rounds_to_neighbours, f16, 13);

/// What comes back of `value`, rounded `count` times as consecutive elements behind a first element that is 1.
fn rounded(format: Format, value: f32, count: usize, k: u64) -> Vec<f64> {
    let mut values = vec![value; count];
    for block in values.chunks_mut(eight::BLOCK) {
        block[0] = 1.0;
    }
    let mut array = StateArray::new(count, format, 0.0_f32);
    for mut chunk in array.chunks_mut(count) {
        chunk.narrow(0, &values, stochastic(k));
    }
    let back = array.values().into_iter().enumerate();
    back.filter(|(i, _)| i % eight::BLOCK != 0)
        .map(|(_, x)| f64::from(x))
        .collect()
}

/// The mean of many roundings is the number, to within 5 standard errors; at most two results occur.
#[test]
fn stochastic_rounding_is_unbiased() {
    let count = 1 << 16;
    for format in [Format::Compensated, Format::Bf16, Format::Eight] {
        for (j, value) in [
            0.7, 0.3001, 0.1234, 0.031, 0.0017, 3.3e-5, 2.2e-6, -0.6, -0.01234,
        ]
        .into_iter()
        .enumerate()
        {
            let got = rounded(format, value, count, key(1, j as u64, "w", "v"));
            let (low, high) = got
                .iter()
                .fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
            assert!(got.iter().all(|x| *x == low || *x == high));
            let exact = f64::from(value);
            assert!(low <= exact && exact <= high, "{format:?}: {value}");
            let n = got.len() as f64;
            let mean = got.iter().sum::<f64>() / n;
            let error = ((exact - low) * (high - exact) / n).sqrt();
            assert!(
                (mean - exact).abs() <= 5.0 * error + 2e-7 * exact.abs(),
                "{format:?}: {value} became {mean} on average, standard error {error:e}"
            );
        }
    }
}

#[test]
fn f16_is_unbiased_among_the_subnormal_too() {
    let count = 1 << 16;
    for value in [0.3_f32, 1000.3, 5.0e-5, 1.3e-7, 1.0e-8] {
        let mut codes = vec![f16::ZERO; count];
        storage::f16::narrow(&vec![value; count], &mut codes, 0, stochastic(5));
        let mean = codes.iter().map(|code| code.to_f64()).sum::<f64>() / count as f64;
        let gap = if value < f16::MIN_POSITIVE.to_f32() {
            2_f64.powi(-24)
        } else {
            f64::from(value) * 2_f64.powi(-10)
        };
        let error = 0.5 * gap / (count as f64).sqrt();
        assert!(
            (mean - f64::from(value)).abs() < 5.0 * error,
            "{value}: {mean}"
        );
    }
}

/// Whether one element is rounded up says nothing about its neighbour, in the array or in time.
#[test]
fn neighbours_are_rounded_independently() {
    let ups = |step: u64| -> Vec<bool> {
        let got = rounded(Format::Bf16, 0.300_3, 1 << 16, key(3, step, "w", "m"));
        let low = got.iter().copied().fold(f64::MAX, f64::min);
        got.into_iter().map(|x| x > low).collect()
    };
    let (now, later) = (ups(1), ups(2));
    let share = |flags: &[bool]| flags.iter().filter(|up| **up).count() as f64 / flags.len() as f64;
    let both = |a: &[bool], b: &[bool]| -> f64 {
        let pairs = a.iter().zip(b).filter(|(a, b)| **a && **b);
        pairs.count() as f64 / a.len().min(b.len()) as f64
    };
    let p = share(&now);
    assert!(p > 0.1 && p < 0.9, "{p}");
    let bound = 5.0 / (now.len() as f64).sqrt();
    assert!((both(&now, &now[1..]) - p * p).abs() < bound);
    assert!((both(&now, &later) - p * share(&later)).abs() < bound);
}

#[test]
fn compensated_has_sixteen_bits() {
    let values: Vec<f32> = patterns(16)
        .into_iter()
        .filter(|x| x.abs() < 3.3e38)
        .collect();
    let (mut high, mut low) = (
        vec![bf16::ZERO; values.len()],
        vec![bf16::ZERO; values.len()],
    );
    for (rounding, bound) in [
        (Rounding::Nearest, 2_f64.powi(-17)),
        (stochastic(4), 2_f64.powi(-16)),
    ] {
        compensated::narrow(&values, &mut high, &mut low, 0, rounding);
        let mut back = vec![0.0_f32; values.len()];
        compensated::widen(&high, &low, &mut back);
        for (i, (x, y)) in values.iter().zip(&back).enumerate() {
            let (exact, got) = (f64::from(*x), f64::from(*y));
            // Where the low part is subnormal, its step is 2⁻¹³³.
            let bound = bound * exact.abs() + 2_f64.powi(-133);
            assert!((got - exact).abs() <= bound, "{x:e}: {y:e}");
            assert_eq!(high[i], bf16::from_f32(*x), "{x:e}");
        }
    }
    let special = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX];
    compensated::narrow(&special, &mut high[..4], &mut low[..4], 0, stochastic(1));
    let mut back = [0.0_f32; 4];
    compensated::widen(&high[..4], &low[..4], &mut back);
    assert_eq!(back[..2], special[..2]);
    assert!(back[2].is_nan());
    assert_eq!(
        back[3],
        f32::INFINITY,
        "beyond the largest bf16, and rounded up"
    );
}

/// The numbers that 8 bits can be, written from the definition: code 8k + j is c (2ᵏ (1 + j/8) − 1).
fn eight_bit_numbers(both_signs: bool) -> Vec<f64> {
    let (octaves, c) = if both_signs { (16, -15) } else { (32, -31) };
    let positive: Vec<f64> = (0..8 * octaves)
        .map(|code| {
            let octave = 2_f64.powi(code / 8) * (1.0 + f64::from(code % 8) / 8.0);
            2_f64.powi(c) * (octave - 1.0)
        })
        .collect();
    let top = positive[positive.len() - 1];
    positive.iter().map(|y| y / top).collect()
}

fn eight_bits(values: &[f32], rounding: Rounding) -> Vec<f32> {
    let mut codes = vec![0; values.len()];
    let mut scales = vec![0.0; eight::scales(values.len())];
    eight::narrow(values, &mut codes, &mut scales, 0, rounding);
    let mut back = vec![0.0; values.len()];
    eight::widen(&codes, &scales, &mut back);
    back
}

/// Values over `decades` decades, some zero.
fn spread(len: usize, decades: i32, both_signs: bool) -> Vec<f32> {
    let mut state = 12_345_u64;
    (0..len)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let unit = (state >> 40) as f64 / (1_u64 << 24) as f64;
            let sign = if both_signs && state >> 39 & 1 == 1 {
                -1.0
            } else {
                1.0
            };
            let magnitude = 10_f64.powf(-unit * f64::from(decades));
            if state >> 34 & 31 == 0 {
                0.0
            } else {
                (sign * magnitude) as f32
            }
        })
        .collect()
}

#[test]
fn eight_bits_are_the_nearest_of_their_numbers() {
    for both_signs in [true, false] {
        let numbers = eight_bit_numbers(both_signs);
        for scale in [1.0_f32, 3.7e-12, 2.9e30] {
            let values: Vec<f32> = spread(1 << 14, 12, both_signs)
                .iter()
                .map(|x| x * scale)
                .collect();
            let back = eight_bits(&values, Rounding::Nearest);
            for (values, back) in values.chunks(256).zip(back.chunks(256)) {
                let largest = values.iter().fold(0.0_f32, |a, x| a.max(x.abs()));
                let largest = f64::from(largest);
                for (x, y) in values.iter().zip(back) {
                    let (exact, got) = (f64::from(*x), f64::from(*y));
                    let distance = |y: &f64| (y * largest - exact.abs()).abs();
                    let nearest = numbers.iter().map(distance).fold(f64::MAX, f64::min);
                    let least = numbers[1] * largest;
                    if !both_signs && exact > 0.0 && exact < least {
                        assert!((got / least - 1.0).abs() < 1e-6, "{x:e}: {y:e}");
                    } else {
                        let slack = 1e-6 * exact.abs() + 1e-7 * least;
                        assert!((got - exact).abs() <= nearest + slack, "{x:e}: {y:e}");
                    }
                    assert!(got == 0.0 || got.signum() == exact.signum());
                    assert!(exact != 0.0 || got == 0.0);
                    // The bound that the documentation gives: (y + c)/16, here as a share of the largest.
                    let c = 2_f64.powi(if both_signs { -15 } else { -31 });
                    let bound = (exact.abs() + c * largest) / 16.0 * 1.001;
                    assert!((got - exact).abs() <= bound.max(least), "{x:e}: {y:e}");
                }
            }
        }
    }
}

#[test]
fn eight_bits_at_the_ends() {
    assert_eq!(eight_bits(&[0.0; 300], Rounding::Nearest), [0.0; 300]);
    assert_eq!(eight_bits(&[0.0; 300], stochastic(1)), [0.0; 300]);
    assert!(
        eight_bits(&[-0.0; 3], stochastic(1))
            .iter()
            .all(|x| *x == 0.0)
    );

    // A second moment never becomes zero, however it is rounded and however small it is.
    for k in 0..20 {
        let back = eight_bits(&[1.0, 1e-11, 1e-30, f32::from_bits(1), 0.0], stochastic(k));
        assert!(back[1] > 0.0 && back[2] > 0.0 && back[3] > 0.0, "{back:?}");
        assert_eq!((back[0], back[4]), (1.0, 0.0));
    }

    // A number that is not finite costs its block, and no other.
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut values = vec![0.5_f32; 600];
        values[256] = bad;
        let back = eight_bits(&values, Rounding::Nearest);
        assert!(back[256..512].iter().all(|x| x.is_nan()));
        assert!(back[..256].iter().chain(&back[512..]).all(|x| *x == 0.5));
    }

    // The largest magnitudes and the smallest.
    for size in [f32::MAX, 1.0e38, f32::MIN_POSITIVE, 3.0e-39] {
        for values in [
            [size, size / 2.0, size / 3.0],
            [-size, size / 2.0, size / 3.0],
        ] {
            for (x, y) in values.iter().zip(eight_bits(&values, Rounding::Nearest)) {
                assert!((y / x - 1.0).abs() <= 1.0 / 16.0 + 1e-3, "{x:e}: {y:e}");
            }
        }
    }
}

/// What was read is written back to the same codes.
#[test]
fn eight_bits_stand_still() {
    for both_signs in [true, false] {
        let once = eight_bits(&spread(1 << 14, 9, both_signs), Rounding::Nearest);
        let twice = eight_bits(&once, Rounding::Nearest);
        for (a, b) in once.iter().zip(twice) {
            assert!((b - a).abs() <= 1e-6 * a.abs(), "{a:e}: {b:e}");
        }
    }
}

/// v ← 0.999 v for 1,000 steps: to nearest bf16 stands still (PyTorch's bf16 Adam), at random all formats follow.
#[test]
fn a_slow_average_decays_on_average() {
    let start: Vec<f64> = spread(4096, 3, false)
        .iter()
        .map(|x| f64::from(*x))
        .collect();
    let decay = |format, random: bool| -> f64 {
        let mut array = StateArray::from_values(&start, format);
        for step in 0..1000 {
            let values: Vec<f64> = array.values().iter().map(|v| 0.999 * v).collect();
            let rounding = if random {
                stochastic(key(1, step, "w", "exp_avg_sq"))
            } else {
                Rounding::Nearest
            };
            for mut chunk in array.chunks_mut(4096) {
                chunk.narrow(0, &values, rounding);
            }
        }
        let ratio: Vec<f64> = array
            .values()
            .iter()
            .zip(&start)
            .filter(|(_, x)| **x > 0.0)
            .map(|(v, x)| v / x)
            .collect();
        ratio.iter().sum::<f64>() / ratio.len() as f64
    };
    let exact = 0.999_f64.powi(1000);
    for format in FORMATS {
        let got = decay(format, true);
        assert!(
            (got / exact - 1.0).abs() < 0.03,
            "{format:?}: {got}, exactly {exact}"
        );
    }
    assert!(decay(Format::Bf16, false) > 0.9);
}

fn saved<T: Scalar>(array: &StateArray<T>) -> Vec<(String, Dtype, Vec<usize>, Vec<u8>)> {
    let parts = array.parts(&[array.len()]).into_iter();
    parts
        .map(|part| {
            (
                part.suffix.into(),
                part.dtype,
                part.shape,
                part.bytes.into_owned(),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The same bits for any cut into chunks and blocks.
    #[test]
    fn chunks_do_not_matter(
        len in 0_usize..5000,
        chunk in 1_usize..3000,
        blocks in 1_usize..5,
        k: u64,
        random: bool,
    ) {
        let values = spread(len, 6, true);
        let rounding = if random { stochastic(k) } else { Rounding::Nearest };
        for format in FORMATS {
            let mut whole = StateArray::new(len, format, 1.0_f32);
            for mut chunk in whole.chunks_mut(len) {
                chunk.narrow(0, &values, rounding);
            }
            let mut pieces = StateArray::new(len, format, 1.0_f32);
            let mut rest = values.as_slice();
            for mut chunk in pieces.chunks_mut(chunk) {
                let (first, others) = rest.split_at(chunk.len());
                rest = others;
                for (i, block) in first.chunks(blocks * eight::BLOCK).enumerate().rev() {
                    let offset = i * blocks * eight::BLOCK;
                    chunk.narrow(offset, block, rounding);
                    let mut back = vec![0.0; block.len()];
                    chunk.widen(offset, &mut back);
                    prop_assert!(format != Format::Full || back == block);
                }
            }
            prop_assert!(rest.is_empty());
            prop_assert_eq!(&whole, &pieces);
            prop_assert_eq!(whole.values(), pieces.values());
        }
    }
}

/// Through safetensors and back: the same array.
fn saves<T: Scalar>() {
    let values: Vec<T> = spread(6 * 100, 6, true)
        .iter()
        .map(|x| T::from_f64(f64::from(*x)))
        .collect();
    for format in FORMATS {
        let array = StateArray::from_values(&values, format);
        assert_eq!(array.format(), format);
        let parts = array.parts(&[6, 100]);
        assert_eq!(
            array.bytes(),
            parts.iter().map(|part| part.bytes.len()).sum::<usize>()
        );
        let views = parts.iter().map(|part| {
            let view =
                TensorView::new(part.dtype, part.shape.clone(), &part.bytes).expect("a tensor");
            (format!("w/v{}", part.suffix), view)
        });
        let bytes = safetensors::serialize(views, None).expect("tensors");
        let file = SafeTensors::deserialize(&bytes).expect("a file");
        let find = |suffix: &str| {
            let tensor = file.tensor(&format!("w/v{suffix}")).ok()?;
            Some((tensor.dtype(), tensor.data()))
        };
        let loaded = StateArray::<T>::from_parts(600, find).expect("an array");
        assert_eq!(loaded, array);
        assert!(StateArray::<T>::from_parts(599, find).is_err());
        if parts.len() == 2 && format == Format::Eight {
            let first = |suffix: &str| if suffix.is_empty() { find("") } else { None };
            assert!(StateArray::<T>::from_parts(600, first).is_err());
        }
    }
    let other = |suffix: &str| suffix.is_empty().then_some((Dtype::I32, &[0_u8; 8][..]));
    let error = StateArray::<T>::from_parts(2, other).expect_err("no format");
    assert!(error.to_string().contains("I32"), "{error}");
    assert!(StateArray::<T>::from_parts(2, |_| None).is_err());
}

#[test]
fn arrays_are_saved_and_loaded() {
    saves::<f32>();
    saves::<f64>();
}

#[test]
fn arrays_have_their_size_and_filling() {
    for (format, bytes) in FORMATS.into_iter().zip([4000, 4000, 2000, 1016]) {
        let array = StateArray::new(1000, format, 0.25_f32);
        assert_eq!((array.len(), array.bytes()), (1000, bytes));
        assert_eq!(array.values(), [0.25; 1000]);
        assert_eq!(array.full().is_some(), format == Format::Full);
        let double = StateArray::new(1000, format, 0.25_f64);
        assert_eq!(double.values(), [0.25; 1000]);
        assert!(
            saved(&StateArray::new(0, format, 0.25_f64))
                .iter()
                .all(|part| part.3.is_empty())
        );
    }
}
