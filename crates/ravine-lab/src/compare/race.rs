use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ravine::catalogue::{self, Recipe};
use ravine_nets::data::{self, Dataset, Split, Task};
use ravine_nets::train::{self, Outcome, Point, TrainError, TrainingConfig};

use super::crew::Crew;
use super::document::{Document, LeftOut, SCHEMA, TargetRecord, ranking};
use super::protocol::{Entrant, Plan, Protocol};
use super::trial::{Curve, Phase, Trial, TrialSpec};
use crate::LabError;
use crate::clock::Moment;
use crate::config::{Config, ConfigError, Target};
use crate::machine::Machine;
use crate::run_dir::{DataRecord, Line, Meta, RunDir, Seeds};

/// How often an idle race looks whether it was asked to stop.
const ATTENTION: Duration = Duration::from_millis(50);

/// What an observer of a race hears.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The runs begin.
    Started {
        /// Runs known to be needed.
        total: usize,
        /// Runs at a time.
        jobs: usize,
    },
    /// A run finished, or was found finished in the run directory.
    Finished {
        /// The run.
        trial: &'a Trial,
        /// Whether it was finished by an earlier process.
        reused: bool,
        /// Runs finished.
        done: usize,
        /// Runs known to be needed: a grid that slides adds some.
        total: usize,
    },
}

/// A comparison whose configuration and data fit together, ready to run.
pub struct Race {
    config: Config,
    task: Task,
    data: DataRecord,
    entrants: Vec<Entrant>,
    work: Arc<Work>,
}

/// What a finished race leaves: its result, and the directory, still locked, for whoever has files to add.
pub struct Finished {
    /// The result; compare.json holds it already.
    pub document: Document,
    /// The run directory.
    pub dir: RunDir,
}

/// A run that finished, or none where it was abandoned.
type Ran = Option<(TrialSpec, Outcome)>;

impl Race {
    /// Reads and splits the data, and checks that the configuration suits them.
    pub fn prepare(config: &Config) -> Result<Race, LabError> {
        let data =
            data::load(&config.data.source, &config.csv_options()).map_err(LabError::Data)?;
        let split = data
            .split(config.fractions(), config.seed)
            .map_err(LabError::Data)?;
        if let Some(Target::ValidationAccuracy(_)) = config.target()
            && data.task() == Task::Regression
        {
            let message = "target is an accuracy, but the task is regression: declare a loss, such as target=loss:0.2";
            return Err(ConfigError::Together(message.to_string()).into());
        }
        Ok(Race {
            task: data.task(),
            data: record(&data),
            entrants: entrants(config)?,
            work: Arc::new(Work {
                config: config.clone(),
                split,
            }),
            config: config.clone(),
        })
    }

    /// Makes the runs that the directory at `out` does not hold yet, `jobs` at a time, and writes the result into it.
    ///
    /// `command` is recorded as the command line. When `stop` becomes true, unfinished runs are abandoned and the error is
    /// [`LabError::Interrupted`]; calling this again with the same directory goes on from there.
    pub fn run(
        &self,
        out: &Path,
        command: &str,
        jobs: usize,
        stop: Arc<AtomicBool>,
        observe: &mut dyn FnMut(Event<'_>),
    ) -> Result<Finished, LabError> {
        let work = self.work.clone();
        let halt = stop.clone();
        let run = move |spec: &TrialSpec| work.run(spec, &halt);
        race(self, out, command, jobs, stop, run, observe)
    }

    fn plan(&self) -> Plan {
        let config = &self.config;
        let (tuning_seeds, seeds) = super::seeds(config.seed, config.tuning_seeds, config.seeds);
        Plan {
            trials: config.trials,
            extend: config.extend,
            tuning_seeds,
            seeds,
        }
    }

    fn meta(&self, command: &str, jobs: usize) -> Meta {
        let plan = self.plan();
        Meta {
            schema: "ravine.meta/1".to_string(),
            version: env!("CARGO_PKG_VERSION").to_string(),
            command: command.to_string(),
            machine: Machine::here(),
            jobs,
            data: self.data.clone(),
            seeds: Seeds {
                tuning: plan.tuning_seeds,
                reporting: plan.seeds,
            },
            start: Moment::now().rfc3339(),
            end: None,
            exit: None,
        }
    }

    fn document(&self, protocol: &Protocol, dir: &RunDir, seconds: f64) -> Document {
        let trials = protocol.trials();
        let target = self.config.target();
        Document {
            schema: SCHEMA.to_string(),
            version: dir.meta().version.clone(),
            command: dir.meta().command.clone(),
            seconds,
            machine: dir.meta().machine.clone(),
            config: serde_json::to_value(self.config.to_table()).unwrap_or_default(),
            task: self.task,
            target: target.map(|target| TargetRecord {
                metric: target.metric().to_string(),
                value: target.value(),
            }),
            ranking: ranking(&protocol.verdicts(), &trials, self.task, target),
            left_out: self.config.left_out().into_iter().map(left_out).collect(),
            trials: trials.into_iter().cloned().collect(),
            curves: BTreeMap::new(),
        }
    }
}

/// [`Race::run`] with any way of making a run: `run` returns `None` for one it abandoned because it was asked to stop.
pub fn race<F>(
    race: &Race,
    out: &Path,
    command: &str,
    jobs: usize,
    stop: Arc<AtomicBool>,
    run: F,
    observe: &mut dyn FnMut(Event<'_>),
) -> Result<Finished, LabError>
where
    F: Fn(&TrialSpec) -> Result<Ran, LabError> + Send + Sync + 'static,
{
    let mut dir = RunDir::open(out, &race.config, race.meta(command, jobs))?;
    let result = make_runs(race, &mut dir, jobs, &stop, run, observe).and_then(|document| {
        let mut text =
            serde_json::to_vec(&document).map_err(|e| LabError::Internal(e.to_string()))?;
        text.push(b'\n');
        dir.write("compare.json", &text)?;
        Ok(document)
    });
    match result {
        Ok(document) => {
            dir.end("done")?;
            Ok(Finished { document, dir })
        }
        Err(error) => {
            // Workers still busy have nobody to report to.
            stop.store(true, Ordering::Relaxed);
            let exit = match &error {
                LabError::Interrupted { .. } => "interrupted".to_string(),
                other => other.to_string(),
            };
            // Where even this cannot be written, the first error is the one to tell.
            let _ = dir.end(&exit);
            Err(error)
        }
    }
}

/// Makes or finds every run the protocol asks for.
fn make_runs<F>(
    race: &Race,
    dir: &mut RunDir,
    jobs: usize,
    stop: &AtomicBool,
    run: F,
    observe: &mut dyn FnMut(Event<'_>),
) -> Result<Document, LabError>
where
    F: Fn(&TrialSpec) -> Result<Ran, LabError> + Send + Sync + 'static,
{
    let mut protocol = Protocol::new(race.plan(), race.entrants.clone());
    observe(Event::Started {
        total: protocol.total(),
        jobs,
    });
    let crew = Crew::new(jobs, Arc::new(run));
    let mut book = Book::open(dir);
    for spec in protocol.first() {
        book.find_or(spec, |spec| crew.give(spec));
    }
    while !protocol.is_done() {
        let stopping = stop.load(Ordering::Relaxed);
        let (line, reused) = match book.found.pop_front() {
            Some(line) => (line, true),
            // When stopping, what is finished already is still taken in.
            None => match crew.wait(if stopping { Duration::ZERO } else { ATTENTION })? {
                Some(Some((spec, outcome))) => (book.enter(&spec, &outcome)?, false),
                _ if stopping => {
                    return Err(LabError::Interrupted {
                        done: book.done,
                        total: protocol.total(),
                        path: book.dir.path().to_path_buf(),
                    });
                }
                _ => continue,
            },
        };
        book.done += 1;
        for spec in protocol.finished(line.trial.clone()) {
            book.find_or(spec, |spec| crew.give(spec));
        }
        observe(Event::Finished {
            trial: &line.trial,
            reused,
            done: book.done,
            total: protocol.total(),
        });
        if line.trial.phase == Phase::Tuned {
            book.curves.insert(line.trial.id, line.curve);
        }
    }
    let mut document = race.document(&protocol, book.dir, book.elapsed());
    document.curves = book.curves;
    Ok(document)
}

/// What is known of finished runs, and where new ones are entered.
struct Book<'a> {
    dir: &'a mut RunDir,
    /// Runs of earlier processes that nobody asked for yet.
    earlier: HashMap<String, Line>,
    /// Those that were asked for, and not yet taken in.
    found: VecDeque<Line>,
    curves: BTreeMap<String, Curve>,
    done: usize,
    begin: Instant,
    elapsed_before: f64,
}

impl<'a> Book<'a> {
    fn open(dir: &'a mut RunDir) -> Book<'a> {
        let lines = dir.finished();
        Book {
            elapsed_before: lines.last().map_or(0.0, |line| line.elapsed),
            earlier: lines
                .iter()
                .map(|line| (line.trial.id.clone(), line.clone()))
                .collect(),
            dir,
            found: VecDeque::new(),
            curves: BTreeMap::new(),
            done: 0,
            begin: Instant::now(),
        }
    }

    fn find_or(&mut self, spec: TrialSpec, make: impl FnOnce(TrialSpec)) {
        match self.earlier.remove(&spec.id()) {
            Some(line) => self.found.push_back(line),
            None => make(spec),
        }
    }

    fn enter(&mut self, spec: &TrialSpec, outcome: &Outcome) -> Result<Line, LabError> {
        let line = Line {
            trial: Trial::new(spec, outcome),
            curve: Curve::new(outcome),
            elapsed: self.elapsed(),
        };
        self.dir.append(&line)?;
        Ok(line)
    }

    fn elapsed(&self) -> f64 {
        self.elapsed_before + self.begin.elapsed().as_secs_f64()
    }
}

/// What a run needs, shared by all workers.
struct Work {
    config: Config,
    split: Split,
}

impl Work {
    fn run(&self, spec: &TrialSpec, stop: &AtomicBool) -> Result<Ran, LabError> {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let failed = |reason: String| LabError::Trial {
            trial: spec.id(),
            reason,
        };
        let config = &self.config;
        let batches = self.split.train.len().div_ceil(config.batch);
        let course = config
            .schedule
            .course(spec.lr, (config.epochs * batches) as u64);
        let chain = catalogue::find(&spec.optimizer)
            .and_then(|recipe| {
                let mut settings = layout(recipe);
                settings.extend(config.hypers(&spec.optimizer));
                settings.push(("lr", &course));
                recipe.chain(&settings)
            })
            .map_err(|error| failed(error.to_string()))?;
        let training = TrainingConfig {
            model: config.model.clone(),
            epochs: config.epochs,
            batch: config.batch,
            seed: spec.seed,
            target: config.target().map(|target| match target {
                Target::ValidationLoss(level) => train::Target::ValidationLoss(level),
                Target::ValidationAccuracy(level) => train::Target::ValidationAccuracy(level),
            }),
            ..TrainingConfig::default()
        };
        let mut observe = |_: &Point| match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        match train::train(&training, &self.split, chain, &mut observe) {
            Ok(outcome) => Ok(Some((spec.clone(), outcome))),
            Err(TrainError::Interrupted { .. }) => Ok(None),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

/// Where the networks' weights have their outputs, for the optimisers that must know.
fn layout(recipe: &Recipe) -> Vec<(&str, &str)> {
    let settings = recipe.settings().into_iter();
    settings
        .filter(|setting| setting.name == "layout" && setting.words.contains(&"in-out"))
        .map(|setting| (setting.name, "in-out"))
        .collect()
}

fn entrants(config: &Config) -> Result<Vec<Entrant>, LabError> {
    let entrant = |name: &String| {
        let recipe = catalogue::find(name).map_err(|e| ConfigError::Together(e.to_string()))?;
        let centre = config.grid_centre(name);
        Ok(Entrant {
            name: name.clone(),
            usual_lr: centre.unwrap_or(recipe.usual_learning_rate),
            default_lr: recipe.default_learning_rate(),
        })
    };
    config.optimizers.iter().map(entrant).collect()
}

fn left_out((name, reason): (&'static str, &'static str)) -> LeftOut {
    LeftOut {
        optimizer: name.to_string(),
        reason: reason.to_string(),
    }
}

fn record(data: &Dataset) -> DataRecord {
    DataRecord {
        name: data.name.clone(),
        rows: data.rows(),
        features: data.features(),
        fingerprint: format!("{:016x}", data.fingerprint()),
    }
}
