//! The dynamic code of T. Dettmers et al., "8-bit Optimizers via Block-wise Quantization", ICLR 2022, as bitsandbytes has it:
//! measured here and not used, see `ravine::storage::eight`.
//!
//! Seven decades, 10⁻ᵏ with k = 0 … 6. The decade k holds n = 2⁶⁻ᵏ numbers of each sign, or 2⁷⁻ᵏ of one sign: the middles of n equal
//! parts of [0.1, 1] · 10⁻ᵏ. Zero and one make 256.

use pulp::{Arch, Simd, WithSimd};

/// Cells of magnitudes, 128 to the octave from 2⁻²⁴ to 2: so narrow that none holds two borders between codes.
const CELLS: usize = 25 << 7;
const LOWEST: u32 = 103 << 7;

pub struct Dynamic {
    values: [f32; 256],
    /// The border above each code.
    borders: [f32; 256],
    /// The code of the least number of a cell; the negative cells stand behind the positive ones.
    cells: Vec<u8>,
}

impl Dynamic {
    pub fn new(signed: bool) -> Self {
        let mut list = vec![0.0, 1.0];
        for decade in 0..7 {
            let parts = if signed { 64 >> decade } else { 128 >> decade };
            for part in 0..parts {
                let middle = 0.1 + 0.9 * (f64::from(part) + 0.5) / f64::from(parts);
                let value = middle * 10_f64.powi(-decade);
                list.push(value);
                if signed {
                    list.push(-value);
                }
            }
        }
        list.sort_by(f64::total_cmp);
        let values: [f32; 256] = std::array::from_fn(|i| list[i] as f32);
        let borders = std::array::from_fn(|i| match values.get(i + 1) {
            Some(next) => (values[i] + next) / 2.0,
            None => f32::INFINITY,
        });
        let code = |y: f32| {
            borders
                .iter()
                .position(|border| y <= *border)
                .unwrap_or(255) as u8
        };
        let edge = |cell: usize| f32::from_bits((LOWEST + cell as u32) << 16);
        let positive = (0..CELLS).map(|cell| {
            if cell == 0 {
                code(0.0)
            } else {
                code(edge(cell))
            }
        });
        let negative = (0..CELLS).map(|cell| code(-edge(cell + 1)));
        let cells = positive.chain(negative).collect();
        Self {
            values,
            borders,
            cells,
        }
    }

    /// Returns the scale.
    pub fn encode(&self, values: &[f32], codes: &mut [u8]) -> f32 {
        Arch::new().dispatch(Encode(self, values, codes))
    }

    pub fn decode(&self, codes: &[u8], scale: f32, values: &mut [f32]) {
        Arch::new().dispatch(Decode(self, codes, scale, values));
    }
}

struct Encode<'a>(&'a Dynamic, &'a [f32], &'a mut [u8]);

impl WithSimd for Encode<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f32 {
        let mut largest = 0;
        for value in self.1 {
            largest = (value.to_bits() & 0x7fff_ffff).max(largest);
        }
        let scale = f32::from_bits(largest);
        let factor = if scale == 0.0 { 0.0 } else { 1.0 / scale };
        let cells: &[u8; 2 * CELLS] = self.0.cells.as_slice().try_into().expect("all cells");
        for (code, value) in self.2.iter_mut().zip(self.1) {
            let y = value * factor;
            let bits = y.to_bits();
            let cell = ((bits & 0x7fff_ffff) >> 16).max(LOWEST) - LOWEST;
            let sign = (bits >> 31) * CELLS as u32;
            let least = cells[(cell.min(CELLS as u32 - 1) + sign) as usize];
            *code = least + u8::from(y > self.0.borders[least as usize]);
        }
        scale
    }
}

struct Decode<'a>(&'a Dynamic, &'a [u8], f32, &'a mut [f32]);

impl WithSimd for Decode<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (value, code) in self.3.iter_mut().zip(self.1) {
            *value = self.0.values[*code as usize] * self.2;
        }
    }
}
