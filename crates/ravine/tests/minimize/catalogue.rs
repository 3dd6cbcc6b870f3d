//! Methods and step sizes by name.

use ravine::minimize::catalogue::{
    FAMILIES, Named, Setting, methods, named, named_step_size, sensible, step_sizes,
};
use ravine::minimize::{Bounds, Function, Limits, Method, Objective, Stopped, Task};
use ravine::problem;

#[test]
fn names_are_the_methods_own() {
    for method in methods() {
        assert!(FAMILIES.contains(&method.family), "{}", method.name);
        let own = method.method().name();
        let own = own.split(" with ").next().unwrap_or_default();
        assert_eq!(own, method.name);
        assert_eq!(named(method.name).unwrap().name, method.name);
    }
}

/// Every method lowers a parabola, in as many variables as it is for.
#[test]
fn every_method_minimizes() {
    for method in methods() {
        let n = if ["brent", "golden-section"].contains(&method.name) {
            1
        } else {
            2
        };
        let problem = problem::named("booth").unwrap();
        let parabola =
            Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
        let least_squares = problem::named("rosenbrock").unwrap();
        let objective: &dyn Objective = match method.name {
            "brent" | "golden-section" => &parabola,
            "levenberg-marquardt" | "gauss-newton" => &least_squares,
            _ => &problem,
        };
        let bounds = Bounds::uniform(n, -3.0, 5.0).unwrap();
        let start = vec![2.0; n];
        let limits = Limits {
            evaluations: 20_000,
            ..Limits::default()
        };
        let mut task = Task::new(objective, &start).with_limits(limits);
        if method.wants_bounds() {
            task = task.with_bounds(&bounds);
        }
        let answer = task.minimize(&*method.method()).unwrap();
        let before = objective.value(&start);
        assert!(answer.value < 1e-2 * before, "{}: {answer:?}", method.name);
    }
}

#[test]
fn every_step_size_goes_with_a_direction() {
    let booth = problem::named("booth").unwrap();
    for step_size in step_sizes() {
        let method = named("steepest-descent")
            .unwrap()
            .method_with(Some(step_size.name), &[])
            .unwrap();
        let answer = Task::new(&booth, &[0.0, 0.0]).minimize(&*method).unwrap();
        assert_eq!(
            method.name(),
            format!("steepest-descent with {}", step_size.name)
        );
        assert!(answer.value < 0.74, "{}: {answer:?}", step_size.name);
    }
}

#[test]
fn mistakes_are_named_with_their_cure() {
    let said = |result: Result<(), _>| {
        result
            .map_err(|e: ravine::minimize::Error| e.to_string())
            .unwrap_err()
    };
    assert_eq!(
        said(named("bgfs").map(drop)),
        "unknown method 'bgfs'; did you mean 'bfgs'?"
    );
    assert_eq!(
        said(named_step_size("armijo=2", &[]).map(drop)),
        "the step size armijo takes no number"
    );
    assert_eq!(
        said(named_step_size("constant=fast", &[]).map(drop)),
        "'fast' is not a number: the step size is to read like constant=0.1"
    );
    assert_eq!(
        said(with("cma-es", Some("wolfe"), "cma-es.population=9").map(drop)),
        "cma-es chooses its steps itself: leave the step size out"
    );
    for (name, setting, message) in [
        (
            "cma-es",
            "population=9",
            "'population=9' is not a setting: write NAME.option=value, such as lbfgs.memory=5",
        ),
        (
            "cma-es",
            "cma-es.populaton=9",
            "cma-es has no option 'populaton'; did you mean 'population'?",
        ),
        (
            "cma-es",
            "cma-es.population=many",
            "cma-es.population: 'many' is not auto or a whole number",
        ),
        (
            "cma-es",
            "cma-es.restarts=ipop",
            "cma-es.restarts: 'ipop' is not none, or ipop:runs, or bipop:runs",
        ),
        (
            "bfgs",
            "bfgs.memory=9",
            "bfgs has no option 'memory'; it has none",
        ),
        (
            "bfgs",
            "lbfgs.memory=9",
            "lbfgs.memory is of no use here: settings begin with bfgs or wolfe",
        ),
    ] {
        assert_eq!(said(with(name, None, setting).map(drop)), message);
    }
}

fn with(
    name: &str,
    step_size: Option<&str>,
    setting: &str,
) -> Result<Box<dyn Method>, ravine::minimize::Error> {
    named(name)?.method_with(step_size, &[Setting::parse(setting)?])
}

/// Every option takes its default, and a value outside its range, if it has one, is refused when the method runs.
#[test]
fn every_option_can_be_set() {
    let mut count = 0;
    for method in methods() {
        for option in method.options() {
            let setting = format!("{}.{}={}", method.name, option.name, option.default);
            let made = with(method.name, None, &setting);
            assert!(made.is_ok(), "{setting}: {:?}", made.err());
            assert!(!option.doc.is_empty(), "{setting}");
            count += 1;
        }
        assert!(method.docs().iter().all(|doc| doc.len() > 40));
    }
    for step_size in step_sizes() {
        for option in step_size.options() {
            let (owner, name, value) = (step_size.name, option.name, option.default);
            let setting = Setting {
                owner,
                option: name,
                value: &value,
            };
            assert!(named_step_size(owner, &[setting]).is_ok(), "{owner}.{name}");
            count += 1;
        }
        let number = step_size.number;
        let options = step_size.options();
        assert!(number.is_none_or(|number| options.iter().any(|o| o.name == number)));
    }
    assert!(count > 80, "{count}");
}

#[test]
fn an_option_changes_what_it_names() {
    let rosenbrock = problem::named("rosenbrock").unwrap();
    let solve = |name: &str, step_size: Option<&str>, settings: &[&str]| {
        let settings: Vec<Setting> = settings
            .iter()
            .map(|s| Setting::parse(s).unwrap())
            .collect();
        let method = named(name)
            .unwrap()
            .method_with(step_size, &settings)
            .unwrap();
        let task = Task::new(&rosenbrock, rosenbrock.start());
        let task = task.with_limits(Limits {
            iterations: 1000,
            ..Limits::default()
        });
        task.minimize(&*method)
    };
    let usual = solve("lbfgs", None, &[]).unwrap();
    assert_ne!(solve("lbfgs", None, &["lbfgs.memory=1"]).unwrap(), usual);
    assert_ne!(
        solve("lbfgs", None, &["wolfe.curvature=0.1"]).unwrap(),
        usual
    );
    assert_eq!(
        solve("lbfgs", None, &["wolfe.curvature=0.1"]),
        solve("lbfgs", Some("wolfe=0.1"), &[])
    );
    assert_eq!(
        solve("lbfgs", None, &["lbfgs.memory=0"])
            .unwrap_err()
            .to_string(),
        "memory is 0, but must be between 1 and 1,000"
    );
    // A part's option is the whole's: SPSA's gains.
    let usual = solve("spsa", None, &["spsa.stability=50"]).unwrap();
    assert_ne!(usual, solve("spsa", None, &["spsa.c=0.5"]).unwrap());
}

#[test]
fn the_choice_follows_from_what_is_known() {
    let rosenbrock = problem::named("rosenbrock").unwrap();
    assert_eq!(
        sensible(&rosenbrock, rosenbrock.start(), false).0,
        "levenberg-marquardt"
    );
    assert_eq!(sensible(&rosenbrock, rosenbrock.start(), true).0, "lbfgsb");
    let booth = problem::named("himmelblau").unwrap();
    let residuals = booth.residuals().is_some();
    assert_eq!(
        sensible(&booth, booth.start(), false).0,
        if residuals {
            "levenberg-marquardt"
        } else {
            "trust-region"
        }
    );
    let value = Function::new(|x: &[f64]| x[0] * x[0]);
    assert_eq!(sensible(&value, &[1.0], false).0, "bfgs");
    assert_eq!(sensible(&value, &[1.0], true).0, "brent");
    assert_eq!(sensible(&value, &[1.0; 1000], false).0, "lbfgs");
}

/// Whatever an option is set to, there is an error or an answer.
#[test]
fn no_value_of_an_option_is_too_much() {
    let values = [
        "-1",
        "0",
        "1",
        "2",
        "1000",
        "4294967295",
        "18446744073709551615",
        "NaN",
        "inf",
        "-inf",
        "1e308",
        "-1e308",
        "1e-308",
        "auto",
        "true",
        "false",
        "1:inf",
        "-1:1",
        "2:1",
        "geometric:0",
        "geometric:1",
        "geometric:NaN",
        "geometric:1e-308",
        "reciprocal",
        "ipop:4294967295",
        "ipop:30",
        "bipop:30",
        "blend:1e308",
        "blend:NaN",
        "simulated-binary:1e308",
        "best",
        "uniform",
    ];
    let mut accepted = 0;
    let mut set = |name: &str, step_size: Option<&str>, owner: &str, option: &str| {
        for value in values {
            let setting = format!("{owner}.{option}={value}");
            if let Ok(made) = with(name, step_size, &setting) {
                accepted += 1;
                try_out(named(name).unwrap(), &*made, &setting);
            }
        }
    };
    for method in methods() {
        for option in method.options() {
            set(method.name, None, method.name, option.name);
        }
    }
    for step_size in step_sizes() {
        for option in step_size.options() {
            set("cg-pr", Some(step_size.name), step_size.name, option.name);
        }
    }
    assert!(accepted > 500, "{accepted}");
}

fn try_out(named: &Named, method: &dyn Method, setting: &str) {
    let square = Function::new(|x: &[f64]| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
    let rosenbrock = problem::named("rosenbrock").unwrap();
    let (objective, n): (&dyn Objective, usize) = match named.family {
        "one variable" => (&square, 1),
        _ => (&rosenbrock, 2),
    };
    let bounds = Bounds::uniform(n, -3.0, 5.0).unwrap();
    let start = vec![2.0; n];
    let mut task = Task::new(objective, &start).with_limits(Limits {
        evaluations: 300,
        iterations: 100,
        ..Limits::default()
    });
    if named.wants_bounds() {
        task = task.with_bounds(&bounds);
    }
    let Ok(answer) = task.minimize(method) else {
        return;
    };
    assert!(
        answer.x.iter().all(|x| x.is_finite()),
        "{setting}: {answer:?}"
    );
    // Gains that are too great lead estimated gradients anywhere; global methods need not look at the start.
    let is_estimated =
        ["random-directions", "spsa", "coordinate-differences"].contains(&named.name);
    if !is_estimated && named.family != "global" && answer.stopped != Stopped::NonFinite {
        assert!(
            answer.value <= objective.value(&start),
            "{setting}: {answer:?}"
        );
    }
}
