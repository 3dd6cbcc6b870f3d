//! A race on a surface: optimisers from the same start, on a function of two variables.
//!
//! A [`Race`] is a [`Surface`], a start, a number of steps and how learning rates are chosen. Its [`Document`] has every path, and
//! the optimisers' own update rules as WebAssembly ([`wasm`]), with which a page runs them again from another start.

mod document;
pub mod levels;
mod methods;
mod rates;
mod runner;
mod surface;
pub mod wasm;

pub use document::{Document, Lane, Live, SCHEMA};
pub use rates::{Rates, TRIED};
pub use runner::{Noise, Path};
pub use surface::{Surface, surfaces};

use ravine::catalogue::{self, Recipe};
use ravine::minimize::Method;
use ravine::minimize::catalogue::{self as methods_by_name, Setting};

use crate::LabError;

/// The optimisers of a race where none are named.
pub const USUAL: &str = "sgd,momentum,adagrad,rmsprop,adam";

/// The most steps of a race.
pub const MOST_STEPS: usize = 20_000;

/// Which optimisers race on which surface, and how.
pub struct Race {
    /// The surface.
    pub surface: Surface,
    /// The start.
    pub start: [f64; 2],
    /// How many steps each may make.
    pub steps: usize,
    /// How learning rates are chosen.
    pub rates: Rates,
    /// The noise on the gradients.
    pub noise: Noise,
    /// Who races.
    pub racers: Vec<Racer>,
}

/// One who races.
pub enum Racer {
    /// An optimiser of the catalogue, with settings.
    Rule(&'static Recipe, Vec<(String, String)>),
    /// A method that minimises functions, by its name.
    Method(&'static str, Box<dyn Method<f64>>),
}

impl Racer {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rule(recipe, _) => recipe.name,
            Self::Method(name, _) => name,
        }
    }
}

/// The racers of these names, with settings such as `momentum.momentum=0.95` or `lbfgs.memory=5`. Names are those of the catalogue of
/// optimisers and of [that of methods](ravine::minimize::catalogue); one that stands in both means the optimiser.
///
/// # Errors
///
/// A name that neither knows, with the nearest that one of them does; a name that comes twice; a setting for nobody, or one that a
/// method does not take.
pub fn racers(names: &str, settings: &[Setting<'_>]) -> Result<Vec<Racer>, LabError> {
    let mut racers: Vec<Racer> = Vec::new();
    let mut used = vec![false; settings.len()];
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        if racers.iter().any(|racer| racer.name() == name) {
            return Err(LabError::Race(format!("{name} is named twice")));
        }
        let recipe = catalogue::find(name);
        let owners = match (&recipe, methods_by_name::named(name)) {
            (Ok(recipe), _) => vec![recipe.name],
            (Err(_), Ok(method)) => method.owners(None),
            (Err(_), Err(_)) => return Err(LabError::Race(unknown(name))),
        };
        let mut own = Vec::new();
        for (setting, used) in settings.iter().zip(&mut used) {
            if owners.contains(&setting.owner) {
                own.push(*setting);
                *used = true;
            }
        }
        racers.push(match recipe {
            Ok(recipe) => {
                let own = own.iter();
                let own = own.map(|s| (s.option.to_string(), s.value.to_string()));
                Racer::Rule(recipe, own.collect())
            }
            Err(_) => method(name, &own).map_err(|error| LabError::Race(error.to_string()))?,
        });
    }
    if racers.is_empty() {
        return Err(LabError::Race(format!(
            "no optimizer is named; such as {USUAL}"
        )));
    }
    let stray = settings.iter().zip(used).find(|(_, used)| !used);
    if let Some((Setting { owner, option, .. }, _)) = stray {
        return Err(LabError::Race(format!(
            "{owner}.{option}: nothing in this race that has settings is called {owner}"
        )));
    }
    Ok(racers)
}

fn method(name: &str, settings: &[Setting<'_>]) -> Result<Racer, ravine::minimize::Error> {
    let named = methods_by_name::named(name)?;
    Ok(Racer::Method(
        named.name,
        named.method_with(None, settings)?,
    ))
}

fn unknown(name: &str) -> String {
    let known = catalogue::all().iter().map(|recipe| recipe.name);
    let known = known.chain(methods_by_name::methods().iter().map(|method| method.name));
    match ravine::suggest::nearest(name, known) {
        Some(near) => format!("unknown optimizer '{name}': did you mean '{near}'?"),
        None => format!("unknown optimizer '{name}': see `ravine list optimizers`"),
    }
}

impl Race {
    /// Runs all.
    ///
    /// # Errors
    ///
    /// A start that is no point of the surface; settings that an optimiser does not take; a method that lacks what it needs.
    pub fn run(&self) -> Result<Document, LabError> {
        let surface = &self.surface;
        let value = surface.value(self.start);
        if !value.is_finite() {
            let [x, y] = self.start;
            return Err(LabError::Race(format!(
                "the function is {value} at the start, ({x}, {y}): choose another with --start"
            )));
        }
        let noise = self.noise.draw(self.steps);
        let mut lanes = Vec::new();
        let mut chains = Vec::new();
        for racer in &self.racers {
            lanes.push(match racer {
                Racer::Rule(recipe, settings) => {
                    let chosen = self.rates.choose(self, recipe, settings, &noise)?;
                    chains.push((lanes.len(), chosen.chain.clone()));
                    Lane::of_rule(recipe, &chosen)
                }
                Racer::Method(name, method) => {
                    let found = methods::run(&**method, self)?;
                    Lane::of_method(name, found)
                }
            });
        }
        let programs = wasm::Module::new(
            &surface.expression,
            chains.iter().map(|(_, chain)| chain),
            self.steps,
        );
        for ((lane, _), live) in chains.iter().zip(&programs.live) {
            lanes[*lane].live.clone_from(live);
        }
        Ok(Document::new(self, lanes, &programs, &noise))
    }
}
