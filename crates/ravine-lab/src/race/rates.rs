//! Which learning rate each optimiser runs with.

use ravine::Chain;
use ravine::catalogue::Recipe;

use super::{Path, Race, runner};
use crate::LabError;

/// How learning rates are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rates {
    /// The usual ones are for networks, so by default every optimiser gets the one with which its first steps are a fiftieth of the
    /// window's diagonal long; divided by √10 as long as the path leaves the picture.
    Even,
    /// The same for all.
    Given(f64),
    /// For each the best of [`TRIED`], half a decade apart around that of [`Even`](Self::Even): of those whose paths stay in the
    /// picture, if there are any, the one that is lowest along its path.
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
        race: &Race,
        recipe: &Recipe,
        settings: &[(String, String)],
        noise: &[[f64; 2]],
    ) -> Result<Chosen, LabError> {
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let own_rate = settings.iter().any(|(key, _)| *key == "lr");
        let refused = |error: ravine::Error| LabError::Race(error.to_string());
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
        let floor = race.surface.floor();
        let mut best = (Score::WORST, even);
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
            let score = Score::of(&path, race, floor);
            if score < best.0 {
                best = (score, rate);
            }
            if self == Self::Even && score.left == 0 {
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
fn first_step(path: &Path, race: &Race) -> f64 {
    let [width, height] = race.surface.window.map(|[low, high]| high - low);
    let steps = path.points.windows(2).map(|pair| {
        let [a, b] = [pair[0], pair[1]];
        (b[0] - a[0]).hypot(b[1] - a[1])
    });
    let length: f64 = steps.sum();
    length / (path.points.len().max(2) - 1) as f64 / width.hypot(height)
}

/// How far beyond the window a path may go, in widths of the window.
const BEYOND: f64 = 0.1;

/// How good a path is; less is better.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Score {
    /// 2 for a path that diverges, 1 for one that leaves the picture without falling below all that is known there, 0 otherwise.
    left: u8,
    /// The mean logarithm of the height above the lowest known value: both speed and the end count.
    height: f64,
}

impl Score {
    const WORST: Self = Self {
        left: 3,
        height: f64::INFINITY,
    };

    fn of(path: &Path, race: &Race, floor: f64) -> Self {
        let first = path.values.first().map_or(1.0, |first| first - floor);
        let least = 1e-16 * first.abs().max(1e-300);
        let (mut left, mut sum, mut below) = (0, 0.0, false);
        for (x, value) in path.points.iter().zip(&path.values) {
            let gap = value - floor;
            below |= gap < 0.0;
            let mut sides = x.iter().zip(race.surface.window);
            let outside = sides.any(|(x, [low, high])| {
                let beyond = BEYOND * (high - low);
                *x < low - beyond || *x > high + beyond
            });
            if outside && !below {
                left = 1;
            }
            sum += if below { least } else { gap.max(least) }.ln();
        }
        Self {
            left: if path.diverged.is_some() { 2 } else { left },
            height: sum / path.values.len().max(1) as f64,
        }
    }
}
