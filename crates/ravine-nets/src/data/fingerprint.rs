//! A number that tells data sets apart.

use super::{Dataset, Targets};

impl Dataset {
    /// A 64-bit number that changes when any number, name or the order of rows changes (but not with [`Dataset::name`]): an
    /// experiment that is continued compares it, to notice that the file is no longer the same. FNV-1a; not for security.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::default();
        hash.text(&self.label);
        hash.number(self.columns.len() as u64);
        self.columns.iter().for_each(|name| hash.text(name));
        hash.number(self.inputs.len() as u64);
        self.inputs.iter().for_each(|x| hash.number(x.to_bits()));
        match &self.targets {
            Targets::Classes { labels, names } => {
                hash.text("classes");
                names.iter().for_each(|name| hash.text(name));
                labels
                    .iter()
                    .for_each(|label| hash.number(u64::from(*label)));
            }
            Targets::Values(values) => {
                hash.text("values");
                values.iter().for_each(|y| hash.number(y.to_bits()));
            }
        }
        hash.0
    }
}

/// The hash of Fowler, Noll and Vo, variant 1a, 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }
}
