//! Update rules: each its formula, written once.

mod adagrad;
mod adam;
mod amsgrad;
mod centered_rmsprop;
mod clip_global_norm;
mod clip_norm;
mod clip_value;
mod epsilon;
mod learning_rate;
mod lion;
mod momentum;
mod nesterov;
mod rmsprop;
mod weight_decay;

pub use adagrad::Adagrad;
pub use adam::Adam;
pub use amsgrad::AmsGrad;
pub use centered_rmsprop::CenteredRmsProp;
pub use clip_global_norm::ClipGlobalNorm;
pub use clip_norm::ClipNorm;
pub use clip_value::ClipValue;
pub use epsilon::Epsilon;
pub use learning_rate::LearningRate;
pub use lion::Lion;
pub use momentum::Momentum;
pub use nesterov::Nesterov;
pub use rmsprop::RmsProp;
pub use weight_decay::WeightDecay;

use std::fmt::Debug;

use crate::Real;
use crate::chain::link::Link;
use crate::hyper::{Hyper, Hypers};
use crate::pack::Pack;
use crate::program::Program;

/// One elementwise link of an optimiser: its states, its constants of the step, and its formula for one coordinate.
///
/// A chain of rules turns the gradient `g` into the update `u`; the step is `x ← x − u`.
///
/// # A rule of one's own
/// ```
/// use ravine::{Optimizer, Parameter, Real, hyper, hyper::Range, rule::{Initial, LearningRate, Rule, Step}};
///
/// hyper! {
///     /// Sign descent with a memory: m ← βm + (1−β)g, u = sign(m).
///     SignMomentum {
///         /// decay rate β of the memory
///         beta: 0.9, Range::DECAY_RATE;
///     }
/// }
///
/// impl Rule for SignMomentum {
///     const NAME: &'static str = "sign_momentum";
///     const STATE: &'static [&'static str] = &["memory"];
///     const CONSTANTS: &'static [&'static str] = &["β", "1 − β"];
///     type State<T> = [T; 1];
///     type Constants<T> = [T; 2];
///
///     fn constants(&self, step: &Step) -> [f64; 2] {
///         let beta = step.value(&self.beta);
///         [beta, 1.0 - beta]
///     }
///
///     #[inline(always)]
///     fn apply<T: Real>([b, b1]: &[T; 2], _x: T, g: T, [m]: &mut [T; 1]) -> T {
///         *m = *b * *m + *b1 * g;
///         m.sign()
///     }
/// }
///
/// let mut optimizer = Optimizer::new((SignMomentum::new(), LearningRate::new().lr(0.1)))?;
/// let mut x = [1.0_f32, -2.0];
/// optimizer.step([Parameter::new("x", &mut x, Some(&[0.5, -0.5]))])?;
/// assert_eq!(x, [0.9, -1.9]);
/// # Ok::<(), ravine::Error>(())
/// ```
pub trait Rule: Hypers + Clone + Debug + Send + Sync + 'static {
    /// The rule's name, in errors and in saved files.
    const NAME: &'static str;

    /// Arrays kept per parameter, under the names they are saved by.
    const STATE: &'static [&'static str];

    /// How the constants are written in the printed formula.
    const CONSTANTS: &'static [&'static str];

    /// What the rule must know of its whole input before it can start.
    const MEASURE: Measure = Measure::Nothing;

    /// Whether the output must be the final update, with nothing behind it that changes it.
    const READS_UPDATE: bool = false;

    /// The states of one coordinate: `[T; number of names in STATE]`.
    type State<T>: Pack<T>;

    /// The constants: `[T; number of names in CONSTANTS]`.
    type Constants<T>: Pack<T>;

    /// This step's constants, computed once a step, in f64.
    fn constants(&self, step: &Step) -> Self::Constants<f64>;

    /// One coordinate: `x` is the parameter, `g` the gradient, or what the link before made of it; the result goes to
    /// the next link. Always `#[inline(always)]`, which is what lets the compiler vectorise the loop around it.
    fn apply<T: Real>(constants: &Self::Constants<T>, x: T, g: T, state: &mut Self::State<T>) -> T;

    /// What the state of this number holds before the first update.
    fn initial(&self, _state: usize) -> Initial {
        Initial::Constant(0.0)
    }

    /// Whether the rule, as it is set, hands on its input unchanged, so that a chain can leave it out.
    fn is_identity(&self) -> bool {
        false
    }

    /// Whether the rule shortened its input in this step.
    fn clips(&self, _step: &Step) -> bool {
        false
    }

    /// The rules that this one consists of, in order: itself, unless it is a pair.
    #[must_use]
    fn parts() -> Vec<Part> {
        const {
            assert!(
                Self::STATE.len() == <Self::State<f64> as Pack<f64>>::LEN,
                "STATE must name as many states as `State` holds"
            );
            assert!(
                Self::CONSTANTS.len() == <Self::Constants<f64> as Pack<f64>>::LEN,
                "CONSTANTS must name as many constants as `Constants` holds"
            );
        }
        vec![Part {
            name: Self::NAME,
            state: Self::STATE,
            constants: Self::CONSTANTS,
            measure: Self::MEASURE,
            reads_update: Self::READS_UPDATE,
            program: Program::of::<Self>(),
        }]
    }

    /// Cuts the rule into links, of which each needs at most one pass over memory.
    fn links(self, links: &mut Vec<Box<dyn Link>>) {
        links.push(Box::new(self));
    }
}

/// What is known of a rule without its hyper-parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// [`Rule::NAME`]
    pub name: &'static str,
    /// [`Rule::STATE`]
    pub state: &'static [&'static str],
    /// [`Rule::CONSTANTS`]
    pub constants: &'static [&'static str],
    /// [`Rule::MEASURE`]
    pub measure: Measure,
    /// [`Rule::READS_UPDATE`]
    pub reads_update: bool,
    /// The recorded formula.
    pub program: Program,
}

/// What a state holds before the first update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// A number.
    Constant(f64),
    /// The parameter's own values.
    Parameter,
}

/// What a rule must know of its whole input before it can start.
///
/// Where this is not `Nothing`, the rule begins a new pass over memory, unless it is the first of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Nothing: coordinate after coordinate.
    Nothing,
    /// The Euclidean norm over the parameter.
    ParameterNorm,
    /// The Euclidean norm over all parameters of the step.
    GlobalNorm,
}

/// Where the optimiser stands, for one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Steps of the optimiser, counted from 0: what schedules are functions of.
    pub index: u64,
    /// Updates of this parameter, this one included, so at least 1: what bias corrections are functions of. It
    /// stays behind where gradients were missing.
    pub updates: u64,
    /// What [`Rule::MEASURE`] asked for; NaN where it asked for nothing.
    pub norm: f64,
}

impl Step {
    /// The hyper-parameter's value at this step.
    #[must_use]
    pub fn value(&self, hyper: &Hyper) -> f64 {
        hyper.at(self.index)
    }

    /// `1 − βⁿ` after n updates: the sum of the weights that an average with decay rate β, begun at zero, has given. For a
    /// β that is scheduled it is that of its present value, as in the other libraries, and then an approximation.
    #[must_use]
    pub fn bias_correction(&self, beta: f64) -> f64 {
        1.0 - power(beta, self.updates)
    }
}

/// `baseⁿ` by repeated squaring: the same bits on every platform, unlike `powf`.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    result
}

/// A pair of rules is a rule: the output of the first goes into the second, in one loop.
///
/// Its names are those of its [`parts`](Rule::parts).
impl<A: Rule, B: Rule> Rule for (A, B) {
    const NAME: &'static str = "";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &[];
    const MEASURE: Measure = A::MEASURE;
    const READS_UPDATE: bool = B::READS_UPDATE;
    type State<T> = (A::State<T>, B::State<T>);
    type Constants<T> = (A::Constants<T>, B::Constants<T>);

    fn constants(&self, step: &Step) -> Self::Constants<f64> {
        (self.0.constants(step), self.1.constants(step))
    }

    #[inline(always)]
    fn apply<T: Real>(constants: &Self::Constants<T>, x: T, g: T, state: &mut Self::State<T>) -> T {
        let u = A::apply(&constants.0, x, g, &mut state.0);
        B::apply(&constants.1, x, u, &mut state.1)
    }

    fn initial(&self, state: usize) -> Initial {
        let first = <A::State<f64> as Pack<f64>>::LEN;
        if state < first {
            self.0.initial(state)
        } else {
            self.1.initial(state - first)
        }
    }

    fn is_identity(&self) -> bool {
        self.0.is_identity() && self.1.is_identity()
    }

    fn clips(&self, step: &Step) -> bool {
        self.0.clips(step) || self.1.clips(step)
    }

    fn parts() -> Vec<Part> {
        let mut parts = A::parts();
        parts.extend(B::parts());
        parts
    }

    fn links(self, links: &mut Vec<Box<dyn Link>>) {
        let one_pass = <Self as Rule>::parts()
            .iter()
            .skip(1)
            .all(|part| part.measure == Measure::Nothing);
        if one_pass {
            links.push(Box::new(self));
        } else {
            self.0.links(links);
            self.1.links(links);
        }
    }
}
