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

use crate::LabError;

/// The optimisers of a race where none are named.
pub const USUAL: &str = "sgd,momentum,adagrad,rmsprop,adam";

/// The most steps of a race.
pub const MOST_STEPS: usize = 20_000;

/// Which optimisers race on which surface, and how.
pub struct Race<'a> {
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
    pub racers: Vec<Racer<'a>>,
}

/// One who races.
pub enum Racer<'a> {
    /// An optimiser of the catalogue, with settings.
    Rule(&'static Recipe, Vec<(String, String)>),
    /// A method that minimises functions.
    Method(String, &'a dyn Method<f64>),
}

impl Racer<'_> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Rule(recipe, _) => recipe.name,
            Self::Method(name, _) => name,
        }
    }
}

/// The racers of these names, with settings such as `("momentum", "beta", "0.95")`. Names are those of the catalogue and of `methods`.
///
/// # Errors
///
/// A name that neither knows, with the nearest that one of them does; a name that comes twice; a setting for nobody.
pub fn racers<'a>(
    names: &str,
    settings: &[(String, String, String)],
    methods: &'a [(String, Box<dyn Method<f64>>)],
) -> Result<Vec<Racer<'a>>, LabError> {
    let mut racers: Vec<Racer<'a>> = Vec::new();
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        if racers.iter().any(|racer| racer.name() == name) {
            return Err(LabError::Race(format!("{name} is named twice")));
        }
        let method = methods.iter().find(|(known, _)| known == name);
        racers.push(match (catalogue::find(name), method) {
            (Ok(recipe), _) => {
                let own = settings.iter().filter(|(owner, ..)| owner == name);
                let own = own.map(|(_, key, value)| (key.clone(), value.clone()));
                Racer::Rule(recipe, own.collect())
            }
            (_, Some((name, method))) => Racer::Method(name.clone(), &**method),
            (Err(_), None) => return Err(LabError::Race(unknown(name, methods))),
        });
    }
    if racers.is_empty() {
        return Err(LabError::Race(format!(
            "no optimizer is named; such as {USUAL}"
        )));
    }
    for (owner, key, _) in settings {
        let takes =
            |racer: &Racer<'_>| matches!(racer, Racer::Rule(recipe, _) if recipe.name == owner);
        if !racers.iter().any(takes) {
            let text =
                format!("{owner}.{key}: no optimizer of this race with settings is called {owner}");
            return Err(LabError::Race(text));
        }
    }
    Ok(racers)
}

fn unknown(name: &str, methods: &[(String, Box<dyn Method<f64>>)]) -> String {
    let known = catalogue::all().iter().map(|recipe| recipe.name);
    let known = known.chain(methods.iter().map(|(name, _)| name.as_str()));
    match ravine::suggest::nearest(name, known) {
        Some(near) => format!("unknown optimizer '{name}': did you mean '{near}'?"),
        None => format!("unknown optimizer '{name}': see `ravine list optimizers`"),
    }
}

impl Race<'_> {
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
                    let found = methods::run(*method, self)?;
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
