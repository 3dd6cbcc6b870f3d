//! Where settings come from, and what is said of wrong ones.

mod common;

use std::path::PathBuf;

use common::{config, setting};
use ravine_lab::config::{
    Config, KEYS, Origin, Setting, Target, environment_name, from_environment, from_file,
    parse_override,
};

fn from(origin: Origin, pair: &str) -> Setting {
    Setting {
        origin,
        ..setting(pair)
    }
}

fn message(pair: &str) -> String {
    Config::resolve(vec![setting(pair)])
        .unwrap_err()
        .to_string()
}

#[test]
fn a_flag_counts_before_all_else() {
    let file = || from(Origin::File(PathBuf::from("c.toml")), "epochs=1");
    let variable = || from(Origin::Environment("RAVINE_EPOCHS".to_string()), "epochs=2");
    let pair = || from(Origin::Override, "epochs=3");
    let flag = || from(Origin::Flag("--epochs"), "epochs=4");
    let epochs = |settings: Vec<Setting>| Config::resolve(settings).unwrap().0.epochs;
    assert_eq!(epochs(vec![flag(), pair(), variable(), file()]), 4);
    assert_eq!(epochs(vec![pair(), variable(), file()]), 3);
    assert_eq!(epochs(vec![variable(), file()]), 2);
    assert_eq!(epochs(vec![file()]), 1);
    assert_eq!(epochs(vec![]), 40);
}

#[test]
fn the_kind_of_model_comes_first_wherever_it_is_given() {
    let settings = vec![
        from(Origin::Override, "model.init=xavier-normal"),
        from(Origin::Flag("--model"), "model=softmax"),
    ];
    let (config, _) = Config::resolve(settings).unwrap();
    assert_eq!(config.model.to_string(), "softmax init=xavier-normal");
}

#[test]
fn wrong_settings_get_one_line_with_the_cure() {
    let table = [
        (
            "epochs=0",
            "epochs=0 (command line): must be a whole number from 1 to 1000000",
        ),
        ("epochs=many", "must be a whole number from 1"),
        ("batch=-3", "must be a whole number from 1"),
        ("trials=0", "must be a whole number from 1 to 100"),
        ("seeds=501", "from 1 to 500"),
        ("seed=-1", "from 0 to"),
        ("epoch=3", "did you mean 'epochs'?"),
        ("widths=3", "did you mean 'model.widths'?"),
        ("adam.beta=0.8", "did you mean 'beta"),
        ("adm.beta1=0.8", "did you mean 'adam.beta1'?"),
        ("adam.beta1=1.5", "beta1 is 1.5, but must be in [0, 1)"),
        ("adam.lr=-0.1", "must be above 0"),
        ("adam.lr=cosine(from=1, to=0, steps=10)", "by schedule="),
        ("optimizers=adam,adm", "did you mean 'adam'?"),
        ("optimizers=adam,adam", "'adam' is named twice"),
        ("optimizers=", "at least one"),
        ("schedule=cosin", "did you mean 'cosine'?"),
        ("target=accuracy:95", "at most 1"),
        ("target=0.95", "write accuracy:0.9"),
        ("model=mpl", "mlp"),
        ("model.activation=rleu", "relu"),
        ("model.widths=0", "model.widths=0"),
        ("data.task=clustering", "classification, regression or auto"),
        ("data.test=1.5", "from 0.01 to 0.8"),
        ("data.source=", "must not be empty"),
    ];
    for (pair, expected) in table {
        let text = message(pair);
        assert!(text.contains(expected), "{pair}: {text}");
        assert_eq!(text.lines().count(), 1, "{pair}: {text}");
    }
}

#[test]
fn settings_that_do_not_go_together() {
    let error = Config::resolve(vec![
        setting("data.test=0.6"),
        setting("data.validation=0.4"),
    ]);
    assert!(error.unwrap_err().to_string().contains("data.test=0.6"));
}

#[test]
fn settings_of_an_absent_optimizer_are_dropped_with_a_warning() {
    let pairs = vec![setting("optimizers=sgd"), setting("adam.beta1=0.8")];
    let (config, warnings) = Config::resolve(pairs).unwrap();
    assert!(config.settings.is_empty());
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("'adam'"));
}

#[test]
fn the_environment_sets_what_it_names() {
    let pairs = [
        ("RAVINE_MODEL_WIDTHS", "8"),
        ("RAVINE_ADAM_WEIGHT_DECAY", "0.1"),
        ("RAVINE_EPOCH", "3"),
        ("HOME", "/root"),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_string(), value.to_string()));
    let (settings, warnings) = from_environment(pairs);
    let keys: Vec<&str> = settings.iter().map(|s| s.key.as_str()).collect();
    assert_eq!(keys, ["model.widths", "adam.weight_decay"]);
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].ends_with("did you mean 'RAVINE_EPOCHS'?"),
        "{}",
        warnings[0]
    );
    let mut names: Vec<String> = KEYS.iter().map(|key| environment_name(key.name)).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn a_file_sets_by_tables_and_its_mistakes_have_lines() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.toml");
    std::fs::write(
        &path,
        "epochs = 3\noptimizers = [\"adam\", \"lion\"]\n[model]\nwidths = [8, 4]\n[adam]\namsgrad = true\nbeta1 = 0.8\n",
    )
    .unwrap();
    let (config, _) = Config::resolve(from_file(&path).unwrap()).unwrap();
    assert_eq!((config.epochs, config.optimizers.len()), (3, 2));
    assert_eq!(
        config.model.to_string(),
        "mlp widths=8,4 activation=relu init=he-uniform"
    );
    assert_eq!(
        config.hypers("adam"),
        [("amsgrad", "true"), ("beta1", "0.8")]
    );

    std::fs::write(&path, "epochs = 3\nbatch = = 4\n").unwrap();
    let error = from_file(&path).unwrap_err().to_string();
    assert!(error.contains("c.toml, line 2"), "{error}");
    std::fs::write(&path, "epocs = 3\n").unwrap();
    let error = Config::resolve(from_file(&path).unwrap())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("c.toml") && error.contains("'epochs'"),
        "{error}"
    );
    assert!(from_file(&dir.path().join("none.toml")).is_err());
}

#[test]
fn the_target_follows_the_data() {
    assert_eq!(config(&[]).target(), Some(Target::ValidationAccuracy(0.95)));
    assert_eq!(config(&["data.source=my.csv"]).target(), None);
    assert_eq!(config(&["target=none"]).target(), None);
    assert_eq!(
        config(&["target=loss:0.2"]).target(),
        Some(Target::ValidationLoss(0.2))
    );
}

#[test]
fn an_override_has_a_key_and_a_value() {
    assert_eq!(parse_override("a.b=c=d").unwrap().value, "c=d");
    for wrong in ["epochs", "=3", ""] {
        assert!(parse_override(wrong).is_err());
    }
}

#[test]
fn the_usual_optimizers_race_unless_others_are_named() {
    let usual = config(&[]);
    let names = [
        "sgd", "momentum", "nesterov", "lion", "adagrad", "rmsprop", "adam", "adamw",
    ];
    assert_eq!(usual.optimizers, names);
    assert!(usual.left_out().is_empty());
}

#[test]
fn all_optimizers_race_that_can() {
    let all = config(&["optimizers=all"]);
    let left_out = all.left_out();
    assert_eq!(
        all.optimizers.len() + left_out.len(),
        ravine::catalogue::all().len()
    );
    for (name, reason) in left_out {
        assert!(
            !all.optimizers.iter().any(|racing| racing == name),
            "{name}"
        );
        let message = message(&format!("optimizers={name}"));
        assert!(
            message.contains(reason) && message.contains("leave it out"),
            "{message}"
        );
    }
}
