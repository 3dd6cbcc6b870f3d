//! Races: paths, learning rates, and the WebAssembly of the update rules against the optimisers themselves.

use ravine::catalogue;
use ravine::minimize::catalogue::Setting;
use ravine_lab::race::{Document, Noise, Race, Racer, Rates, Surface, racers, surfaces, wasm};
use wasmi::{Engine, Instance, Linker, Module, Store};

/// A function of one number.
type Function = fn(f64) -> f64;

const SILENT: Noise = Noise {
    deviation: 0.0,
    seed: 0,
};

fn race(surface: Surface, steps: usize, racers: Vec<Racer>) -> Race {
    Race {
        start: surface.start,
        surface,
        steps,
        rates: Rates::Even,
        noise: SILENT,
        racers,
    }
}

fn rules(names: &str) -> Vec<Racer> {
    racers(names, &[]).unwrap()
}

/// A module at work, as a page has it.
struct Page {
    store: Store<()>,
    instance: Instance,
}

impl Page {
    fn new(document: &Document) -> Self {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(&document.module)
            .unwrap();
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes[..]).unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let one: [(&str, Function); 14] = [
            ("exp", libm::exp),
            ("log", libm::log),
            ("log10", libm::log10),
            ("log2", libm::log2),
            ("sin", libm::sin),
            ("cos", libm::cos),
            ("tan", libm::tan),
            ("asin", libm::asin),
            ("acos", libm::acos),
            ("atan", libm::atan),
            ("sinh", libm::sinh),
            ("cosh", libm::cosh),
            ("tanh", libm::tanh),
            ("cbrt", libm::cbrt),
        ];
        for (name, function) in one {
            linker
                .func_wrap("math", name, move |x: f64| function(x))
                .unwrap();
        }
        linker
            .func_wrap("math", "pow", |x: f64, y: f64| libm::pow(x, y))
            .unwrap();
        linker
            .func_wrap("math", "atan2", |x: f64, y: f64| libm::atan2(x, y))
            .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        Self { store, instance }
    }

    fn write(&mut self, place: usize, value: f64) {
        let memory = self.instance.get_memory(&self.store, "memory").unwrap();
        memory
            .write(&mut self.store, 8 * place, &value.to_le_bytes())
            .unwrap();
    }

    fn read(&self, place: usize) -> f64 {
        let memory = self.instance.get_memory(&self.store, "memory").unwrap();
        let mut bytes = [0; 8];
        memory.read(&self.store, 8 * place, &mut bytes).unwrap();
        f64::from_le_bytes(bytes)
    }

    fn value(&mut self, x: [f64; 2]) -> f64 {
        let value = self
            .instance
            .get_typed_func::<(f64, f64), f64>(&self.store, "value")
            .unwrap();
        value.call(&mut self.store, (x[0], x[1])).unwrap()
    }

    fn evaluate(&mut self, x: [f64; 2]) -> (f64, [f64; 2]) {
        (0..2).for_each(|i| self.write(wasm::POINT + i, x[i]));
        let evaluate = self
            .instance
            .get_typed_func::<(), ()>(&self.store, "evaluate")
            .unwrap();
        evaluate.call(&mut self.store, ()).unwrap();
        (
            self.read(wasm::VALUE),
            [self.read(wasm::GRADIENT), self.read(wasm::GRADIENT + 1)],
        )
    }

    /// The path of a lane, as the page makes it.
    fn run(&mut self, document: &Document, lane: usize, steps: usize) -> Vec<[f64; 2]> {
        let live = document.optimizers[lane].live.clone().unwrap();
        let step = self
            .instance
            .get_typed_func::<i32, ()>(&self.store, &live.step)
            .unwrap();
        let mut x = document.start;
        for state in &live.states {
            (0..2).for_each(|i| self.write(state.at + i, state.initial.unwrap_or(x[i])));
        }
        let mut path = vec![x];
        for row in live.constants.rows(document.steps).iter().take(steps) {
            self.evaluate(x);
            for (k, constant) in row.iter().enumerate() {
                self.write(live.constants.at + k, *constant);
            }
            for coordinate in [0, 8] {
                step.call(&mut self.store, coordinate).unwrap();
            }
            x = [self.read(wasm::POINT), self.read(wasm::POINT + 1)];
            path.push(x);
        }
        path
    }
}

#[test]
fn every_rule_gives_the_same_path_in_webassembly() {
    const STEPS: usize = 100;
    let mut compared = Vec::new();
    let mut left_out = Vec::new();
    for surface in ["rosenbrock", "beale"] {
        let names: Vec<&str> = catalogue::all().iter().map(|recipe| recipe.name).collect();
        let race = race(
            Surface::named(surface).unwrap(),
            STEPS,
            rules(&names.join(",")),
        );
        let document = race.run().unwrap();
        let mut page = Page::new(&document);
        for (k, lane) in document.optimizers.iter().enumerate() {
            if lane.live.is_none() {
                left_out.push(lane.name.as_str().to_string());
                continue;
            }
            let path = page.run(&document, k, STEPS);
            for (step, (ours, theirs)) in lane.points.iter().zip(&path).enumerate() {
                for i in 0..2 {
                    let error = (ours[i] - theirs[i]).abs() / ours[i].abs().max(1e-3);
                    assert!(
                        error <= 1e-12,
                        "{} on {surface}, step {step}: {ours:?} and {theirs:?}",
                        lane.name
                    );
                }
            }
            compared.push(lane.name.clone());
        }
    }
    assert!(compared.len() >= 2 * 40, "{compared:?}");
    for name in [
        "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion",
    ] {
        assert!(!left_out.iter().any(|out| out == name), "{left_out:?}");
    }
}

#[test]
fn functions_of_every_kind_have_the_same_values_in_webassembly() {
    let text = "abs(x)*sign(y) + max(x, y)*min(x, 2*y) + sqrt(abs(x*y)) + exp(-x^2) + ln(2 + y^2) + log10(3 + x^2)
        + log2(3 + y^2) + sin(x)*cos(y) + tan(x/3) + asin(x/9) + acos(y/9) + atan(x) + sinh(y/3) + cosh(x/3) + tanh(y)
        + abs(x)^1.3 + 2^y + atan2(x, y) - x^-2 + x^7 + cbrt(x - y)";
    let surface = Surface::of_expression(text, None, None).unwrap();
    let document = race(surface.clone(), 1, rules("sgd")).run().unwrap();
    let mut page = Page::new(&document);
    for k in 0..50 {
        let x = [-2.0 + 0.083 * f64::from(k), 1.7 - 0.091 * f64::from(k)];
        let (value, gradient) = surface.value_and_gradient(x);
        assert_eq!(page.value(x), value);
        assert_eq!(page.evaluate(x), (value, gradient));
    }
}

#[test]
fn a_race_is_the_optimisers_own_path() {
    let surface = Surface::of_expression("x^2/2 + 25*y^2", None, Some([-4.5, 1.5]));
    let mut race = race(surface.unwrap(), 3, rules("sgd"));
    race.rates = Rates::Given(0.01);
    let document = race.run().unwrap();
    // x ← x − 0.01·x, y ← y − 0.01·50·y
    let expected = [
        [-4.5, 1.5],
        [-4.455, 0.75],
        [-4.410_45, 0.375],
        [-4.366_345_5, 0.1875],
    ];
    for (found, known) in document.optimizers[0].points.iter().zip(expected) {
        assert!((found[0] - known[0]).abs() < 1e-12 && (found[1] - known[1]).abs() < 1e-12);
    }
    assert_eq!(document.optimizers[0].points.len(), 4);
    assert_eq!(document.optimizers[0].lr, Some(0.01));
}

#[test]
fn divergence_is_marked_and_ends_the_path() {
    let mut race = race(
        Surface::named("rosenbrock").unwrap(),
        200,
        rules("sgd,adam"),
    );
    race.rates = Rates::Given(0.5);
    let document = race.run().unwrap();
    let [sgd, adam] = &document.optimizers[..] else {
        panic!()
    };
    let step = sgd.diverged.unwrap();
    assert_eq!((sgd.points.len(), sgd.values.len()), (step, step));
    assert!(sgd.values.iter().all(|value| value.is_finite()));
    assert_eq!((adam.diverged, adam.points.len()), (None, 201));
    assert!(!document.all_diverged());
}

#[test]
fn first_steps_are_of_even_length_and_stay_on_the_surface() {
    for problem in surfaces() {
        let name = problem.name();
        let names = "sgd,momentum,nesterov,adagrad,rmsprop,adam,lion,adadelta,adamax,prodigy,dog";
        let document = race(Surface::named(name).unwrap(), 200, rules(names))
            .run()
            .unwrap();
        for lane in &document.optimizers {
            assert_eq!(lane.diverged, None, "{} on {name}", lane.name);
            // Where scales or waves are extreme, a step of even length may lead uphill.
            let smooth = [
                "rosenbrock",
                "saddle",
                "beale",
                "ravine",
                "himmelblau",
                "booth",
                "matyas",
            ];
            assert!(
                lane.values.last() <= lane.values.first() || !smooth.contains(&name),
                "{} on {name}",
                lane.name
            );
        }
    }
}

#[test]
fn tuning_is_never_worse_than_not() {
    let last = |rates: Rates| {
        let mut race = race(
            Surface::named("rosenbrock").unwrap(),
            150,
            rules("sgd,momentum,adam"),
        );
        race.rates = rates;
        let lanes = race.run().unwrap().optimizers;
        assert!(lanes.iter().all(|lane| lane.diverged.is_none()));
        let mean = |values: &Vec<f64>| values.iter().map(|v| (v + 1e-15).ln()).sum::<f64>();
        lanes
            .iter()
            .map(|lane| (mean(&lane.values), lane.tried))
            .collect::<Vec<_>>()
    };
    for (even, tuned) in last(Rates::Even).iter().zip(last(Rates::Tuned)) {
        assert!(tuned.0 <= even.0 + 1e-6);
        assert_eq!(tuned.1, ravine_lab::race::TRIED);
    }
}

#[test]
fn methods_race_too() {
    let document = race(
        Surface::named("rosenbrock").unwrap(),
        100,
        rules("sgd,bfgs"),
    )
    .run()
    .unwrap();
    let lane = &document.optimizers[1];
    assert_eq!((lane.name.as_str(), lane.live.is_none()), ("bfgs", true));
    assert!(lane.summary.contains("quasi-Newton"), "{}", lane.summary);
    assert!(lane.values.last().unwrap() < &1e-15, "{:?}", lane.values);
    assert!(lane.evaluations.unwrap() > 30 && lane.stopped.is_some());
    assert_eq!(lane.points[0], document.start);
}

#[test]
fn settings_reach_rules_and_methods() {
    let paths = |settings: &[&str]| {
        let settings: Vec<Setting> = settings
            .iter()
            .map(|s| Setting::parse(s).unwrap())
            .collect();
        let racers = racers("momentum,lbfgs", &settings).unwrap();
        let race = race(Surface::named("rosenbrock").unwrap(), 20, racers);
        let lanes = race.run().unwrap().optimizers;
        lanes
            .into_iter()
            .map(|lane| lane.points)
            .collect::<Vec<_>>()
    };
    let usual = paths(&[]);
    for (setting, changed) in [
        ("momentum.momentum=0.5", 0),
        ("lbfgs.memory=1", 1),
        ("wolfe.curvature=0.01", 1),
    ] {
        let set = paths(&[setting]);
        assert_ne!(set[changed], usual[changed], "{setting}");
        assert_eq!(set[1 - changed], usual[1 - changed], "{setting}");
    }
}

#[test]
fn noise_is_seeded_and_shared() {
    let paths = |seed: u64| {
        let mut race = race(Surface::named("ravine").unwrap(), 20, rules("sgd,momentum"));
        race.noise = Noise {
            deviation: 0.5,
            seed,
        };
        race.run()
            .unwrap()
            .optimizers
            .into_iter()
            .map(|lane| lane.points)
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(1), paths(1));
    assert_ne!(paths(1), paths(2));
    // The first step of momentum is that of plain descent, up to its length.
    let [a, b] = &paths(1)[..] else { panic!() };
    let direction = |p: &Vec<[f64; 2]>| (p[1][1] - p[0][1]) / (p[1][0] - p[0][0]);
    assert!((direction(a) / direction(b) - 1.0).abs() < 1e-9);
}

#[test]
fn mistakes_are_named() {
    let message = |result: Result<Vec<Racer>, ravine_lab::LabError>| match result {
        Err(error) => error.to_string(),
        Ok(_) => panic!("no error"),
    };
    assert!(message(racers("sgd,adm", &[])).contains("did you mean 'adam'"));
    assert!(message(racers("bfg", &[])).contains("did you mean 'bfgs'"));
    assert!(message(racers("sgd,sgd", &[])).contains("twice"));
    assert!(message(racers(" ,", &[])).contains("no optimizer"));
    let with = |names: &str, setting: &str| racers(names, &[Setting::parse(setting).unwrap()]);
    assert!(message(with("sgd", "adam.beta1=0.5")).contains("adam.beta1"));
    assert!(message(with("sgd,lbfgs", "lbfgs.memry=5")).contains("did you mean 'memory'?"));
    let error = |text: &str| {
        Surface::of_expression(text, None, None)
            .unwrap_err()
            .to_string()
    };
    assert!(error("x^2").contains("one variable, x"));
    assert!(error("x*y*z").contains("3 variables"));
    assert!(error("1").contains("no variables"));
    assert!(error("sine(x) + y").contains("^^^^"));
    assert!(
        Surface::named("rosenbrok")
            .unwrap_err()
            .to_string()
            .contains("did you mean 'rosenbrock'")
    );
    let empty = Surface::of_expression("x + y", Some([[1.0, 1.0], [0.0, 1.0]]), None);
    assert!(empty.unwrap_err().to_string().contains("no area"));
    let mut wrong = race(
        Surface::of_expression("ln(x) + y", None, None).unwrap(),
        5,
        rules("sgd"),
    );
    wrong.start = [-1.0, 0.0];
    assert!(
        wrong
            .run()
            .unwrap_err()
            .to_string()
            .contains("NaN at the start")
    );
}
