//! What a rule is: states, constants of the step, and the formula for one coordinate.

use std::fmt::Debug;

use super::{At, Initial, Measure, NeedsHessian, Part, Scope, Step, TERMS};
use crate::Real;
use crate::chain::link::Link;
use crate::hyper::Hypers;
use crate::pack::Pack;

/// One elementwise link of an optimiser: its states, its constants of the step, and its formula for one coordinate.
///
/// A chain of rules turns the gradient `g` into the update `u`; the step is `x ← x − u`.
///
/// # A rule of one's own
/// ```
/// use ravine::{Optimizer, Parameter, Real, hyper, hyper::Range, rule::{At, LearningRate, Rule, Step}};
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
///     fn apply<T: Real>([b, b1]: &[T; 2], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
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

    /// How the sums of [`Rule::terms`] are written in the printed formula, at most four; for the measures
    /// [`ParameterSums`](Measure::ParameterSums) and [`GlobalSums`](Measure::GlobalSums).
    const SUMS: &'static [&'static str] = &[];

    /// Numbers that the rule remembers from step to step, under the names they are saved by: one set for each parameter, or
    /// one for all where the measure is global.
    const MEMORY: &'static [&'static str] = &[];

    /// Whether the formula reads [`At::gradient`].
    const READS_GRADIENT: bool = false;

    /// Whether the formula reads [`At::hessian`].
    const READS_HESSIAN: bool = false;

    /// When the rule cannot do without [`At::hessian`].
    const NEEDS_HESSIAN: NeedsHessian = NeedsHessian::Never;

    /// Whether the rule cannot do without [`Step::loss`].
    const NEEDS_LOSS: bool = false;

    /// Whether the output must be the final update, with nothing behind it that changes it.
    const READS_UPDATE: bool = false;

    /// Whether the output may be another than the input. Behind a rule that reads the final update and does not change it
    /// only such rules can stand.
    const CHANGES_UPDATE: bool = true;

    /// Whether the rule keeps an average of the parameters, to evaluate at: see [`Rule::evaluate`].
    const AVERAGES: bool = false;

    /// The states of one coordinate: `[T; number of names in STATE]`.
    type State<T>: Pack<T>;

    /// The constants: `[T; number of names in CONSTANTS]`.
    type Constants<T>: Pack<T>;

    /// This step's constants, computed once a step, in f64. Where the rule measures sums, it is asked twice: before
    /// they are made, for [`Rule::terms`], and after.
    fn constants(&self, step: &Step) -> Self::Constants<f64>;

    /// One coordinate. The result goes to the next link. Always `#[inline(always)]`, which is what lets the loop around it
    /// run on vectors.
    fn apply<T: Real>(constants: &Self::Constants<T>, at: At<T>, state: &mut Self::State<T>) -> T;

    /// What one coordinate adds to each of [`Rule::SUMS`], before the step has changed anything.
    #[inline(always)]
    fn terms<T: Real>(
        _constants: &Self::Constants<T>,
        at: At<T>,
        _state: &Self::State<T>,
    ) -> [T; TERMS] {
        [at.g.like(0.0); TERMS]
    }

    /// The value of the coordinate to evaluate at, where [`Rule::AVERAGES`]; the constants are those of the parameter's last
    /// update, and `x` is the parameter behind it.
    #[inline(always)]
    fn evaluate<T: Real>(_constants: &Self::Constants<T>, x: T, _state: &Self::State<T>) -> T {
        x
    }

    /// Brings the memory up to date: once a step, when the sums are known, before the constants are asked for.
    /// [`Step::memory`] is the memory as it was.
    fn remember(&self, _step: &Step, _memory: &mut [f64]) {}

    /// What the number of this index in [`Rule::MEMORY`] begins with.
    fn initial_memory(&self, _number: usize) -> f64 {
        0.0
    }

    /// What the state of this number holds before the first update.
    fn initial(&self, _state: usize) -> Initial {
        Initial::Constant(0.0)
    }

    /// Whether the state of this number stays in full precision in whatever format states are kept
    /// ([`Optimizer::with_states`](crate::Optimizer::with_states)). By default those that are made of parameters: what moves a
    /// parameter or its average by a thousandth would be lost in a small format's rounding.
    fn is_exact(&self, state: usize) -> bool {
        Self::AVERAGES || self.initial(state) == Initial::Parameter
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
            assert!(
                Self::SUMS.len() <= TERMS && Self::SUMS.is_empty() != Self::MEASURE.sums(),
                "SUMS must name what `terms` adds up, at most four sums, if and only if MEASURE is of sums"
            );
        }
        vec![Part::of::<Self>()]
    }

    /// [`Rule::remember`] for those of the [`Rule::parts`] whose memory is of this scope.
    #[doc(hidden)]
    fn remember_in(&self, scope: Scope, step: &Step, memory: &mut [f64]) {
        if Self::MEASURE.scope() == scope {
            self.remember(step, memory);
        }
    }

    /// How many numbers the [`Rule::parts`] remember.
    #[doc(hidden)]
    #[must_use]
    fn memory_count() -> usize {
        Self::MEMORY.len()
    }

    /// Cuts the rule into links, of which each needs at most one pass over memory.
    fn links(self, links: &mut Vec<Box<dyn Link>>) {
        links.push(Box::new(self));
    }
}
