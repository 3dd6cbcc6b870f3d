//! Temperature schedules.

use crate::minimize::Error;
use crate::minimize::options::choice;

/// How the temperature falls from its initial T₀, at k = 0, 1, 2 …
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cooling {
    /// T₀: a sampler, of the density exp(−f/T₀).
    Constant,
    /// T₀ · ratioᵏ, ratio in (0, 1): quick.
    Geometric(f64),
    /// T₀ · ln 2 / ln(k + 2): slow enough to find the lowest minimum in the limit (S. Geman, D. Geman, 1984), too slow
    /// for practice.
    Logarithmic,
    /// T₀ / (k + 1), fast annealing (H. Szu, R. Hartley, 1987).
    Reciprocal,
}

choice!(Cooling: "constant" => Constant, "geometric" => Geometric(ratio: f64), "logarithmic" => Logarithmic, "reciprocal" => Reciprocal);

impl Cooling {
    /// `Ok` if it is possible, and T₀ too.
    pub(super) fn validate(self, initial: f64) -> Result<(), Error> {
        Error::unless_positive("temperature", initial)?;
        match self {
            Self::Geometric(ratio) => {
                Error::unless(ratio > 0.0 && ratio < 1.0, "ratio", ratio, "in (0, 1)")
            }
            _ => Ok(()),
        }
    }

    /// The temperature at k.
    #[must_use]
    pub fn temperature(self, initial: f64, k: u64) -> f64 {
        let k = k as f64;
        match self {
            Self::Constant => initial,
            Self::Geometric(ratio) => initial * libm::pow(ratio, k),
            Self::Logarithmic => initial * core::f64::consts::LN_2 / libm::log(k + 2.0),
            Self::Reciprocal => initial / (k + 1.0),
        }
    }
}

/// Adapts the length of a chain's steps, after iteration k, to the share of them that is accepted: by ever less at a constant
/// temperature, so that the chain forgets it was adapted; by up to a twentieth while the temperature falls.
///
/// `ln h ← ln h + γₖ(α − ᾱ)`, where α is the probability of acceptance and ᾱ what it is wanted to be: C. Andrieu, J. Thoms, "A
/// tutorial on adaptive MCMC", 2008, equation 11.
pub(super) fn adapted(length: f64, excess: f64, cooling: Cooling, k: u64) -> f64 {
    let gain = match cooling {
        Cooling::Constant => libm::pow(k as f64 + 1.0, -0.6),
        _ => 0.05,
    };
    length * libm::exp(gain * excess)
}

/// Metropolis' rule: whether to move from a value to another at a temperature, given a uniform random number.
pub(super) fn accepts(from: f64, to: f64, temperature: f64, unit: f64) -> bool {
    to <= from || unit < libm::exp((from - to) / temperature)
}
