//! The function that is asked for, its start and its bounds.

use ravine::expression::Expression;
use ravine::minimize::catalogue::{Setting, named};
use ravine::minimize::{Bounds, Objective};
use ravine::problem::{self, Problem};

use super::numbers;
use crate::args::Minimize;
use crate::error::Error;

/// A problem with a name, or an expression.
pub(super) enum Function {
    Problem(Box<Problem>),
    Expression(Box<Expression>),
}

/// A mistake of the one who asks.
pub(super) fn usage(error: impl std::fmt::Display) -> Error {
    Error::Usage(error.to_string())
}

impl Function {
    pub fn asked_for(args: &Minimize) -> Result<Self, Error> {
        match (&names(args)[..], &args.expr) {
            ([name], None) => {
                let problem = match args.dimension {
                    Some(n) => problem::named_with(name, n),
                    None => problem::named(name),
                };
                Ok(Self::Problem(Box::new(problem.map_err(usage)?)))
            }
            ([], Some(_)) if args.dimension.is_some() => Err(usage(
                "an expression has the variables that it names: leave --dimension out",
            )),
            ([], Some(text)) => {
                let expression = Expression::parse(text).map_err(usage)?;
                Ok(Self::Expression(Box::new(expression)))
            }
            ([], None) => Err(usage(
                "what is to be minimised? Give a NAME (ravine list problems has them) or --expr \"…\"",
            )),
            ([first, ..], _) => Err(usage(format!(
                "one function at a time: give '{first}', another NAME or --expr"
            ))),
        }
    }

    pub fn objective(&self) -> &dyn Objective {
        match self {
            Self::Problem(problem) => &**problem,
            Self::Expression(expression) => &**expression,
        }
    }

    /// What it is called in the answer.
    pub fn title(&self) -> String {
        match self {
            Self::Problem(problem) => format!("{} ({})", problem.name(), problem.title()),
            Self::Expression(expression) => expression.text().to_string(),
        }
    }

    pub fn variables(&self) -> Vec<String> {
        match self {
            Self::Expression(expression) => expression.variables().to_vec(),
            Self::Problem(problem) if problem.variables() <= 2 => {
                let names = ["x", "y"].iter().take(problem.variables());
                names.map(ToString::to_string).collect()
            }
            Self::Problem(problem) => (1..=problem.variables()).map(|i| format!("x{i}")).collect(),
        }
    }

    /// The value of the least minimum that is known.
    pub fn known_minimum(&self) -> Option<f64> {
        match self {
            Self::Problem(problem) => problem.minima().first().map(|minimum| minimum.value),
            Self::Expression(_) => None,
        }
    }

    pub fn start(&self, args: &Minimize) -> Result<Vec<f64>, Error> {
        match (&args.start, self) {
            (Some(text), _) => numbers::list(text, "--start"),
            (None, Self::Problem(problem)) => Ok(problem.start().to_vec()),
            // Not 0, where so many formulas are singular or flat.
            (None, Self::Expression(expression)) => Ok(vec![1.0; expression.variables().len()]),
        }
    }

    /// The bounds asked for; where starts or points are to be drawn between bounds, else the box in which the problem is usually
    /// looked at.
    pub fn bounds(&self, args: &Minimize, n: usize) -> Result<Option<Bounds>, Error> {
        if let Some(text) = &args.bounds {
            return bounds(text, n).map(Some);
        }
        let method = args.method.as_deref().and_then(|name| named(name).ok());
        let draws = args.starts.is_some() || method.is_some_and(|method| method.wants_bounds());
        match self {
            Self::Problem(problem) if draws && problem.variables() == n => {
                let (lower, upper) = problem.domain().iter().copied().unzip();
                Bounds::new(lower, upper).map(Some).map_err(usage)
            }
            _ => Ok(None),
        }
    }
}

/// The words that are no settings.
fn names(args: &Minimize) -> Vec<&str> {
    let words = args.words.iter().map(String::as_str);
    words.filter(|word| !word.contains('=')).collect()
}

/// The words that are settings.
pub(super) fn settings(args: &Minimize) -> Result<Vec<Setting<'_>>, Error> {
    let words = args.words.iter().filter(|word| word.contains('='));
    words
        .map(|word| Setting::parse(word).map_err(usage))
        .collect()
}

/// `-5:5` for every variable, or `0:1,-2:2` with one pair for each; `:1` and `0:` have one bound.
fn bounds(text: &str, n: usize) -> Result<Bounds, Error> {
    let pairs = text.split(',').map(|pair| {
        let (lower, upper) = pair.split_once(':').ok_or_else(|| {
            Error::Usage(format!(
                "--bounds: '{pair}' is not a pair of bounds; it is to read like -5:5, or 0:1,-2:2 with a pair for each variable"
            ))
        })?;
        let or = |text: &str, otherwise: f64| match text.trim() {
            "" => Ok(otherwise),
            text => numbers::number(text, "--bounds"),
        };
        Ok((or(lower, f64::NEG_INFINITY)?, or(upper, f64::INFINITY)?))
    });
    let mut pairs = pairs.collect::<Result<Vec<_>, Error>>()?;
    if let [only] = pairs[..] {
        pairs = vec![only; n];
    }
    let (lower, upper) = pairs.into_iter().unzip();
    Bounds::new(lower, upper).map_err(usage)
}
