//! A global method, then a local one.

use crate::Scalar;
use crate::minimize::objective::comparable;
use crate::minimize::{Answer, Error, Method, Run, Stopped};

/// A global method, and then a local one from where that ended.
///
/// Global methods find the right valley and then need many evaluations for each digit; a local method finds the digits.
/// The local one runs if the global one converged or had used its iterations, in the same limits (of the evaluations, in those
/// that are left), and is not observed.
///
/// ```
/// use ravine::minimize::{Bounds, DifferentialEvolution, Function, Limits, NelderMead, Polished, Task};
///
/// let bumps = Function::new(|x: &[f64]| x[0] * x[0] - (18.0 * x[0]).cos() + x[1] * x[1]);
/// let bounds = Bounds::uniform(2, -3.0, 3.0)?;
/// let method = Polished::new(DifferentialEvolution::new(), NelderMead::new());
/// let rough = Limits { step: 1e-4, ..Limits::default() };
/// let answer = Task::new(&bumps, &[2.0, 2.0]).with_bounds(&bounds).with_limits(rough).minimize(&method)?;
/// assert!((answer.value + 1.0).abs() < 1e-6);
/// # Ok::<(), ravine::minimize::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Polished<G, L> {
    global: G,
    local: L,
}

impl<G, L> Polished<G, L> {
    /// `global`, and then `local`.
    pub fn new(global: G, local: L) -> Self {
        Self { global, local }
    }
}

impl<T: Scalar, G: Method<T>, L: Method<T>> Method<T> for Polished<G, L> {
    fn name(&self) -> String {
        format!("{}, then {}", self.global.name(), self.local.name())
    }

    fn takes_bounds(&self) -> bool {
        self.global.takes_bounds() && self.local.takes_bounds()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let found = self.global.run(run)?;
        let goes_on = matches!(
            found.stopped,
            Stopped::Gradient
                | Stopped::Value
                | Stopped::Step
                | Stopped::NoProgress
                | Stopped::Iterations
        );
        let spent = run.evaluator.evaluations().total();
        if !goes_on || spent >= run.limits().evaluations {
            return Ok(found);
        }
        let polished = run.task(&found.x).minimize(&self.local)?;
        run.evaluator.count(polished.evaluations);
        let better = comparable(polished.value) <= found.value;
        let iterations = found.iterations + polished.iterations;
        let evaluations = run.evaluator.evaluations();
        let best = if better { polished } else { found };
        Ok(Answer {
            iterations,
            evaluations,
            ..best
        })
    }
}
