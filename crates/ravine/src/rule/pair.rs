//! A pair of rules is a rule.

use super::{At, Initial, Measure, NeedsHessian, Part, Rule, Scope, Step, TERMS};
use crate::Real;
use crate::chain::link::Link;
use crate::pack::Pack;

/// The output of the first goes into the second, in one loop.
///
/// Its names are those of its [`parts`](Rule::parts).
impl<A: Rule, B: Rule> Rule for (A, B) {
    const NAME: &'static str = "";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &[];
    const MEASURE: Measure = A::MEASURE;
    const SUMS: &'static [&'static str] = A::SUMS;
    const READS_GRADIENT: bool = A::READS_GRADIENT || B::READS_GRADIENT;
    const READS_HESSIAN: bool = A::READS_HESSIAN || B::READS_HESSIAN;
    const NEEDS_HESSIAN: NeedsHessian = if A::NEEDS_HESSIAN as u8 > B::NEEDS_HESSIAN as u8 {
        A::NEEDS_HESSIAN
    } else {
        B::NEEDS_HESSIAN
    };
    const NEEDS_LOSS: bool = A::NEEDS_LOSS || B::NEEDS_LOSS;
    const READS_UPDATE: bool = B::READS_UPDATE;
    const AVERAGES: bool = A::AVERAGES || B::AVERAGES;
    type State<T> = (A::State<T>, B::State<T>);
    type Constants<T> = (A::Constants<T>, B::Constants<T>);

    fn constants(&self, step: &Step) -> Self::Constants<f64> {
        let (first, second) = step.split::<A>();
        (self.0.constants(&first), self.1.constants(&second))
    }

    #[inline(always)]
    fn apply<T: Real>(constants: &Self::Constants<T>, at: At<T>, state: &mut Self::State<T>) -> T {
        let g = A::apply(&constants.0, at, &mut state.0);
        B::apply(&constants.1, At { g, ..at }, &mut state.1)
    }

    #[inline(always)]
    fn terms<T: Real>(
        constants: &Self::Constants<T>,
        at: At<T>,
        state: &Self::State<T>,
    ) -> [T; TERMS] {
        A::terms(&constants.0, at, &state.0)
    }

    #[inline(always)]
    fn evaluate<T: Real>(constants: &Self::Constants<T>, x: T, state: &Self::State<T>) -> T {
        if B::AVERAGES {
            B::evaluate(&constants.1, x, &state.1)
        } else {
            A::evaluate(&constants.0, x, &state.0)
        }
    }

    fn initial_memory(&self, number: usize) -> f64 {
        let first = A::memory_count();
        if number < first {
            self.0.initial_memory(number)
        } else {
            self.1.initial_memory(number - first)
        }
    }

    fn initial(&self, state: usize) -> Initial {
        let first = <A::State<f64> as Pack<f64>>::LEN;
        if state < first {
            self.0.initial(state)
        } else {
            self.1.initial(state - first)
        }
    }

    fn is_exact(&self, state: usize) -> bool {
        let first = <A::State<f64> as Pack<f64>>::LEN;
        if state < first {
            self.0.is_exact(state)
        } else {
            self.1.is_exact(state - first)
        }
    }

    fn is_identity(&self) -> bool {
        self.0.is_identity() && self.1.is_identity()
    }

    fn clips(&self, step: &Step) -> bool {
        let (first, second) = step.split::<A>();
        self.0.clips(&first) || self.1.clips(&second)
    }

    fn parts() -> Vec<Part> {
        let mut parts = A::parts();
        parts.extend(B::parts());
        parts
    }

    fn remember_in(&self, scope: Scope, step: &Step, memory: &mut [f64]) {
        let (first, second) = step.split::<A>();
        let (of_first, of_second) = memory.split_at_mut(A::memory_count());
        self.0.remember_in(scope, &first, of_first);
        self.1.remember_in(scope, &second, of_second);
    }

    fn memory_count() -> usize {
        A::memory_count() + B::memory_count()
    }

    fn links(self, links: &mut Vec<Box<dyn Link>>) {
        let parts = <Self as Rule>::parts();
        let mut behind = parts.iter().skip(1);
        // A link has one average to evaluate at.
        let averages = parts.iter().filter(|part| part.averages).count();
        let one_pass = behind.all(|part| part.measure == Measure::Nothing) && averages <= 1;
        if one_pass {
            links.push(Box::new(self));
        } else {
            self.0.links(links);
            self.1.links(links);
        }
    }
}

impl<'a> Step<'a> {
    /// The step as `A` sees it, and as the rules behind it do.
    fn split<A: Rule>(&self) -> (Step<'a>, Step<'a>) {
        let (first, second) = self
            .memory
            .split_at(A::memory_count().min(self.memory.len()));
        (
            Step {
                memory: first,
                ..*self
            },
            Step {
                memory: second,
                ..*self
            },
        )
    }
}
