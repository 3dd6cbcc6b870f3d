//! Step sizes by name.

use super::setting::{Configure, Setting, configured, docs, options};
use super::unknown;
use crate::minimize::{
    Armijo, Constant, Decay, Error, Exact, Goldstein, HagerZhang, MoreThuente, OptionInfo, Polyak,
    StepSize, Wolfe,
};

/// A step size that has a name.
#[derive(Debug)]
pub struct NamedStepSize {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// The option that a number behind its name sets, as in `constant=0.01`; `None` where none may stand there.
    pub number: Option<&'static str>,
    make: fn(Configure<'_>) -> Box<dyn StepSize>,
}

/// Every step size that has a name.
pub fn step_sizes() -> &'static [NamedStepSize] {
    STEP_SIZES
}

macro_rules! step_size {
    ($name:literal, $number:expr, $step_size:expr, $summary:literal) => {
        NamedStepSize {
            name: $name,
            summary: $summary,
            number: $number,
            make: |configure| {
                let mut step_size = $step_size;
                configure(&mut step_size);
                Box::new(step_size)
            },
        }
    };
}

const STEP_SIZES: &[NamedStepSize] = &[
    step_size!(
        "hager-zhang",
        None,
        HagerZhang::new(),
        "a line search that still works where values are lost in rounding"
    ),
    step_size!(
        "more-thuente",
        Some("curvature"),
        MoreThuente::new(),
        "the strong Wolfe conditions, by the search of Moré and Thuente"
    ),
    step_size!(
        "wolfe",
        Some("curvature"),
        Wolfe::new(),
        "the strong Wolfe conditions, by bracketing and zoom"
    ),
    step_size!(
        "armijo",
        None,
        Armijo::new(),
        "halving until the value falls enough"
    ),
    step_size!(
        "interpolating",
        None,
        Armijo::interpolating(),
        "as armijo, with parabolas for halving"
    ),
    step_size!(
        "nonmonotone",
        None,
        Armijo::nonmonotone(),
        "as armijo, against the highest of the last ten values"
    ),
    step_size!(
        "goldstein",
        None,
        Goldstein::new(),
        "neither too short nor too long, by values alone"
    ),
    step_size!(
        "exact",
        None,
        Exact::new(),
        "the minimum along the direction, by Brent's method"
    ),
    step_size!(
        "constant",
        Some("step"),
        Constant::new(0.01),
        "the same each time"
    ),
    step_size!(
        "geometric",
        Some("step"),
        Decay::geometric(0.1, 0.99),
        "0.99 of the one before"
    ),
    step_size!(
        "harmonic",
        Some("step"),
        Decay::harmonic(0.1),
        "the first over the number of the iteration"
    ),
    step_size!(
        "polyak",
        Some("lowest"),
        Polyak::new(0.0),
        "the value above the least one, over the gradient's square"
    ),
];

impl NamedStepSize {
    /// The step size, with its defaults.
    #[must_use]
    pub fn step_size(&self) -> Box<dyn StepSize> {
        (self.make)(&mut |_| {})
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> Vec<OptionInfo> {
        options(self.make)
    }

    /// Its documentation.
    #[must_use]
    pub fn docs(&self) -> Vec<&'static str> {
        docs(self.make)
    }
}

/// The step size of this name, or of this name and number, as in `constant=0.01`; with those of the settings that are its own.
///
/// # Errors
///
/// If there is none; the error names the nearest. If a number is not one, or not wanted. If it has no such option.
pub fn named_step_size(text: &str, settings: &[Setting<'_>]) -> Result<Box<dyn StepSize>, Error> {
    let (name, number) = name_and_number(text);
    let found = STEP_SIZES.iter().find(|step| step.name == name);
    let found =
        found.ok_or_else(|| unknown("step size", name, STEP_SIZES.iter().map(|step| step.name)))?;
    let number = match (number, found.number) {
        (None, _) => None,
        (Some(value), Some(option)) if value.parse::<f64>().is_ok() => Some(Setting {
            owner: name,
            option,
            value,
        }),
        (Some(value), Some(_)) => {
            return Err(Error::Unknown(format!(
                "'{value}' is not a number: the step size is to read like {name}=0.1"
            )));
        }
        (Some(_), None) => {
            return Err(Error::Unknown(format!(
                "the step size {name} takes no number"
            )));
        }
    };
    let settings: Vec<_> = number.into_iter().chain(settings.iter().copied()).collect();
    configured(name, &settings, found.make)
}

/// `constant=0.01` in its parts.
pub(super) fn name_and_number(text: &str) -> (&str, Option<&str>) {
    match text.split_once('=') {
        Some((name, number)) => (name.trim(), Some(number.trim())),
        None => (text.trim(), None),
    }
}
