use std::collections::BTreeMap;

/// One line for each value in which two configurations differ, given as texts of TOML.
pub(super) fn differences(before: &str, now: &str) -> Vec<String> {
    let (before, now) = (values(before), values(now));
    let mut keys: Vec<&String> = before.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    let show = |value: Option<&String>| value.map_or("not set", String::as_str).to_string();
    keys.into_iter()
        .filter(|&key| before.get(key) != now.get(key))
        .map(|key| {
            let (there, here) = (show(before.get(key)), show(now.get(key)));
            format!("  {key}: {there} there, {here} now")
        })
        .collect()
}

fn values(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    match text.parse::<toml::Table>() {
        Ok(table) => collect("", &table, &mut values),
        // A file that was edited into something else: show it as it is.
        Err(_) => {
            values.insert("config.toml".to_string(), "(not TOML)".to_string());
        }
    }
    values
}

fn collect(prefix: &str, table: &toml::Table, values: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = format!("{prefix}{key}");
        match value {
            toml::Value::Table(inner) => collect(&format!("{key}."), inner, values),
            other => {
                values.insert(key, other.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn names_each_value_that_differs() {
        let before = "epochs = 40\nbatch = 64\n[adam]\nbeta1 = 0.8\n";
        let now = "epochs = 20\nbatch = 64\n";
        let expected = vec![
            "  adam.beta1: 0.8 there, not set now",
            "  epochs: 40 there, 20 now",
        ];
        assert_eq!(differences(before, now), expected);
        assert!(differences(now, now).is_empty());
    }
}
