use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Races optimizers on your network and data, and says which one to use and at which learning rate.
#[derive(Parser)]
#[command(
    name = "ravine",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(after_help = "\
Examples:
  ravine compare                                 eight optimizers on handwritten digits
  ravine compare --data my.csv --out runs/mine   your own data; the same again continues
  ravine explain adamw                           its formula, hyper-parameters, memory and source
  ravine minimize --expr '(1-x)^2 + (y-x^2)^2'   the minimum of a function
  ravine race rosenbrock --tune                  optimizers on a surface, as a page that moves

Exit codes:
  0 done · 1 error · 2 usage or configuration · 3 every run diverged
  4 target missed (only with --require-target) · 130 interrupted, state saved")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Compare(Box<Compare>),
    List(List),
    Explain(Explain),
    Minimize(Box<Minimize>),
    Race(Box<Race>),
    Report(Report),
}

/// Tunes and compares optimizers on one network and one data set.
///
/// Every optimizer gets the same number of learning rates around its usual one, each with the same seeds. The best on
/// validation data is then run with fresh seeds, beside the optimizer's default rate, and reported on test data. DIR holds
/// everything; the same command with the same DIR goes on where it was stopped.
#[derive(clap::Args)]
#[command(after_help = "\
Settings (key=value) are those of `ravine compare --print-config`, and the hyper-parameters of
`ravine explain NAME` as NAME.hyper. Of a setting given twice, a flag counts before key=value, that
before the environment (RAVINE_EPOCHS, RAVINE_ADAM_BETA1 …), that before the file of --config.

Examples:
  ravine compare
  ravine compare --optimizers adam,lion --epochs 20 --out runs/two
  ravine compare --data wine.csv --target loss:0.5 data.label=quality data.task=regression
  ravine compare --model mlp --schedule warmup-cosine model.widths=256,128 model.activation=gelu
  ravine compare adam.beta1=0.8 adamw.weight_decay=0.1
  ravine compare sgd.lr=0.3                            # the centre of its grid of learning rates
  ravine compare --trials 3 --tuning-seeds 1 --seeds 5 --json | jq '.ranking[0].optimizer'
  ravine compare --epochs 80 --print-config > long.toml; ravine compare --config long.toml")]
pub(crate) struct Compare {
    /// The data: `digits`, or the path of a CSV file
    #[arg(long, value_name = "digits|FILE.csv")]
    pub(crate) data: Option<String>,
    /// The network: `mlp` or `softmax`
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// The optimizers, with commas between them, or `all` [default: sgd, momentum, nesterov, lion, adagrad, rmsprop,
    /// adam, adamw]
    #[arg(long, value_name = "A,B,C")]
    pub(crate) optimizers: Option<String>,
    /// Passes over the training data in each run [default: 40]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) epochs: Option<String>,
    /// Rows in a batch [default: 64]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) batch: Option<String>,
    /// How the learning rate moves during a run: constant, linear, cosine, warmup-linear, warmup-cosine,
    /// wsd or one-cycle [default: constant]
    #[arg(long, value_name = "NAME")]
    pub(crate) schedule: Option<String>,
    /// Validation level to which steps and seconds are counted: accuracy:LEVEL, loss:LEVEL or none
    /// [default: accuracy:0.95 on digits, none on other data]
    #[arg(long, value_name = "WHAT")]
    pub(crate) target: Option<String>,
    /// Learning rates tried for each optimizer [default: 7]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) trials: Option<String>,
    /// Seeds for each learning rate while tuning [default: 3]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) tuning_seeds: Option<String>,
    /// Fresh seeds for the reported numbers [default: 5]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) seeds: Option<String>,
    /// What all seeds and the split of the data are derived from [default: 0]
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub(crate) seed: Option<String>,
    /// Runs at a time, on one thread each [default: number of cores; also RAVINE_JOBS]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) jobs: Option<String>,
    /// The run directory [default: runs/compare-DATE-TIME]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// A file of settings, such as the config.toml of another run directory
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// Print the resolved settings and end
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Print the result as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 4 if no optimizer reaches the target in the median
    #[arg(long)]
    pub(crate) require_target: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Settings, such as model.widths=64,32 or adam.beta1=0.8
    #[arg(value_name = "key=value")]
    pub(crate) settings: Vec<String>,
}

/// Lists what there is to choose from.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ravine list optimizers
  ravine list links
  ravine list problems
  ravine list methods
  ravine list schedules --json | jq '.schedules[].name'")]
pub(crate) struct List {
    /// What to list
    pub(crate) what: Listed,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Listed {
    Optimizers,
    Links,
    Methods,
    StepSizes,
    Problems,
    Schedules,
    Models,
    Data,
}

/// Explains an optimizer, a link of optimizers, a method, a problem, a schedule, a model or a data set.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ravine explain adam
  ravine explain clip-norm
  ravine explain one_cycle
  ravine explain mlp --json")]
pub(crate) struct Explain {
    /// A name from `ravine list`
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// Finds the minimum of a function.
///
/// The function is one of `ravine list problems`, or a formula, whose derivatives are exact. Without --method a sensible one is
/// chosen from what is known: the number of variables, bounds, derivatives.
#[derive(clap::Args)]
#[command(after_help = "\
Settings (key=value) are the options of `ravine explain NAME`, of the method and of its step size.

Exit code: 0 where the method ended by itself or used up its iterations (\"stopped\" says which),
3 where the value falls without end or is not a number, 130 if interrupted.

Examples:
  ravine minimize rosenbrock
  ravine minimize rosenbrock --dimension 100 --method lbfgs --json | jq .evaluations
  ravine minimize --expr '(1-x)^2 + 100*(y-x^2)^2' --start -1.2,1 --method cg-pr
  ravine minimize himmelblau --starts 50
  ravine minimize --expr 'x^2 + y^2 - x*y' --bounds 1:5,:2
  ravine minimize rastrigin --dimension 10 --method cma-es cma-es.restarts=ipop:5 --seed 3
  ravine minimize rosenbrock --method lbfgs lbfgs.memory=5 wolfe.curvature=0.5
  ravine minimize beale --method steepest-descent --step-size constant=0.01 --trace path.jsonl")]
pub(crate) struct Minimize {
    /// A problem of `ravine list problems`, and settings of the method and its step size, such as cma-es.population=30
    #[arg(value_name = "NAME|key=value")]
    pub(crate) words: Vec<String>,
    /// A function by its formula
    #[arg(long, value_name = "FORMULA", allow_hyphen_values = true)]
    pub(crate) expr: Option<String>,
    /// Variables of a problem that has any number of them
    #[arg(long, value_name = "N")]
    pub(crate) dimension: Option<usize>,
    /// A method of `ravine list methods` [default: a sensible one]
    #[arg(long, value_name = "NAME")]
    pub(crate) method: Option<String>,
    /// A step size of `ravine list step-sizes`, for methods of the family descent [default: what suits the method]
    #[arg(long, value_name = "NAME[=NUMBER]")]
    pub(crate) step_size: Option<String>,
    /// Where to begin [default: the problem's start; 1 in every variable of a formula]
    #[arg(long, value_name = "A,B,…", allow_hyphen_values = true)]
    pub(crate) start: Option<String>,
    /// Bounds of every variable, or of each, with commas between them
    #[arg(long, value_name = "LOW:HIGH,…", allow_hyphen_values = true)]
    pub(crate) bounds: Option<String>,
    /// Begin at so many points between the bounds, and list every minimum that is found
    #[arg(long, value_name = "N")]
    pub(crate) starts: Option<usize>,
    /// Stop where no part of the gradient is larger [default: 1e-8]
    #[arg(long, value_name = "TOLERANCE", allow_hyphen_values = true)]
    pub(crate) tolerance: Option<String>,
    /// Most iterations [default: 100000]
    #[arg(long, value_name = "N")]
    pub(crate) max_iterations: Option<u64>,
    /// Most evaluations of the function and its derivatives [default: no limit]
    #[arg(long, value_name = "N")]
    pub(crate) max_evaluations: Option<u64>,
    /// What random numbers are derived from
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Write every iteration to a file, one JSON object a line
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) trace: Option<PathBuf>,
    /// Print the answer as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// Races optimizers on a function of two variables, and draws their paths.
///
/// Every optimizer starts at the same point. The page shows contours and paths, plays them step by step, and runs the optimizers
/// again from wherever the start is dragged to; it is one file and opens offline. Learning rates that are usual for networks say
/// nothing on such a surface: without --lr and --tune each optimizer gets the one with which its first steps are a fiftieth of
/// the picture long.
#[derive(clap::Args)]
#[command(after_help = "\
NAME is a problem of two variables from `ravine list problems`, such as rosenbrock, saddle, beale,
ravine or himmelblau. Optimizers are those of `ravine list optimizers` and methods of `ravine list
methods`. Settings (key=value) are the hyper-parameters and options of `ravine explain NAME`.

Examples:
  ravine race rosenbrock
  ravine race ravine --optimizers sgd,momentum,nesterov,adam --tune --out ravine.html
  ravine race --expr '(1-x)^2 + 100*(y-x^2)^2' --window -2,2,-1,3 --start -1.2,1
  ravine race saddle --terminal --steps 100
  ravine race beale --optimizers momentum,adam adam.beta1=0.5 --noise 0.1 --seed 3")]
pub(crate) struct Race {
    /// A function by its name, and settings of optimizers, such as adam.beta1=0.5
    #[arg(value_name = "NAME|key=value")]
    pub(crate) words: Vec<String>,
    /// A function of two variables by its formula
    #[arg(long, value_name = "FORMULA", allow_hyphen_values = true)]
    pub(crate) expr: Option<String>,
    /// The optimizers, with commas between them [default: sgd, momentum, adagrad, rmsprop, adam]
    #[arg(long, value_name = "A,B,C")]
    pub(crate) optimizers: Option<String>,
    /// The learning rate of all optimizers
    #[arg(
        long,
        value_name = "RATE",
        allow_hyphen_values = true,
        conflicts_with = "tune"
    )]
    pub(crate) lr: Option<String>,
    /// Give each optimizer the best of 13 learning rates
    #[arg(long)]
    pub(crate) tune: bool,
    /// Steps of each optimizer [default: 200]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) steps: Option<String>,
    /// Standard deviation of normal noise on every gradient [default: 0]
    #[arg(long, value_name = "SIGMA", allow_hyphen_values = true)]
    pub(crate) noise: Option<String>,
    /// What the noise is derived from [default: 0]
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub(crate) seed: Option<String>,
    /// The start
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    pub(crate) start: Option<String>,
    /// The part of the plane to show
    #[arg(long, value_name = "X0,X1,Y0,Y1", allow_hyphen_values = true)]
    pub(crate) window: Option<String>,
    /// The page [default: race.html; none with --terminal]
    #[arg(long, value_name = "FILE.html")]
    pub(crate) out: Option<PathBuf>,
    /// Draw in the terminal
    #[arg(long)]
    pub(crate) terminal: bool,
    /// Draw with plain characters instead of braille
    #[arg(long, requires = "terminal")]
    pub(crate) plain: bool,
}

/// Writes report.html of a finished comparison again.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  ravine report runs/compare-20260301-123005")]
pub(crate) struct Report {
    /// The run directory
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}
