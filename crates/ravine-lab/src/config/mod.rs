//! The configuration of a comparison: where its values come from, what they may be, and how they are written down.
//!
//! Every value is set by the text of a dotted key (`epochs`, `model.widths`, `adam.beta1`), whatever it comes from.
//! Where several sources set one key, the first of these counts: flag, `key=value`, environment, file, default.

mod environment;
mod file;
mod keys;
mod schedule;
mod settings;
mod target;

pub use environment::{environment_name, from_environment};
pub use file::from_file;
pub use keys::{KEYS, Key};
pub use schedule::{SHAPES, ScheduleShape};
pub use settings::{Origin, Setting, parse_override};
pub use target::Target;

use std::collections::BTreeMap;
use std::path::PathBuf;

use ravine::catalogue::{self, Recipe};
use ravine::suggest::nearest;
use ravine_nets::data::{CsvOptions, Fractions, Label, Task};
use ravine_nets::model::ModelSpec;

/// Everything that decides the numbers of a comparison. What does not (threads, directory, output) is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The optimisers to race, by their names in the catalogue.
    pub optimizers: Vec<String>,
    /// Passes over the training data in each run.
    pub epochs: usize,
    /// Rows in a batch.
    pub batch: usize,
    /// Learning rates tried for each optimiser: a grid of half decades around its usual one.
    pub trials: usize,
    /// How many further learning rates may be tried when the best is at the edge of the grid.
    pub extend: usize,
    /// Seeds for each learning rate while tuning.
    pub tuning_seeds: usize,
    /// Fresh seeds for the numbers that are reported.
    pub seeds: usize,
    /// What all seeds, and the split of the data, are derived from.
    pub seed: u64,
    /// How the learning rate moves during a run.
    pub schedule: ScheduleShape,
    /// The level at which time to target is measured.
    pub target: TargetChoice,
    /// The data.
    pub data: DataConfig,
    /// The network.
    pub model: ModelSpec,
    /// Hyper-parameters other than their defaults: optimiser → name → value.
    pub settings: BTreeMap<String, BTreeMap<String, String>>,
}

/// Which data, how read and how split.
#[derive(Debug, Clone, PartialEq)]
pub struct DataConfig {
    /// `digits`, or the path of a CSV file.
    pub source: String,
    /// Whether the first line of the file names the columns; `None` to detect it.
    pub header: Option<bool>,
    /// The column to predict.
    pub label: Label,
    /// Classification or regression; `None` to detect it.
    pub task: Option<Task>,
    /// Share of the rows for validation, on which learning rates are chosen.
    pub validation: f64,
    /// Share of the rows for the test, on which results are reported.
    pub test: f64,
}

/// A declared target, none, or the one that is usual for the data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TargetChoice {
    /// A validation accuracy of 0.95 on `digits`; none on other data.
    Auto,
    /// No target.
    None,
    /// This one.
    Declared(Target),
}

/// The optimisers that race unless others are named.
const USUAL: [&str; 8] = [
    "sgd", "momentum", "nesterov", "lion", "adagrad", "rmsprop", "adam", "adamw",
];

/// Every optimiser of the catalogue that can race.
fn all_that_can_race() -> impl Iterator<Item = &'static str> {
    let recipes = catalogue::all().iter();
    recipes
        .filter(|recipe| cannot_race(recipe).is_none())
        .map(|recipe| recipe.name)
}

/// Why an optimiser cannot race, if it cannot.
fn cannot_race(recipe: &Recipe) -> Option<&'static str> {
    recipe
        .needs_hessian()
        .then_some("needs an estimate of the Hessian's diagonal, which a comparison does not make")
}

impl Default for Config {
    fn default() -> Config {
        Config {
            optimizers: USUAL.map(String::from).to_vec(),
            epochs: 40,
            batch: 64,
            trials: 7,
            extend: 3,
            tuning_seeds: 3,
            seeds: 5,
            seed: 0,
            schedule: ScheduleShape::default(),
            target: TargetChoice::Auto,
            data: DataConfig {
                source: "digits".to_string(),
                header: None,
                label: Label::default(),
                task: None,
                validation: 0.2,
                test: 0.2,
            },
            model: ModelSpec::default(),
            settings: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Applies `settings`, each over those of lower precedence, and checks the whole.
    ///
    /// The second value are warnings: settings that change nothing, and unknown variables of the environment.
    pub fn resolve(mut settings: Vec<Setting>) -> Result<(Config, Vec<String>), ConfigError> {
        // The kind of the model first: its other settings are settings of that kind.
        settings.sort_by_key(|setting| {
            let kind = keys::alias(&setting.key) == "model.kind";
            (!kind, setting.origin.precedence())
        });
        let mut config = Config::default();
        for setting in &settings {
            config
                .set(&setting.key, &setting.value)
                .map_err(|reason| ConfigError::Setting {
                    key: setting.key.clone(),
                    value: setting.value.clone(),
                    origin: setting.origin.clone(),
                    reason,
                })?;
        }
        if config.target == TargetChoice::Auto {
            config.target = target::usual(&config.data.source);
        }
        config.check()?;
        let warnings = config.drop_unused();
        Ok((config, warnings))
    }

    /// Sets one dotted key. The error says what would be right.
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let key = keys::alias(key);
        if let Some(known) = KEYS.iter().find(|known| known.name == key) {
            return known.set(self, value.trim());
        }
        match key.split_once('.') {
            Some((optimizer, hyper)) if catalogue::find(optimizer).is_ok() => {
                self.set_hyper(optimizer, hyper, value.trim())
            }
            _ => Err(unknown_key(key)),
        }
    }

    fn set_hyper(&mut self, optimizer: &str, hyper: &str, value: &str) -> Result<(), String> {
        let recipe = catalogue::find(optimizer).map_err(|e| e.to_string())?;
        if hyper == "lr" {
            let rate: f64 = value.parse().map_err(|_| {
                "the learning rate is what is tuned; give the centre of its grid, a number above 0, and its course by schedule=".to_string()
            })?;
            if !(rate > 0.0 && rate.is_finite()) {
                return Err("the centre of the grid of learning rates must be above 0".to_string());
            }
        }
        recipe.chain(&[(hyper, value)]).map_err(|e| e.to_string())?;
        let settings = self.settings.entry(optimizer.to_string()).or_default();
        settings.insert(hyper.to_string(), value.to_string());
        Ok(())
    }

    /// What single values cannot show: whether they go together.
    fn check(&self) -> Result<(), ConfigError> {
        let together = |message: String| Err(ConfigError::Together(message));
        if self.data.validation + self.data.test > 0.9 {
            return together(format!(
                "data.validation={} and data.test={} leave less than a tenth of the rows for training: make them smaller",
                self.data.validation, self.data.test
            ));
        }
        for name in &self.optimizers {
            let recipe = catalogue::find(name).map_err(|e| ConfigError::Together(e.to_string()))?;
            if let Some(reason) = cannot_race(recipe) {
                return together(format!("{name} {reason}; leave it out"));
            }
            let settings: Vec<(&str, &str)> = self.hypers(name);
            if let Err(error) = recipe.chain(&settings) {
                return together(format!("{name}: {error}"));
            }
        }
        Ok(())
    }

    /// Hyper-parameters of optimisers that do not take part would only make two equal comparisons look different.
    fn drop_unused(&mut self) -> Vec<String> {
        let racing = |name: &String| self.optimizers.contains(name);
        let unused: Vec<String> = self
            .settings
            .keys()
            .filter(|&name| !racing(name))
            .cloned()
            .collect();
        for name in &unused {
            self.settings.remove(name);
        }
        let warn = |name: &String| {
            format!("the settings of '{name}' change nothing: it is not among the optimizers")
        };
        unused.iter().map(warn).collect()
    }

    /// Where every optimiser races that can, those that cannot, each with the reason.
    pub fn left_out(&self) -> Vec<(&'static str, &'static str)> {
        let races = |name| self.optimizers.iter().any(|racing| racing == name);
        if !all_that_can_race().all(races) {
            return Vec::new();
        }
        let recipes = catalogue::all().iter();
        recipes
            .filter_map(|recipe| Some((recipe.name, cannot_race(recipe)?)))
            .collect()
    }

    /// The hyper-parameters set for `optimizer`, without its learning rate.
    pub fn hypers(&self, optimizer: &str) -> Vec<(&str, &str)> {
        let settings = self.settings.get(optimizer).into_iter().flatten();
        settings
            .filter(|(name, _)| *name != "lr")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The centre of the grid of learning rates set for `optimizer`, if one was.
    pub fn grid_centre(&self, optimizer: &str) -> Option<f64> {
        self.settings.get(optimizer)?.get("lr")?.parse().ok()
    }

    /// The declared target.
    pub fn target(&self) -> Option<Target> {
        match self.target {
            TargetChoice::Declared(target) => Some(target),
            TargetChoice::Auto | TargetChoice::None => None,
        }
    }

    /// How the data file is read.
    pub fn csv_options(&self) -> CsvOptions {
        CsvOptions {
            header: self.data.header,
            label: self.data.label.clone(),
            task: self.data.task,
        }
    }

    /// How the rows are shared out.
    pub fn fractions(&self) -> Fractions {
        Fractions {
            train: 1.0 - self.data.validation - self.data.test,
            validation: self.data.validation,
            test: self.data.test,
        }
    }

    /// Everything resolved, as a table: what config.toml holds.
    pub fn to_table(&self) -> toml::Table {
        let mut table = toml::Table::new();
        for key in KEYS {
            if let Some(value) = key.get(self) {
                insert(&mut table, key.name, value);
            }
        }
        for (optimizer, settings) in &self.settings {
            for (hyper, value) in settings {
                insert(
                    &mut table,
                    &format!("{optimizer}.{hyper}"),
                    file::value_of(value),
                );
            }
        }
        table
    }

    /// Everything resolved, as the text of config.toml, which `--config` reads.
    pub fn to_toml(&self) -> String {
        self.to_table().to_string()
    }
}

fn insert(table: &mut toml::Table, key: &str, value: toml::Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_string(), value);
        }
        Some((section, rest)) => {
            let section = table
                .entry(section)
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(section) = section {
                insert(section, rest, value);
            }
        }
    }
}

fn unknown_key(key: &str) -> String {
    let mut known: Vec<String> = KEYS.iter().map(|key| key.name.to_string()).collect();
    for recipe in catalogue::all() {
        let hypers = recipe.settings();
        known.extend(
            hypers
                .iter()
                .map(|hyper| format!("{}.{}", recipe.name, hyper.name)),
        );
    }
    let cure = match nearest(key, known.iter().map(String::as_str)) {
        Some(name) => format!("did you mean '{name}'?"),
        None => "`ravine compare --print-config` shows those there are".to_string(),
    };
    format!("no setting has this name; {cure}")
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// One setting is unknown or out of range.
    #[error("{key}={value} ({origin}): {reason}")]
    Setting {
        /// The key as given.
        key: String,
        /// The value as given.
        value: String,
        /// Where it was given.
        origin: Origin,
        /// What is wrong and what would be right.
        reason: String,
    },

    /// Settings that do not go together.
    #[error("{0}")]
    Together(String),

    /// An argument that is no `key=value`.
    #[error("'{0}' is not a setting: write key=value, such as epochs=20 or adam.beta1=0.8")]
    NotASetting(String),

    /// The configuration file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },

    /// The configuration file is not TOML.
    #[error("{}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}
