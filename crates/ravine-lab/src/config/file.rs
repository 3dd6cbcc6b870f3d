use std::path::Path;

use super::{ConfigError, Origin, Setting};

/// The settings in a TOML file: keys of a comparison, with a table for each of `data`, `model` and any optimiser.
pub fn from_file(path: &Path) -> Result<Vec<Setting>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    let table: toml::Table = text.parse().map_err(|error| syntax(path, &text, &error))?;
    let mut settings = Vec::new();
    flatten("", &table, &mut |key, value| {
        settings.push(Setting {
            key,
            value,
            origin: Origin::File(path.to_path_buf()),
        });
    });
    Ok(settings)
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    ConfigError::Syntax {
        path: path.to_path_buf(),
        line: before.matches('\n').count() + 1,
        message: error.message().replace('\n', " "),
    }
}

fn flatten(prefix: &str, table: &toml::Table, found: &mut dyn FnMut(String, String)) {
    for (key, value) in table {
        let key = format!("{prefix}{key}");
        match value {
            toml::Value::Table(inner) => flatten(&format!("{key}."), inner, found),
            other => found(key, text_of(other)),
        }
    }
}

/// The text by which the value would be given on the command line.
fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text_of).collect();
            items.join(",")
        }
        other => other.to_string(),
    }
}

/// The plainest TOML value whose text this is.
pub(super) fn value_of(text: &str) -> toml::Value {
    if let Ok(integer) = text.parse::<i64>() {
        toml::Value::Integer(integer)
    } else if let Some(number) = text.parse::<f64>().ok().filter(|n| n.is_finite()) {
        toml::Value::Float(number)
    } else if let Ok(choice) = text.parse::<bool>() {
        toml::Value::Boolean(choice)
    } else {
        toml::Value::String(text.to_string())
    }
}
