//! The models that there are, for whoever lists them.

use serde::Serialize;

use super::spec::NAMES;
use super::{Activation, Init, ModelSpec};

/// A model that can be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelInfo {
    /// Its name, as [`ModelSpec::named`] takes it.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// What can be set.
    pub settings: Vec<SettingInfo>,
}

/// A setting of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingInfo {
    /// Its name, as [`ModelSpec::set`] takes it.
    pub name: &'static str,
    /// Its value if it is not set.
    pub default: String,
    /// The values that it takes.
    pub values: String,
    /// What it is, in one line.
    pub summary: &'static str,
}

/// All models, the default first.
#[must_use]
pub fn models() -> Vec<ModelInfo> {
    NAMES
        .into_iter()
        .filter_map(|name| ModelSpec::named(name).ok())
        .map(|spec| ModelInfo {
            name: spec.name(),
            summary: match spec.name() {
                "softmax" => "softmax regression: one linear layer (linear regression for values)",
                _ => "multi-layer perceptron: linear layers with an activation between them",
            },
            settings: spec
                .settings()
                .into_iter()
                .map(|(name, default)| setting(name, default))
                .collect(),
        })
        .collect()
}

fn setting(name: &'static str, default: String) -> SettingInfo {
    let (values, summary) = match name {
        "widths" => (
            "whole numbers from 1, with commas between them".to_owned(),
            "widths of the hidden layers, first to last",
        ),
        "activation" => (
            Activation::ALL.map(Activation::name).join(", "),
            "what follows each hidden layer",
        ),
        _ => (
            Init::ALL.map(Init::name).join(", "),
            "how the weights are drawn; biases begin at zero",
        ),
    };
    SettingInfo {
        name,
        default,
        values,
        summary,
    }
}
