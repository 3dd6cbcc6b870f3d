//! Which learning rate each optimiser runs with.

use ravine::Chain;
use ravine::catalogue::Recipe;

use super::{Path, Race, runner};
use crate::LabError;

/// How learning rates are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rates {
    /// The usual ones are for networks, so by default every optimiser gets the one with which its first steps are a fiftieth of the
    /// window's diagonal long; divided by √10 as long as the path leaves the surface.
    Even,
    /// The same for all.
    Given(f64),
    /// For each the best of [`TRIED`], half a decade apart around that of [`Even`](Self::Even).
    Tuned,
}

/// How many learning rates are tried for each optimiser.
pub const TRIED: usize = 13;

/// Half a decade.
const HALF_DECADE: f64 = 3.162_277_660_168_379_5;

/// How long the first steps are, in diagonals of the window.
const EVEN: f64 = 0.02;

/// The first steps, over which their length is measured.
const FIRST: usize = 3;

/// How often a rate is lowered at most.
const LOWERED: usize = 12;

/// What an optimiser runs with, and its path.
pub(super) struct Chosen {
    pub chain: Chain,
    pub rate: Option<f64>,
    pub path: Path,
    /// How many learning rates were tried.
    pub tried: usize,
}

impl Rates {
    pub(super) fn choose(
        self,
        race: &Race<'_>,
        recipe: &Recipe,
        settings: &[(String, String)],
        noise: &[[f64; 2]],
    ) -> Result<Chosen, LabError> {
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let own_rate = settings.iter().any(|(key, _)| *key == "lr");
        let refused = |error: ravine::Error| LabError::Race(format!("{}: {error}", recipe.name));
        let plain = recipe.chain(&settings).map_err(refused)?;
        let run = |rate: Option<f64>, steps: usize| -> Result<(Chain, Path), LabError> {
            let mut chain = plain.clone();
            if let Some(rate) = rate {
                chain.set("lr", rate).map_err(refused)?;
            }
            let chain = chain.without_idle();
            let path = runner::run(&chain, &race.surface, race.start, steps, noise)?;
            Ok((chain, path))
        };
        let finish = |rate: Option<f64>, tried: usize| {
            let (chain, path) = run(rate, race.steps)?;
            let rate = chain.get("lr").map(|lr| lr.at(0));
            Ok(Chosen {
                chain,
                rate,
                path,
                tried,
            })
        };
        if own_rate || plain.get("lr").is_none() {
            return finish(None, 1);
        }
        if let Self::Given(rate) = self {
            return finish(Some(rate), 1);
        }
        // A method that finds its own step size has 1 as its usual rate, and is hurt by any other.
        let even = if recipe.family == "learning-rate-free" {
            recipe.usual_learning_rate
        } else {
            let mut rate = recipe.usual_learning_rate;
            // The steps after the first depend on it, so they count once the first is about right.
            for steps in [1, FIRST, FIRST] {
                let (_, path) = run(Some(rate), steps)?;
                let first = first_step(&path, race);
                if first > 0.0 {
                    rate *= (EVEN / first).clamp(1e-6, 1e6);
                }
            }
            rate
        };
        let even = rounded(even);
        let mut best = (f64::INFINITY, even, 0);
        let (rates, tried): (Vec<f64>, usize) = match self {
            Self::Tuned => {
                let half = (TRIED / 2) as i32;
                (
                    (-half..=half)
                        .map(|k| rounded(even * HALF_DECADE.powi(k)))
                        .collect(),
                    TRIED,
                )
            }
            _ => (
                (0..LOWERED as i32)
                    .map(|k| rounded(even / HALF_DECADE.powi(k)))
                    .collect(),
                1,
            ),
        };
        for rate in rates {
            let (_, path) = run(Some(rate), race.steps)?;
            let score = score(&path, race);
            if score < best.0 {
                best = (score, rate, tried);
            }
            if self == Self::Even && score < f64::INFINITY {
                break;
            }
        }
        finish(Some(best.1), tried)
    }
}

/// Three digits are enough for a learning rate, and can be typed again.
fn rounded(rate: f64) -> f64 {
    format!("{rate:.2e}").parse().unwrap_or(rate)
}

/// The mean length of the first steps, in diagonals of the window.
fn first_step(path: &Path, race: &Race<'_>) -> f64 {
    let [width, height] = race.surface.window.map(|[low, high]| high - low);
    let steps = path.points.windows(2).map(|pair| {
        let [a, b] = [pair[0], pair[1]];
        (b[0] - a[0]).hypot(b[1] - a[1])
    });
    let length: f64 = steps.sum();
    length / (path.points.len().max(2) - 1) as f64 / width.hypot(height)
}

/// The mean logarithm of the height above the lowest known value: both speed and the end count. Infinite for a path that leaves the
/// surface by more than its width, unless it falls below all that is known there.
fn score(path: &Path, race: &Race<'_>) -> f64 {
    if path.diverged.is_some() {
        return f64::INFINITY;
    }
    let floor = race.surface.floor();
    let first = path.values.first().map_or(1.0, |first| first - floor);
    let least = 1e-16 * first.abs().max(1e-300);
    let mut sum = 0.0;
    let mut below = false;
    for (x, value) in path.points.iter().zip(&path.values) {
        let gap = value - floor;
        below |= gap < 0.0;
        let outside = x.iter().zip(race.surface.window).any(|(x, [low, high])| {
            let width = high - low;
            *x < low - width || *x > high + width
        });
        if outside && !below {
            return f64::INFINITY;
        }
        sum += if below {
            least.ln()
        } else {
            gap.max(least).ln()
        };
    }
    sum / path.values.len().max(1) as f64
}
