//! Formats of stored numbers: speed and error.
//!
//! `cargo bench -p ravine --bench codecs`. One thread.
//!
//! Speed: GB a second of f32 read or written, on a block of 512 in the nearest cache; and a pass over an array of 64 M numbers,
//! block by block (widened, multiplied, narrowed), as a multiple of the time of the same loop on f32.
//! Error: relative, of rounding to nearest, on numbers like first moments and like second moments, in blocks of 256.

mod dynamic;

use std::hint::black_box;
use std::time::Instant;

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use ravine::random::{self, Purpose};
use ravine::storage::{Chunk, Format, Rounding, StateArray, eight};

use dynamic::Dynamic;

const BLOCK: usize = 512;

/// A format under measurement: an array that blocks are read from and written to.
trait Store {
    fn widen(&self, offset: usize, values: &mut [f32]);
    fn narrow(&mut self, offset: usize, values: &[f32]);
}

struct Stored<'a>(Chunk<'a, f32>, Rounding);

impl Store for Stored<'_> {
    fn widen(&self, offset: usize, values: &mut [f32]) {
        self.0.widen(offset, values);
    }

    fn narrow(&mut self, offset: usize, values: &[f32]) {
        self.0.narrow(offset, values, self.1);
    }
}

struct F16(Vec<f16>, Rounding);

impl Store for F16 {
    fn widen(&self, offset: usize, values: &mut [f32]) {
        ravine::storage::f16::widen(&self.0[offset..offset + values.len()], values);
    }

    fn narrow(&mut self, offset: usize, values: &[f32]) {
        let codes = &mut self.0[offset..offset + values.len()];
        ravine::storage::f16::narrow(values, codes, offset as u64, self.1);
    }
}

/// The conversions of the crate `half`.
struct Half<N>(Vec<N>);

macro_rules! half {
    ($number:ident) => {
        impl Store for Half<$number> {
            fn widen(&self, offset: usize, values: &mut [f32]) {
                self.0[offset..offset + values.len()].convert_to_f32_slice(values);
            }

            fn narrow(&mut self, offset: usize, values: &[f32]) {
                self.0[offset..offset + values.len()].convert_from_f32_slice(values);
            }
        }
    };
}
half!(bf16);
half!(f16);

/// Bitsandbytes' dynamic code.
struct Table<'a> {
    signed: &'a Dynamic,
    unsigned: &'a Dynamic,
    codes: Vec<u8>,
    scales: Vec<f32>,
}

impl Store for Table<'_> {
    fn widen(&self, offset: usize, values: &mut [f32]) {
        let blocks = values.chunks_mut(eight::BLOCK).enumerate();
        for (i, values) in blocks {
            let scale = self.scales[offset / eight::BLOCK + i];
            let code = if scale.is_sign_negative() {
                self.signed
            } else {
                self.unsigned
            };
            let start = offset + i * eight::BLOCK;
            code.decode(
                &self.codes[start..start + values.len()],
                scale.abs(),
                values,
            );
        }
    }

    fn narrow(&mut self, offset: usize, values: &[f32]) {
        for (i, values) in values.chunks(eight::BLOCK).enumerate() {
            let start = offset + i * eight::BLOCK;
            let codes = &mut self.codes[start..start + values.len()];
            let negative = values.iter().fold(false, |any, value| any | (*value < 0.0));
            let code = if negative { self.signed } else { self.unsigned };
            let scale = code.encode(values, codes);
            self.scales[offset / eight::BLOCK + i] = if negative { -scale } else { scale };
        }
    }
}

/// All formats, with room for `len` numbers.
fn each(len: usize, mut measure: impl FnMut(&str, &mut dyn Store)) {
    let random = Rounding::Stochastic { key: 1 };
    for (name, format, rounding) in [
        ("f32", Format::Full, Rounding::Nearest),
        ("compensated", Format::Compensated, Rounding::Nearest),
        ("compensated, stochastic", Format::Compensated, random),
        ("bf16", Format::Bf16, Rounding::Nearest),
        ("bf16, stochastic", Format::Bf16, random),
        ("8 bits, float", Format::Eight, Rounding::Nearest),
        ("8 bits, float, stochastic", Format::Eight, random),
    ] {
        let mut array = StateArray::new(len, format, 0.0_f32);
        let chunk = array.chunks_mut(len).next().expect("a chunk");
        measure(name, &mut Stored(chunk, rounding));
    }
    measure(
        "8 bits, dynamic table",
        &mut Table {
            signed: &Dynamic::new(true),
            unsigned: &Dynamic::new(false),
            codes: vec![0; len],
            scales: vec![0.0; eight::scales(len)],
        },
    );
    measure("f16", &mut F16(vec![f16::ZERO; len], Rounding::Nearest));
    measure("f16, stochastic", &mut F16(vec![f16::ZERO; len], random));
    measure("bf16, by half", &mut Half(vec![bf16::ZERO; len]));
    measure("f16, by half", &mut Half(vec![f16::ZERO; len]));
}

/// The shortest time of a call, in seconds.
fn shortest(rounds: usize, mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        call();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

/// Numbers like first moments: normal.
fn first_moments(len: usize) -> Vec<f32> {
    let mut rng = random::stream(1, Purpose::Noise, 0);
    (0..len).map(|_| random::normal(&mut rng) as f32).collect()
}

/// Numbers like second moments: the mean of ten squares of normal numbers, with a variance of its own for each number,
/// spread over 8 decades (the logarithm's standard deviation is 1.5 decades).
fn second_moments(len: usize) -> Vec<f32> {
    let mut rng = random::stream(2, Purpose::Noise, 0);
    let mut draw = || random::normal(&mut rng);
    (0..len)
        .map(|_| {
            let variance = 10_f64.powf(1.5 * draw() - 8.0);
            ((0..10).map(|_| draw().powi(2)).sum::<f64>() / 10.0 * variance) as f32
        })
        .collect()
}

/// Median and largest relative error, and how many in a million became zero.
fn errors(store: &mut dyn Store, values: &[f32]) -> [f64; 3] {
    store.narrow(0, values);
    let mut back = vec![0.0; values.len()];
    store.widen(0, &mut back);
    let zeros = back.iter().filter(|value| **value == 0.0).count();
    let pairs = values.iter().zip(&back);
    let mut errors: Vec<f64> = pairs
        .map(|(x, y)| (f64::from(*y) / f64::from(*x) - 1.0).abs())
        .collect();
    errors.sort_by(f64::total_cmp);
    let per_million = 1e6 / values.len() as f64;
    [
        errors[errors.len() / 2],
        errors[errors.len() - 1],
        zeros as f64 * per_million,
    ]
}

fn main() {
    let large = 64 << 20;
    let mut plain = f64::NAN;
    println!(
        "{:28} {:>11} {:>11} {:>9}",
        "", "widen GB/s", "narrow GB/s", "array"
    );
    each(large, |name, store| {
        let mut block = first_moments(BLOCK);
        let many = 2_000;
        let gigabytes = (many * BLOCK * 4) as f64 / 1e9;
        let narrow = shortest(50, || {
            for _ in 0..many {
                store.narrow(0, black_box(&block));
            }
        });
        let widen = shortest(50, || {
            for _ in 0..many {
                store.widen(0, black_box(&mut block));
            }
        });
        let pass = shortest(4, || {
            for offset in (0..large).step_by(BLOCK) {
                store.widen(offset, &mut block);
                for value in &mut block {
                    *value = *value * 0.999 + 1e-3;
                }
                store.narrow(offset, &block);
            }
        });
        if name == "f32" {
            plain = pass;
        }
        println!(
            "{name:28} {:11.1} {:11.1} {:9.2}",
            gigabytes / widen,
            gigabytes / narrow,
            pass / plain
        );
    });
    let (first, second) = (first_moments(1 << 18), second_moments(1 << 18));
    println!(
        "\n{:28} {:>31}   {:>31}",
        "relative error", "first moments", "second moments"
    );
    let columns = format!("{:>10} {:>9} {:>10}", "median", "largest", "zeros/10⁶");
    println!("{:28} {columns}   {columns}", "");
    each(1 << 18, |name, store| {
        let [a, b, c] = errors(store, &first);
        let [d, e, f] = errors(store, &second);
        println!("{name:28} {a:10.1e} {b:9.1e} {c:10.0}   {d:10.1e} {e:9.1e} {f:10.0}");
    });
}
