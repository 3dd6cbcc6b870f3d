//! A race as data, for whoever draws it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ravine::catalogue::Recipe;
use serde::Serialize;

use super::levels::levels;
use super::methods::Found;
use super::rates::Chosen;
use super::wasm::Module;
use super::{Path, Race, Rates};

/// What the document is.
pub const SCHEMA: &str = "ravine.race/1";

/// A race, with all paths.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Document {
    pub schema: &'static str,
    pub version: &'static str,
    pub name: String,
    pub title: String,
    pub expression: String,
    pub variables: Vec<String>,
    pub window: [[f64; 2]; 2],
    pub start: [f64; 2],
    pub minima: Vec<[f64; 2]>,
    /// The value at the minima; `None` where it is not known.
    pub lowest: Option<f64>,
    pub logarithmic: bool,
    /// Where contours are drawn, ascending.
    pub levels: Vec<f64>,
    pub steps: usize,
    pub noise: f64,
    pub seed: u64,
    /// How learning rates were chosen: `even`, `given` or `tuned`.
    pub rates: &'static str,
    pub optimizers: Vec<Lane>,
    /// The WebAssembly module, base64.
    pub module: String,
    /// The noise of each step, base64 of numbers of 64 bits; empty if there is none.
    pub noise_table: String,
}

/// One who raced.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Lane {
    pub name: String,
    /// What it is, in a line.
    pub summary: String,
    /// The update rule, as text.
    pub formula: Option<String>,
    pub lr: Option<f64>,
    /// How many learning rates were tried.
    pub tried: usize,
    /// Values and gradients, of methods that ask for other than one of each per step.
    pub evaluations: Option<u64>,
    /// Why a method stopped.
    pub stopped: Option<String>,
    pub points: Vec<[f64; 2]>,
    pub values: Vec<f64>,
    /// The step after which something was not finite.
    pub diverged: Option<usize>,
    /// How to run it from another start.
    pub live: Option<Live>,
}

/// How to run a chain by the module.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct Live {
    /// The function's name.
    pub step: String,
    pub states: Vec<State>,
    pub constants: Constants,
}

/// A state: of both coordinates, one behind the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// Its place in memory, in numbers.
    pub at: usize,
    /// What it begins with; `None` for the start itself.
    pub initial: Option<f64>,
}

/// The constants of each step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Constants {
    /// The place of the first, in numbers.
    pub at: usize,
    /// Those of the first step.
    pub first: Vec<f64>,
    /// Which of them change from step to step.
    pub varying: Vec<usize>,
    /// The values of those, step after step: base64 of numbers of 64 bits, the least significant byte first.
    pub table: String,
}

impl Constants {
    pub(super) fn new(at: usize, table: &[Vec<f64>]) -> Self {
        let first = table.first().cloned().unwrap_or_default();
        let varies = |k: &usize| {
            table
                .iter()
                .any(|row| row[*k].to_bits() != first[*k].to_bits())
        };
        let varying: Vec<usize> = (0..first.len()).filter(varies).collect();
        let values = table.iter().flat_map(|row| varying.iter().map(|k| row[*k]));
        Self {
            at,
            table: encoded(values),
            varying,
            first,
        }
    }

    /// The constants of each step.
    pub fn rows(&self, steps: usize) -> Vec<Vec<f64>> {
        let bytes = STANDARD.decode(&self.table).unwrap_or_default();
        let values: Vec<f64> = bytes
            .chunks_exact(8)
            .filter_map(|bytes| bytes.try_into().ok().map(f64::from_le_bytes))
            .collect();
        let row = |step: usize| {
            let mut row = self.first.clone();
            let own = values.iter().skip(step * self.varying.len());
            for (k, value) in self.varying.iter().zip(own) {
                row[*k] = *value;
            }
            row
        };
        (0..steps).map(row).collect()
    }
}

fn encoded(values: impl Iterator<Item = f64>) -> String {
    STANDARD.encode(values.flat_map(f64::to_le_bytes).collect::<Vec<u8>>())
}

impl Lane {
    pub(super) fn of_rule(recipe: &Recipe, chosen: &Chosen) -> Self {
        Self {
            summary: recipe.summary.into(),
            formula: Some(ravine::formula(&chosen.chain)),
            lr: chosen.rate,
            tried: chosen.tried,
            ..Self::of_path(recipe.name, chosen.path.clone())
        }
    }

    pub(super) fn of_method(name: &str, found: Found) -> Self {
        let known = ravine::minimize::catalogue::named(name);
        Self {
            summary: known.map_or_else(|_| String::new(), |method| method.summary.into()),
            evaluations: Some(found.evaluations.total()),
            stopped: Some(found.stopped),
            ..Self::of_path(name, found.path)
        }
    }

    fn of_path(name: &str, path: Path) -> Self {
        Self {
            name: name.into(),
            summary: String::new(),
            formula: None,
            lr: None,
            tried: 1,
            evaluations: None,
            stopped: None,
            points: path.points,
            values: path.values,
            diverged: path.diverged,
            live: None,
        }
    }
}

impl Document {
    pub(super) fn new(race: &Race, lanes: Vec<Lane>, module: &Module, noise: &[[f64; 2]]) -> Self {
        let surface = &race.surface;
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            name: surface.name.clone(),
            title: surface.title.clone(),
            expression: surface.expression.text().into(),
            variables: surface.expression.variables().to_vec(),
            window: surface.window,
            start: race.start,
            minima: surface.minima.clone(),
            lowest: surface.lowest,
            logarithmic: surface.logarithmic,
            levels: levels(surface),
            steps: race.steps,
            noise: race.noise.deviation,
            seed: race.noise.seed,
            rates: match race.rates {
                Rates::Even => "even",
                Rates::Given(_) => "given",
                Rates::Tuned => "tuned",
            },
            optimizers: lanes,
            module: STANDARD.encode(&module.bytes),
            noise_table: encoded(noise.iter().flatten().copied()),
        }
    }

    /// Whether every path diverged.
    #[must_use]
    pub fn all_diverged(&self) -> bool {
        self.optimizers.iter().all(|lane| lane.diverged.is_some())
    }
}
