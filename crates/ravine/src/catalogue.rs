//! The named optimisers as data: what the command line lists, explains and builds.

use crate::chain::Chain;
use crate::error::Error;
use crate::explain;
use crate::hyper::Hyper;
use crate::named;
use crate::rule::{
    Adagrad, Adam, AmsGrad, CenteredRmsProp, ClipGlobalNorm, ClipNorm, ClipValue, Epsilon,
    LearningRate, Lion, Momentum, Nesterov, RmsProp, WeightDecay,
};

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
    choices: &'static [Choice],
    build: fn(&Choices<'_>) -> Chain,
}

/// A setting that picks among forms of an optimiser.
#[derive(Debug)]
struct Choice {
    name: &'static str,
    /// The first is the default.
    words: &'static [&'static str],
    doc: &'static str,
}

/// The forms that were picked; what was not is at its default.
struct Choices<'a>(&'a [(&'a str, &'a str)]);

impl Choices<'_> {
    fn is(&self, name: &str, word: &str) -> bool {
        let last = self.0.iter().rev().find(|picked| picked.0 == name);
        last.is_some_and(|picked| picked.1 == word)
    }

    fn epsilon(&self) -> Epsilon {
        if self.is("epsilon", "inside") {
            Epsilon::Inside
        } else {
            Epsilon::Outside
        }
    }
}

const AMSGRAD: Choice = Choice {
    name: "amsgrad",
    words: &["false", "true"],
    doc: "divide by the largest second moment so far, in PyTorch's form",
};
const CENTERED: Choice = Choice {
    name: "centered",
    words: &["false", "true"],
    doc: "divide by the standard deviation instead of the root mean square",
};
const EPSILON: Choice = Choice {
    name: "epsilon",
    words: &["outside", "inside"],
    doc: "where ε stands: √v + ε as in PyTorch, or √(v + ε) as in lectures",
};
const FORM: Choice = Choice {
    name: "form",
    words: &["pytorch", "lecture"],
    doc: "the learning rate behind the velocity, or inside it: v ← βv − ηg",
};

const HALF_DECADE: f64 = 3.162_277_660_168_379_5;

static RECIPES: [Recipe; 8] = [
    Recipe {
        name: "sgd",
        family: "first order",
        summary: "plain stochastic gradient descent",
        source: "Robbins & Monro, \"A Stochastic Approximation Method\", 1951",
        usual_learning_rate: 0.1,
        choices: &[],
        build: |_| Chain::from(WeightDecay::new()).then(LearningRate::new()),
    },
    Recipe {
        name: "momentum",
        family: "first order",
        summary: "heavy-ball momentum: a velocity that gathers gradients",
        source: "Polyak, \"Some methods of speeding up the convergence of iteration methods\", 1964",
        usual_learning_rate: HALF_DECADE * 1e-2,
        choices: &[FORM],
        build: |choices| {
            let chain = Chain::from(WeightDecay::new());
            if choices.is("form", "lecture") {
                chain.then((LearningRate::new(), Momentum::new()))
            } else {
                chain.then((Momentum::new(), LearningRate::new()))
            }
        },
    },
    Recipe {
        name: "nesterov",
        family: "first order",
        summary: "Nesterov's accelerated gradient",
        source: "Nesterov, 1983; Sutskever, Martens, Dahl & Hinton, ICML 2013",
        usual_learning_rate: HALF_DECADE * 1e-2,
        choices: &[FORM],
        build: |choices| {
            let chain = Chain::from(WeightDecay::new());
            if choices.is("form", "lecture") {
                chain.then((LearningRate::new(), Nesterov::new()))
            } else {
                chain.then((Nesterov::new(), LearningRate::new()))
            }
        },
    },
    Recipe {
        name: "adagrad",
        family: "adaptive",
        summary: "steps that shrink with the sum of the squared gradients of each coordinate",
        source: "Duchi, Hazan & Singer, \"Adaptive Subgradient Methods\", JMLR 2011",
        usual_learning_rate: HALF_DECADE * 1e-2,
        choices: &[EPSILON],
        build: |choices| {
            Chain::from(WeightDecay::new()).then((
                Adagrad::new().epsilon(choices.epsilon()),
                LearningRate::new().lr(1e-2),
            ))
        },
    },
    Recipe {
        name: "rmsprop",
        family: "adaptive",
        summary: "the gradient divided by its running root mean square",
        source: "Tieleman & Hinton, \"Lecture 6.5: RMSProp\", 2012; centred: Graves, 2013",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[CENTERED, EPSILON],
        build: |choices| {
            let chain = Chain::from(WeightDecay::new());
            let chain = if choices.is("centered", "true") {
                chain.then(CenteredRmsProp::new().epsilon(choices.epsilon()))
            } else {
                chain.then(RmsProp::new().epsilon(choices.epsilon()))
            };
            chain
                .then(Momentum::new().momentum(0.0))
                .then(LearningRate::new().lr(1e-2))
        },
    },
    Recipe {
        name: "adam",
        family: "adaptive",
        summary: "steps scaled by running averages of the gradient and of its square",
        source: "Kingma & Ba, \"Adam: A Method for Stochastic Optimization\", ICLR 2015",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[AMSGRAD],
        build: |choices| {
            let chain = Chain::from(WeightDecay::new());
            if choices.is("amsgrad", "true") {
                chain.then((AmsGrad::new(), LearningRate::new()))
            } else {
                chain.then((Adam::new(), LearningRate::new()))
            }
        },
    },
    Recipe {
        name: "adamw",
        family: "adaptive",
        summary: "Adam with decoupled weight decay",
        source: "Loshchilov & Hutter, \"Decoupled Weight Decay Regularization\", ICLR 2019",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[AMSGRAD],
        build: |choices| {
            let decay = WeightDecay::new().weight_decay(0.01);
            if choices.is("amsgrad", "true") {
                Chain::from((AmsGrad::new(), (decay, LearningRate::new())))
            } else {
                Chain::from(named::adamw(1e-3))
            }
        },
    },
    Recipe {
        name: "lion",
        family: "sign",
        summary: "the sign of a look-ahead average; one state, steps of equal size",
        source: "Chen et al., \"Symbolic Discovery of Optimization Algorithms\", NeurIPS 2023",
        usual_learning_rate: HALF_DECADE * 1e-4,
        choices: &[],
        build: |_| {
            Chain::from(Lion::new())
                .then(WeightDecay::new())
                .then(LearningRate::new().lr(1e-4))
        },
    },
];

/// All named optimisers.
#[must_use]
pub fn all() -> &'static [Recipe] {
    &RECIPES
}

/// The optimiser of this name.
///
/// # Errors
/// [`Error::Unknown`], with the nearest known name.
pub fn find(name: &str) -> Result<&'static Recipe, Error> {
    RECIPES
        .iter()
        .find(|recipe| recipe.name == name)
        .ok_or_else(|| Error::unknown("optimizer", name, RECIPES.iter().map(|r| r.name)))
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
                doc: info.doc,
            })
            .collect();
        settings.extend(self.choices.iter().map(|choice| Setting {
            name: choice.name,
            default: choice.words[0].into(),
            range: choice.words.join(" | "),
            doc: choice.doc,
        }));
        settings
    }

    /// The default value of the learning rate.
    #[must_use]
    pub fn default_learning_rate(&self) -> f64 {
        self.plain().get("lr").map_or(f64::NAN, |lr| lr.at(0))
    }

    /// The arrays kept per parameter with the default settings.
    #[must_use]
    pub fn states(&self) -> Vec<String> {
        self.plain().without_idle().states()
    }

    /// The formula of the default settings, printed from the recorded programs of its rules.
    #[must_use]
    pub fn formula(&self) -> String {
        explain::formula(&self.plain().without_idle())
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
