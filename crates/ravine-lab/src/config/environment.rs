use super::{KEYS, Origin, Setting};
use crate::suggest::did_you_mean;
use ravine::catalogue;

/// The variable that sets `key`: `RAVINE_` and the key in capitals, dots as underscores (`RAVINE_MODEL_WIDTHS`).
pub fn environment_name(key: &str) -> String {
    format!("RAVINE_{}", key.to_uppercase().replace('.', "_"))
}

/// The settings among `variables`, and a warning for each variable that begins with `RAVINE_` and is none.
pub fn from_environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> (Vec<Setting>, Vec<String>) {
    let known = known();
    let (mut settings, mut warnings) = (Vec::new(), Vec::new());
    for (name, value) in variables {
        if !name.starts_with("RAVINE_") {
            continue;
        }
        match known.iter().find(|(variable, _)| *variable == name) {
            Some((_, key)) => settings.push(Setting {
                key: key.clone(),
                value,
                origin: Origin::Environment(name),
            }),
            None => {
                let lower: Vec<String> = known.iter().map(|(v, _)| v.to_lowercase()).collect();
                let proposal = did_you_mean(&name, lower.iter().map(String::as_str)).to_uppercase();
                let proposal = proposal.replace("DID YOU MEAN", "did you mean");
                warnings.push(
                    format!("environment variable {name} sets nothing {proposal}")
                        .trim_end()
                        .to_string(),
                );
            }
        }
    }
    (settings, warnings)
}

fn known() -> Vec<(String, String)> {
    let mut keys: Vec<String> = KEYS.iter().map(|key| key.name.to_string()).collect();
    for recipe in catalogue::all() {
        for hyper in recipe.settings() {
            keys.push(format!("{}.{}", recipe.name, hyper.name));
        }
    }
    keys.into_iter()
        .map(|key| (environment_name(&key), key))
        .collect()
}
