//! Polyak's step size.

use super::{At, Measure, Rule, Step};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Polyak's step size: the gap to the least loss over the squared gradient.
    ///
    /// ```text
    /// u = min((f − f*) / (c‖g‖² + ε), b) · g
    /// ```
    /// f is the loss at x, of the same batch as the gradient ([`Optimizer::set_loss`](crate::Optimizer::set_loss)), ‖g‖ the norm
    /// over all parameters. A loss below f* counts as f*. With c = 1 and no bound it is Polyak's own, which needs the true f* and
    /// the true gradient; with batches, c = ½ and a bound b it is SPS_max. Loizou's f* is that of the batch, which is 0 for
    /// losses that a large network can drive to 0.
    ///
    /// When one would use it: where the least loss is known: in interpolation, in feasibility problems, in tests.
    ///
    /// Source: Polyak, "Introduction to Optimization", 1987, section 5.3; Loizou et al., "Stochastic Polyak Step-size for SGD: An
    /// Adaptive Learning Rate for Fast Convergence", AISTATS 2021, equation (3).
    Polyak {
        /// the least loss f*
        f_min: 0.0, Range::new(f64::NEG_INFINITY, true, f64::INFINITY, true);
        /// divisor c
        c: 1.0, Range::POSITIVE;
        /// largest step size b
        max_step: f64::INFINITY, Range::BOUND;
        /// ε, added to c‖g‖²
        eps: 0.0, Range::NON_NEGATIVE;
    }
}

impl Rule for Polyak {
    const NAME: &'static str = "polyak_step";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &["min((f − f*)/(c‖g‖² + ε), b)"];
    const MEASURE: Measure = Measure::GlobalNorm;
    const NEEDS_LOSS: bool = true;
    type State<T> = [T; 0];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let gap = step.loss - step.value(&self.f_min);
        let divisor = step.value(&self.c) * step.norm * step.norm + step.value(&self.eps);
        [if gap <= 0.0 || divisor <= 0.0 {
            0.0
        } else {
            (gap / divisor).min(step.value(&self.max_step))
        }]
    }

    #[inline(always)]
    fn apply<T: Real>([size]: &[T; 1], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        *size * g
    }
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "polyak-step",
        family: "learning-rate-free",
        summary: "Polyak's step size: the gap to the least loss over the squared gradient",
        source: "Polyak, \"Introduction to Optimization\", 1987",
        usual_learning_rate: 1.0,
        choices: &[],
        build: |_| coupled(Polyak::new(), 1.0),
    },
    Recipe {
        name: "sps",
        family: "learning-rate-free",
        summary: "the stochastic Polyak step size, with a bound",
        source: "Loizou et al., \"Stochastic Polyak Step-size for SGD\", AISTATS 2021",
        usual_learning_rate: 1.0,
        choices: &[],
        build: |_| coupled(Polyak::new().c(0.5).max_step(1.0), 1.0),
    },
];
