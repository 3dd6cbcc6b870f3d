use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use ravine::catalogue;
use ravine_nets::model::ModelSpec;
use toml::Value;

use super::Config;
use crate::compare::MOST_SEEDS;

/// One thing that can be set: its dotted key, what it may be, and what it means.
pub struct Key {
    /// The dotted key.
    pub name: &'static str,
    /// What it may be.
    pub values: &'static str,
    /// What it means.
    pub doc: &'static str,
    set: fn(&mut Config, &str) -> Result<(), String>,
    get: fn(&Config) -> Option<Value>,
}

impl Key {
    pub(super) fn set(&self, config: &mut Config, value: &str) -> Result<(), String> {
        (self.set)(config, value)
    }

    /// The value in `config`; none where it does not apply (a softmax has no hidden layers).
    pub fn get(&self, config: &Config) -> Option<Value> {
        (self.get)(config)
    }
}

/// The full key of a short one.
pub(super) fn alias(key: &str) -> &str {
    match key {
        "data" => "data.source",
        "model" => "model.kind",
        other => other,
    }
}

/// Every key but those of the optimisers' hyper-parameters, in the order in which config.toml has them.
pub const KEYS: &[Key] = &[
    Key {
        name: "optimizers",
        values: "names, separated by commas, or all",
        doc: "the optimizers to race",
        set: |c, v| put(&mut c.optimizers, optimizers(v)),
        get: |c| Some(Value::from(c.optimizers.clone())),
    },
    Key {
        name: "epochs",
        values: "1 to 1000000",
        doc: "passes over the training data in each run",
        set: |c, v| put(&mut c.epochs, whole(v, 1..=1_000_000)),
        get: |c| Some(integer(c.epochs)),
    },
    Key {
        name: "batch",
        values: "1 to 1000000",
        doc: "rows in a batch",
        set: |c, v| put(&mut c.batch, whole(v, 1..=1_000_000)),
        get: |c| Some(integer(c.batch)),
    },
    Key {
        name: "trials",
        values: "1 to 100",
        doc: "learning rates tried for each optimizer",
        set: |c, v| put(&mut c.trials, whole(v, 1..=100)),
        get: |c| Some(integer(c.trials)),
    },
    Key {
        name: "extend",
        values: "0 to 100",
        doc: "further learning rates when the best is at an edge, at most",
        set: |c, v| put(&mut c.extend, whole(v, 0..=100)),
        get: |c| Some(integer(c.extend)),
    },
    Key {
        name: "tuning_seeds",
        values: "1 to 500",
        doc: "seeds for each learning rate while tuning",
        set: |c, v| put(&mut c.tuning_seeds, whole(v, 1..=MOST_SEEDS)),
        get: |c| Some(integer(c.tuning_seeds)),
    },
    Key {
        name: "seeds",
        values: "1 to 500",
        doc: "fresh seeds for the reported numbers",
        set: |c, v| put(&mut c.seeds, whole(v, 1..=MOST_SEEDS)),
        get: |c| Some(integer(c.seeds)),
    },
    Key {
        name: "seed",
        values: "0 to 1000000000000",
        doc: "what all seeds and the split of the data are derived from",
        set: |c, v| {
            put(
                &mut c.seed,
                whole(v, 0..=1_000_000_000_000).map(|seed| seed as u64),
            )
        },
        get: |c| Some(integer(c.seed as usize)),
    },
    Key {
        name: "schedule",
        values: "constant, linear, cosine, warmup-linear, warmup-cosine, wsd, one-cycle",
        doc: "how the learning rate moves during a run",
        set: |c, v| put(&mut c.schedule, v.parse()),
        get: |c| Some(text(c.schedule)),
    },
    Key {
        name: "target",
        values: "accuracy:LEVEL, loss:LEVEL, none or auto",
        doc: "validation level to which steps and seconds are counted",
        set: |c, v| put(&mut c.target, v.parse()),
        get: |c| Some(text(c.target)),
    },
    Key {
        name: "data.source",
        values: "digits, or the path of a CSV file",
        doc: "the data",
        set: |c, v| put(&mut c.data.source, non_empty(v)),
        get: |c| Some(text(&c.data.source)),
    },
    Key {
        name: "data.header",
        values: "true, false or auto",
        doc: "whether the first line of the CSV file names the columns",
        set: |c, v| put(&mut c.data.header, automatic(v, "true, false or auto")),
        get: |c| Some(automatic_text(c.data.header)),
    },
    Key {
        name: "data.label",
        values: "a column's name, or its position from 1 (-1 is the last)",
        doc: "the column to predict",
        set: |c, v| {
            put(
                &mut c.data.label,
                choice(&non_empty(v)?, "a name or a position"),
            )
        },
        get: |c| Some(super::file::value_of(&c.data.label.to_string())),
    },
    Key {
        name: "data.task",
        values: "classification, regression or auto",
        doc: "what to make of the label",
        set: |c, v| {
            put(
                &mut c.data.task,
                automatic(v, "classification, regression or auto"),
            )
        },
        get: |c| Some(automatic_text(c.data.task)),
    },
    Key {
        name: "data.validation",
        values: "0.01 to 0.8",
        doc: "share of the rows for validation",
        set: |c, v| put(&mut c.data.validation, number(v, 0.01..=0.8)),
        get: |c| Some(Value::from(c.data.validation)),
    },
    Key {
        name: "data.test",
        values: "0.01 to 0.8",
        doc: "share of the rows for the test",
        set: |c, v| put(&mut c.data.test, number(v, 0.01..=0.8)),
        get: |c| Some(Value::from(c.data.test)),
    },
    Key {
        name: "model.kind",
        values: "mlp or softmax",
        doc: "the network (softmax is a linear model where the task is regression)",
        set: |c, v| {
            let model = model(&c.model, v);
            put(&mut c.model, model)
        },
        get: |c| Some(text(c.model.name())),
    },
    Key {
        name: "model.widths",
        values: "whole numbers, separated by commas",
        doc: "neurons of each hidden layer of the mlp",
        set: |c, v| set_model(c, "widths", v),
        get: |c| Some(numbers(&model_setting(c, "widths")?)),
    },
    Key {
        name: "model.activation",
        values: "relu, tanh, gelu or sigmoid",
        doc: "what follows each hidden layer of the mlp",
        set: |c, v| set_model(c, "activation", v),
        get: |c| model_setting(c, "activation").map(text),
    },
    Key {
        name: "model.init",
        values: "he, xavier or lecun, each -uniform or -normal",
        doc: "how weights begin",
        set: |c, v| set_model(c, "init", v),
        get: |c| model_setting(c, "init").map(text),
    },
];

fn put<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn integer(value: usize) -> Value {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn text(value: impl Display) -> Value {
    Value::String(value.to_string())
}

fn automatic_text(value: Option<impl Display>) -> Value {
    value.map_or_else(
        || text("auto"),
        |value| super::file::value_of(&value.to_string()),
    )
}

fn non_empty(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err("must not be empty".to_string());
    }
    Ok(value.to_string())
}

fn whole(value: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    let parsed = value.replace('_', "").parse().ok();
    parsed
        .filter(|number| range.contains(number))
        .ok_or_else(|| {
            format!(
                "must be a whole number from {} to {}",
                range.start(),
                range.end()
            )
        })
}

fn number(value: &str, range: RangeInclusive<f64>) -> Result<f64, String> {
    let parsed = value.parse().ok();
    parsed
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("must be a number from {} to {}", range.start(), range.end()))
}

fn choice<T: FromStr>(value: &str, values: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("must be {values}"))
}

fn automatic<T: FromStr>(value: &str, values: &str) -> Result<Option<T>, String> {
    if value == "auto" {
        return Ok(None);
    }
    choice(value, values).map(Some)
}

/// The model of this name; one of the same kind keeps what was set for it.
fn model(before: &ModelSpec, name: &str) -> Result<ModelSpec, String> {
    if name == before.name() {
        return Ok(before.clone());
    }
    ModelSpec::named(name).map_err(|error| error.to_string())
}

fn set_model(config: &mut Config, key: &str, value: &str) -> Result<(), String> {
    config
        .model
        .set(key, value)
        .map_err(|error| error.to_string())
}

fn model_setting(config: &Config, key: &str) -> Option<String> {
    let settings = config.model.settings();
    settings
        .into_iter()
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

fn numbers(list: &str) -> Value {
    Value::Array(
        list.split(',')
            .map(|item| super::file::value_of(item.trim()))
            .collect(),
    )
}

fn optimizers(value: &str) -> Result<Vec<String>, String> {
    if value == "all" {
        return Ok(super::all_that_can_race().map(String::from).collect());
    }
    let mut names: Vec<String> = Vec::new();
    for name in value
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let recipe = catalogue::find(name).map_err(|error| error.to_string())?;
        if names.iter().any(|known| known == recipe.name) {
            return Err(format!("'{name}' is named twice"));
        }
        names.push(recipe.name.to_string());
    }
    if names.is_empty() {
        return Err("must name at least one optimizer; see `ravine list optimizers`".to_string());
    }
    Ok(names)
}
