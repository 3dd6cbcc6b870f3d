use super::{KEYS, Origin, Setting};
use ravine::{catalogue, suggest::nearest};

const PREFIX: &str = "RAVINE_";

/// The variable that sets `key`: `RAVINE_` and the key in capitals, dots and hyphens as underscores (`RAVINE_MODEL_WIDTHS`).
pub fn environment_name(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace(['.', '-'], "_"))
}

/// The settings among `variables`, and a warning for each variable that begins with `RAVINE_` and is none.
pub fn from_environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> (Vec<Setting>, Vec<String>) {
    let known = known();
    let (mut settings, mut warnings) = (Vec::new(), Vec::new());
    for (name, value) in variables {
        if !name.starts_with(PREFIX) {
            continue;
        }
        match known.iter().find(|(variable, _)| *variable == name) {
            Some((_, key)) => settings.push(Setting {
                key: key.clone(),
                value,
                origin: Origin::Environment(name),
            }),
            None => {
                // The prefix, which all share, would make unrelated names look alike.
                let typed = name.trim_start_matches(PREFIX);
                let rests = known.iter().map(|(v, _)| v.trim_start_matches(PREFIX));
                let proposal = nearest(typed, rests).map_or_else(String::new, |rest| {
                    format!("; did you mean '{PREFIX}{rest}'?")
                });
                warnings.push(format!(
                    "environment variable {name} sets nothing{proposal}"
                ));
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
