//! When CMA-ES begins anew, and how large the next population is.

use crate::minimize::Error;
use crate::minimize::options::choice;
use crate::random::{ChaCha8Rng, unit};

/// Whether CMA-ES begins anew where a run has converged or got stuck, and with how many points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restarts {
    /// One run only.
    #[default]
    None,
    /// So many more runs, each with twice the population of the one before (A. Auger, N. Hansen, "A restart CMA
    /// evolution strategy with increasing population size", 2005).
    Ipop(u32),
    /// So many runs with growing populations; between these, as many evaluations as they needed go to runs with small
    /// populations and small first steps (N. Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function
    /// testbed", 2009).
    Bipop(u32),
}

choice!(Restarts: "none" => None, "ipop" => Ipop(runs: u32), "bipop" => Bipop(runs: u32));

/// What the next run begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Regime {
    /// λ, as a multiple of the default.
    pub(super) factor: f64,
    /// σ₀, as a multiple of the first.
    pub(super) sigma: f64,
    /// Evaluations after which it ends in any case.
    pub(super) evaluations: u64,
    small: bool,
}

impl Regime {
    pub(super) const FIRST: Self = Self {
        factor: 1.0,
        sigma: 1.0,
        evaluations: u64::MAX,
        small: false,
    };
}

/// Which runs there were.
#[derive(Default)]
pub(super) struct History {
    /// Runs with growing populations, beyond the first one.
    grown: u32,
    /// Evaluations of all those, of all with small populations, and of the last of the former.
    large: u64,
    small: u64,
    last_large: u64,
    runs: u32,
}

impl Restarts {
    pub(super) fn validate(self) -> Result<(), Error> {
        let (Self::Ipop(most) | Self::Bipop(most)) = self else {
            return Ok(());
        };
        // 2²⁰ is a million times the population.
        Error::unless(most <= 20, "restarts", f64::from(most), "at most 20")
    }

    /// What to do after a run that cost some evaluations; `None` if it was the last.
    pub(super) fn next(
        self,
        history: &mut History,
        ended: Regime,
        evaluations: u64,
        rng: &mut ChaCha8Rng,
    ) -> Option<Regime> {
        if ended.small {
            history.small += evaluations;
        } else {
            // The first run belongs to neither.
            if history.runs > 0 {
                history.large += evaluations;
            }
            history.last_large = evaluations;
        }
        history.runs += 1;
        let larger = |history: &mut History, most: u32| {
            (history.grown < most).then(|| {
                history.grown += 1;
                Regime {
                    factor: f64::from(1u32 << history.grown),
                    ..Regime::FIRST
                }
            })
        };
        match self {
            Self::None => None,
            Self::Ipop(most) => larger(history, most),
            Self::Bipop(_) if history.grown > 0 && history.small < history.large => {
                // λ_s = λ (½ λ_l/λ)^(u²), σ_s = σ₀ · 10^(−2u)
                let (u, v) = (unit(rng), unit(rng));
                let half = 0.5 * f64::from(1u32 << history.grown);
                Some(Regime {
                    factor: libm::pow(half, u * u),
                    sigma: libm::pow(10.0, -2.0 * v),
                    evaluations: (history.last_large / 2).max(1),
                    small: true,
                })
            }
            Self::Bipop(most) => larger(history, most),
        }
    }
}
