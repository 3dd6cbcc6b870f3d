use std::fmt;
use std::str::FromStr;

use super::TargetChoice;

/// A level declared before the runs, to which their cost is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// A validation loss at or below this.
    ValidationLoss(f64),
    /// A validation accuracy, from 0 to 1, at or above this.
    ValidationAccuracy(f64),
}

impl Target {
    /// The measured quantity's name in documents.
    pub fn metric(self) -> &'static str {
        match self {
            Target::ValidationLoss(_) => "validation_loss",
            Target::ValidationAccuracy(_) => "validation_accuracy",
        }
    }

    /// The level.
    pub fn value(self) -> f64 {
        match self {
            Target::ValidationLoss(value) | Target::ValidationAccuracy(value) => value,
        }
    }
}

/// The target that is usual for `source`.
pub(super) fn usual(source: &str) -> TargetChoice {
    match source {
        "digits" => TargetChoice::Declared(Target::ValidationAccuracy(0.95)),
        _ => TargetChoice::None,
    }
}

impl FromStr for TargetChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<TargetChoice, String> {
        const FORMS: &str = "write accuracy:0.9, loss:0.2, none or auto";
        let (metric, level) = match text {
            "auto" => return Ok(TargetChoice::Auto),
            "none" => return Ok(TargetChoice::None),
            _ => text.split_once(':').ok_or(FORMS)?,
        };
        let level: f64 = level.trim().parse().map_err(|_| FORMS)?;
        match metric.trim() {
            "accuracy" if level > 0.0 && level <= 1.0 => {
                Ok(TargetChoice::Declared(Target::ValidationAccuracy(level)))
            }
            "accuracy" => Err("an accuracy must be above 0 and at most 1".to_string()),
            "loss" if level > 0.0 && level.is_finite() => {
                Ok(TargetChoice::Declared(Target::ValidationLoss(level)))
            }
            "loss" => Err("a loss must be above 0".to_string()),
            _ => Err(FORMS.to_string()),
        }
    }
}

impl fmt::Display for TargetChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TargetChoice::Auto => f.write_str("auto"),
            TargetChoice::None => f.write_str("none"),
            TargetChoice::Declared(Target::ValidationLoss(level)) => write!(f, "loss:{level}"),
            TargetChoice::Declared(Target::ValidationAccuracy(level)) => {
                write!(f, "accuracy:{level}")
            }
        }
    }
}
