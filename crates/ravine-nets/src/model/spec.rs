//! The description of a network, as text, as settings and as a table in a file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Activation, Init, ModelError};

/// What a network is made of, apart from the sizes that the data set.
///
/// As text: the name and the settings that differ from their defaults, or all of them: `mlp`,
/// `mlp widths=128 activation=relu init=he-uniform`, `softmax init=xavier-normal`. In a file: a table.
///
/// ```
/// use ravine_nets::model::ModelSpec;
///
/// let spec: ModelSpec = "mlp widths=64,32".parse()?;
/// assert_eq!(spec.to_string(), "mlp widths=64,32 activation=relu init=he-uniform");
/// assert_eq!(spec.parameters(64, 10), 64 * 64 + 64 + 64 * 32 + 32 + 32 * 10 + 10);
/// # Ok::<(), ravine_nets::model::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
pub struct ModelSpec {
    /// Which kind of network.
    pub architecture: Architecture,
    /// How its weights are drawn. Default: `he-uniform`.
    pub init: Init,
}

/// Which kind of network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Architecture {
    /// One linear layer: softmax regression for classes, linear regression for values.
    Softmax,
    /// A multi-layer perceptron: linear layers with an activation between them.
    Mlp {
        /// The widths of the hidden layers, first to last. Default: one, of 128.
        widths: Vec<usize>,
        /// What follows each hidden layer. Default: relu.
        activation: Activation,
    },
}

/// `ravine list models` shows these in this order; the first is the default.
pub(super) const NAMES: [&str; 2] = ["mlp", "softmax"];

impl Default for ModelSpec {
    fn default() -> Self {
        Self {
            architecture: Architecture::Mlp {
                widths: vec![128],
                activation: Activation::default(),
            },
            init: Init::default(),
        }
    }
}

impl ModelSpec {
    /// The model of this name, `mlp` or `softmax`, with default settings.
    ///
    /// # Errors
    /// [`ModelError::Unknown`].
    pub fn named(name: &str) -> Result<Self, ModelError> {
        match name {
            "mlp" => Ok(Self::default()),
            "softmax" => Ok(Self {
                architecture: Architecture::Softmax,
                init: Init::default(),
            }),
            _ => Err(ModelError::unknown("model", name, NAMES.to_vec())),
        }
    }

    /// Its name: `mlp` or `softmax`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.architecture {
            Architecture::Softmax => "softmax",
            Architecture::Mlp { .. } => "mlp",
        }
    }

    /// Changes a setting: `widths` (`64,32`), `activation` (`relu`), `init` (`he-uniform`).
    ///
    /// # Errors
    /// A setting that this model does not have, or a value that cannot be used. The model is then as before.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), ModelError> {
        match (key, &mut self.architecture) {
            ("init", _) => self.init = value.parse()?,
            ("widths", Architecture::Mlp { widths, .. }) => *widths = parse_widths(value)?,
            ("activation", Architecture::Mlp { activation, .. }) => *activation = value.parse()?,
            _ => {
                let known = self.settings().into_iter().map(|(key, _)| key).collect();
                let what = match self.architecture {
                    Architecture::Softmax => "setting of softmax",
                    Architecture::Mlp { .. } => "setting of mlp",
                };
                return Err(ModelError::unknown(what, key, known));
            }
        }
        Ok(())
    }

    /// Every setting with its value, as [`ModelSpec::set`] takes them.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = Vec::new();
        if let Architecture::Mlp { widths, activation } = &self.architecture {
            settings.push(("widths", format_widths(widths)));
            settings.push(("activation", activation.to_string()));
        }
        settings.push(("init", self.init.to_string()));
        settings
    }

    /// The sizes of all layers, from the input to the output.
    #[must_use]
    pub fn sizes(&self, features: usize, outputs: usize) -> Vec<usize> {
        let hidden: &[usize] = match &self.architecture {
            Architecture::Softmax => &[],
            Architecture::Mlp { widths, .. } => widths,
        };
        [&[features], hidden, &[outputs]].concat()
    }

    /// How many numbers are trained.
    #[must_use]
    pub fn parameters(&self, features: usize, outputs: usize) -> usize {
        self.sizes(features, outputs)
            .windows(2)
            .map(|size| (size[0] + 1) * size[1])
            .sum()
    }
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        for (key, value) in self.settings() {
            write!(f, " {key}={value}")?;
        }
        Ok(())
    }
}

impl FromStr for ModelSpec {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let refuse = |reason| ModelError::Text {
            text: text.to_owned(),
            reason,
        };
        let mut words = text.split_whitespace();
        let name = words
            .next()
            .ok_or_else(|| refuse("a model is named, such as mlp or softmax"))?;
        let mut spec = Self::named(name)?;
        for word in words {
            let (key, value) = word
                .split_once('=')
                .ok_or_else(|| refuse("settings are written key=value, such as widths=64,32"))?;
            spec.set(key, value)?;
        }
        Ok(spec)
    }
}

/// No network of use here is as wide, and the product of two widths still fits a `usize`.
const WIDEST: usize = 1 << 20;

fn parse_widths(value: &str) -> Result<Vec<usize>, ModelError> {
    let widths: Option<Vec<usize>> = value
        .split(',')
        .map(|width| width.trim().parse().ok())
        .collect();
    check_widths(widths.unwrap_or_default(), || value.to_owned())
}

fn check_widths(
    widths: Vec<usize>,
    value: impl FnOnce() -> String,
) -> Result<Vec<usize>, ModelError> {
    if widths.is_empty() || widths.iter().any(|width| !(1..=WIDEST).contains(width)) {
        return Err(ModelError::Value {
            key: "widths",
            value: value(),
            reason: "widths of hidden layers are whole numbers from 1 to 1048576, such as 64,32 (without hidden layers: the model softmax)",
        });
    }
    Ok(widths)
}

fn format_widths(widths: &[usize]) -> String {
    let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
    widths.join(",")
}

/// [`ModelSpec`] as a table in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default = "default_kind")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    widths: Option<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activation: Option<Activation>,
    #[serde(default)]
    init: Init,
}

fn default_kind() -> String {
    NAMES[0].to_owned()
}

impl From<ModelSpec> for Table {
    fn from(spec: ModelSpec) -> Self {
        let kind = spec.name().to_owned();
        let (widths, activation) = match spec.architecture {
            Architecture::Softmax => (None, None),
            Architecture::Mlp { widths, activation } => (Some(widths), Some(activation)),
        };
        Self {
            kind,
            widths,
            activation,
            init: spec.init,
        }
    }
}

impl TryFrom<Table> for ModelSpec {
    type Error = ModelError;

    fn try_from(table: Table) -> Result<Self, ModelError> {
        let mut spec = Self::named(&table.kind)?;
        spec.init = table.init;
        if let Some(widths) = table.widths {
            let text = format_widths(&widths);
            spec.set("widths", &text)?;
        }
        if let Some(activation) = table.activation {
            spec.set("activation", activation.name())?;
        }
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_table_bring_back_the_same_model() {
        for text in [
            "mlp widths=64,32 activation=relu init=he-uniform",
            "mlp widths=1 activation=gelu init=xavier-normal",
            "softmax init=lecun-normal",
        ] {
            let spec: ModelSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
            let json = serde_json::to_string(&spec).unwrap();
            assert_eq!(serde_json::from_str::<ModelSpec>(&json).unwrap(), spec);
        }
        assert_eq!("mlp".parse(), Ok(ModelSpec::default()));
        assert_eq!(
            serde_json::to_string(&ModelSpec::default()).unwrap(),
            r#"{"kind":"mlp","widths":[128],"activation":"relu","init":"he-uniform"}"#
        );
        let short: ModelSpec = serde_json::from_str(r#"{"activation":"tanh"}"#).unwrap();
        assert_eq!(
            short.to_string(),
            "mlp widths=128 activation=tanh init=he-uniform"
        );
    }

    #[test]
    fn mistakes_are_named_and_the_cure_is_given() {
        let message = |text: &str| text.parse::<ModelSpec>().unwrap_err().to_string();
        assert_eq!(message("mpl"), "unknown model 'mpl'; did you mean 'mlp'?");
        assert_eq!(
            message("mlp activation=rleu"),
            "unknown activation 'rleu'; did you mean 'relu'?"
        );
        assert_eq!(
            message("softmax widths=3"),
            "unknown setting of softmax 'widths'; known: init"
        );
        for widths in ["", "0", "64,,32", "-1", "1.5", "99999999999", "4 4"] {
            assert!(
                parse_widths(widths)
                    .unwrap_err()
                    .to_string()
                    .starts_with(&format!("widths={widths}: widths of hidden layers")),
            );
        }
        assert!(message("").contains("a model is named"));
        assert!(message("mlp relu").contains("key=value"));
        let error = serde_json::from_str::<ModelSpec>(r#"{"kind":"mlp","width":[3]}"#);
        assert!(error.unwrap_err().to_string().contains("width"));
    }

    #[test]
    fn a_refused_setting_changes_nothing() {
        let mut spec = ModelSpec::default();
        assert!(spec.set("widths", "12,none").is_err());
        assert!(spec.set("activation", "step").is_err());
        assert_eq!(spec, ModelSpec::default());
    }
}
