//! How a named optimiser is built from settings given as text.

use crate::chain::Chain;
use crate::error::Error;
use crate::explain;
use crate::hyper::Hyper;
use crate::rule::{ClipGlobalNorm, ClipNorm, ClipValue, LearningRate, WeightDecay};
use crate::storage::Format;

/// An optimiser that can be built from its name and settings given as text.
#[derive(Debug)]
pub struct Recipe {
    /// The name on the command line.
    pub name: &'static str,
    /// The family it belongs to.
    pub family: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Who published it.
    pub source: &'static str,
    /// The middle of the learning rates that people use it with; a search begins around it.
    pub usual_learning_rate: f64,
    /// The settings that pick among its forms.
    pub(crate) choices: &'static [Choice],
    pub(crate) build: fn(&Choices<'_>) -> Chain,
}

/// A setting that picks among forms of an optimiser.
#[derive(Debug)]
pub(crate) struct Choice {
    pub name: &'static str,
    /// The first is the default.
    pub words: &'static [&'static str],
    pub doc: &'static str,
}

/// The forms that were picked; what was not is at its default.
pub(crate) struct Choices<'a>(&'a [(&'a str, &'a str)]);

impl Choices<'_> {
    /// Whether this word was picked; the default is none of them.
    pub fn is(&self, name: &str, word: &str) -> bool {
        let last = self.0.iter().rev().find(|picked| picked.0 == name);
        last.is_some_and(|picked| picked.1 == word)
    }
}

/// Half a decade: learning rates are searched on a grid of these.
pub(crate) const HALF_DECADE: f64 = 3.162_277_660_168_379_5;

/// The words of a choice that is off unless it is asked for.
pub(crate) const TRUE_FALSE: &[&str] = &["false", "true"];

/// Weight decay as part of the gradient (L2 regularisation), the method, the learning rate.
pub(crate) fn coupled(method: impl Into<Chain>, lr: f64) -> Chain {
    Chain::from(WeightDecay::new())
        .join(method.into())
        .then(LearningRate::new().lr(lr))
}

/// The method, weight decay beside it, the learning rate.
pub(crate) fn decoupled(method: impl Into<Chain>, weight_decay: f64, lr: f64) -> Chain {
    method
        .into()
        .then(WeightDecay::new().weight_decay(weight_decay))
        .then(LearningRate::new().lr(lr))
}

/// A setting of a recipe, as `list` and `explain` show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name by which it is set.
    pub name: &'static str,
    /// The default value.
    pub default: String,
    /// The values it may have: an interval, or words.
    pub range: String,
    /// The words of a setting that picks among forms, of which the first is the default; none for a number.
    pub words: &'static [&'static str],
    /// What it means.
    pub doc: &'static str,
}

impl Recipe {
    /// The chain for settings given as text: hyper-parameters as numbers or schedules, choices as words.
    ///
    /// Every recipe also takes `clip_value`, `clip_norm` and `clip_global_norm`, which act on the gradient first.
    ///
    /// # Errors
    /// A setting that the recipe does not have (with the nearest that it has), a word that its choice does not offer, a
    /// text that is no number and no schedule, a value outside its range.
    pub fn chain(&self, settings: &[(&str, &str)]) -> Result<Chain, Error> {
        for &(name, value) in settings {
            if let Some(choice) = self.choice(name)
                && !choice.words.contains(&value)
            {
                return Err(Error::NotAChoice {
                    name: name.into(),
                    value: value.into(),
                    choices: choice.words.iter().map(|word| (*word).into()).collect(),
                });
            }
        }
        let mut chain = clips().join((self.build)(&Choices(settings)));
        for &(name, value) in settings {
            if self.choice(name).is_some() {
                continue;
            }
            if chain.get(name).is_none() {
                let known = self.settings();
                let kind = format!("setting of {}", self.name);
                return Err(Error::unknown(kind, name, known.iter().map(|s| s.name)));
            }
            chain.set(name, value.parse::<Hyper>()?)?;
        }
        Ok(chain)
    }

    /// The hyper-parameters and choices, in the order of the links.
    #[must_use]
    pub fn settings(&self) -> Vec<Setting> {
        let mut settings: Vec<Setting> = self
            .plain()
            .join(clips())
            .hypers()
            .into_iter()
            .map(|(info, hyper)| Setting {
                name: info.name,
                default: hyper.to_string(),
                range: info.range.to_string(),
                words: &[],
                doc: info.doc,
            })
            .collect();
        settings.extend(self.choices.iter().map(|choice| Setting {
            name: choice.name,
            default: choice.words[0].into(),
            range: choice.words.join(" | "),
            words: choice.words,
            doc: choice.doc,
        }));
        settings
    }

    /// The default value of the learning rate.
    #[must_use]
    pub fn default_learning_rate(&self) -> f64 {
        self.plain().get("lr").map_or(f64::NAN, |lr| lr.at(0))
    }

    /// The chain of the default settings, without the links that do nothing by them.
    #[must_use]
    pub fn default_chain(&self) -> Chain {
        self.plain().without_idle()
    }

    /// Whether its steps must bring an estimate of the Hessian's diagonal, some or all of them; a training loop that only has
    /// gradients cannot use it.
    #[must_use]
    pub fn needs_hessian(&self) -> bool {
        self.plain().needs_hessian()
    }

    /// The arrays kept per parameter with the default settings.
    #[must_use]
    pub fn states(&self) -> Vec<String> {
        self.default_chain().states()
    }

    /// The memory that the states take for each number of a large matrix, with the default settings: states in `format` beside
    /// the arrays that stay in full ([`Optimizer::with_states`](crate::Optimizer::with_states)). The parameter and its gradient
    /// are not counted, nor a master weight (4 bytes).
    #[must_use]
    pub fn bytes_per_parameter(&self, format: Format) -> f64 {
        super::bytes_per_parameter(&self.default_chain(), format)
    }

    /// The formula of the default settings, printed from the recorded programs of its rules.
    #[must_use]
    pub fn formula(&self) -> String {
        explain::formula(&self.default_chain())
    }

    fn plain(&self) -> Chain {
        (self.build)(&Choices(&[]))
    }

    fn choice(&self, name: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.name == name)
    }
}

/// What can stand before any optimiser; each does nothing unless it is set.
fn clips() -> Chain {
    Chain::from(ClipValue::new())
        .then(ClipNorm::new())
        .then(ClipGlobalNorm::new())
}
