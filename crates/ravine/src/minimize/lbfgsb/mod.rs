//! L-BFGS-B.

mod cauchy;
mod compact;
mod subspace;

use crate::minimize::options::options;
use cauchy::cauchy;
use compact::Compact;
use subspace::subspace;

use super::line::{Line, Trial};
use super::projected_gradient::projected_norm;
use super::vector::{beyond, dot, norm, rounded, widened, zeros};
use super::{Answer, Bounds, Error, Method, MoreThuente, Run, StepSize, Stopped};
use crate::Scalar;

options! {
    /// L-BFGS-B: a quasi-Newton method of little memory that keeps to bounds, exactly. The first choice for a smooth function between
    /// bounds.
    ///
    /// Every iteration takes the quadratic model of f whose matrix comes from the last m steps, follows the path of steepest descent,
    /// bent at the bounds, to the model's first minimum (the generalised Cauchy point, which decides what coordinates stay at a
    /// bound), minimises the model over the others, and searches along the segment from x to there. About 4mn numbers of memory.
    /// Bounds may be infinite, or equal, which fixes a coordinate. Without bounds it is L-BFGS.
    ///
    /// The stopping measure, in place of ‖∇f‖∞, is that of the projected gradient, ‖x − P(x − ∇f(x))‖∞.
    ///
    /// Source: R. Byrd, P. Lu, J. Nocedal, C. Zhu, "A limited memory algorithm for bound constrained optimization", 1995; J. Morales, J.
    /// Nocedal, "Remark on algorithm 778: L-BFGS-B", 2011.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Lbfgsb<S = MoreThuente> {
        /// m, the number of steps remembered: 1 to 1,000. 10.
        pub memory: usize,
        /// Chooses how far to go along the segment.
        pub step_size: S,
    }
}

impl Default for Lbfgsb {
    fn default() -> Self {
        Self::new()
    }
}

impl Lbfgsb {
    /// With m = 10, and the line search of Moré and Thuente.
    #[must_use]
    pub fn new() -> Self {
        Self::with_step_size(MoreThuente::new())
    }
}

impl<S> Lbfgsb<S> {
    /// With m = 10, and another way to choose step sizes.
    #[must_use]
    pub fn with_step_size(step_size: S) -> Self {
        Self {
            memory: 10,
            step_size,
        }
    }
}

/// Bounds, rounded to the numbers of the point.
struct Sides {
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Sides {
    fn new<T: Scalar>(bounds: &Bounds) -> Self {
        let round = |sides: &[f64]| sides.iter().map(|b| T::from_f64(*b).to_f64()).collect();
        Self {
            lower: round(bounds.lower()),
            upper: round(bounds.upper()),
        }
    }

    /// Whether there is no bound at all.
    fn are_infinite(&self) -> bool {
        let mut sides = self.lower.iter().chain(&self.upper);
        sides.all(|side| side.is_infinite())
    }

    /// The bound that coordinate i meets when it moves this way.
    fn ahead(&self, i: usize, direction: f64) -> f64 {
        if direction < 0.0 {
            self.lower[i]
        } else {
            self.upper[i]
        }
    }

    fn clamp(&self, i: usize, x: f64) -> f64 {
        x.max(self.lower[i]).min(self.upper[i])
    }

    fn is_free(&self, i: usize, x: f64) -> bool {
        x > self.lower[i] && x < self.upper[i]
    }

    /// How far x can go along a direction.
    fn longest<T: Scalar>(&self, x: &[T], direction: &[T]) -> f64 {
        let moving = x.iter().zip(direction).enumerate();
        let moving = moving.filter(|(_, (_, d))| d.to_f64() != 0.0);
        let steps = moving.map(|(i, (x, d))| (self.ahead(i, d.to_f64()) - x.to_f64()) / d.to_f64());
        steps.fold(f64::INFINITY, f64::min)
    }
}

impl<T: Scalar, S: StepSize<T>> Method<T> for Lbfgsb<S> {
    fn name(&self) -> String {
        "lbfgsb".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let memory = self.memory;
        Error::unless_memory(memory)?;
        let mut stepping = self.step_size.start()?;
        let mut x = run.start();
        let n = x.len();
        let everywhere = Bounds::uniform(n, f64::NEG_INFINITY, f64::INFINITY)?;
        let bounds = run.bounds().unwrap_or(&everywhere);
        let sides = Sides::new::<T>(bounds);
        let mut compact = Compact::new(memory);
        let (mut gradient, mut direction) = (zeros(n), zeros(n));
        let mut trials = [Trial::new(n), Trial::new(n)];
        let mut value = run.evaluator.value_and_gradient(&x, &mut gradient);
        let mut step_size = None;
        loop {
            let measure = projected_norm(bounds, &x, &gradient, &mut direction);
            if let Some(stopped) = run.check_norm(&x, value, Some(measure), step_size) {
                return Ok(run.answer(x, value, Some(measure), stopped));
            }
            let found = loop {
                let end = if sides.are_infinite() {
                    beyond(&widened(&x), 1.0, &compact.newton(&gradient))
                } else {
                    if !compact.prepare() {
                        compact.forget();
                    }
                    let point = cauchy(&compact, &sides, &x, &gradient);
                    subspace(&compact, &sides, &x, &gradient, point)
                };
                let end: Vec<T> = rounded(&end);
                for ((d, end), x) in direction.iter_mut().zip(&end).zip(&x) {
                    *d = *end - *x;
                }
                let slope = dot(&gradient, &direction);
                let is_new = compact.columns() == 0;
                if slope < 0.0 && slope.is_finite() {
                    let first = if is_new && !bounds.are_finite() {
                        (1.0 / norm(&direction)).min(1.0)
                    } else {
                        1.0
                    };
                    let longest = sides.longest(&x, &direction).max(1.0);
                    let iteration = run.iterations();
                    let evaluator = &mut run.evaluator;
                    let line = Line::new(evaluator, &x, value, slope, &direction, &mut trials);
                    let mut line = line.within(bounds, &end, longest);
                    if line.settles() {
                        break Some(1.0);
                    }
                    let found = stepping.step_size(&mut line, first, iteration);
                    let found = found.filter(|&step| {
                        line.arrive(step);
                        stepping.may_rise() || line.value(step) < f64::INFINITY
                    });
                    if found.is_some() {
                        break found;
                    }
                }
                if !compact.forget() {
                    break None;
                }
            };
            if found.is_none() {
                return Ok(run.answer(x, value, Some(measure), Stopped::NoProgress));
            }
            let [trial, _] = &mut trials;
            let minus = |a: &[T], b: &[T]| a.iter().zip(b).map(|(a, b)| *a - *b).collect();
            compact.learn(minus(&trial.x, &x), minus(&trial.gradient, &gradient));
            step_size = found;
            value = trial.value;
            std::mem::swap(&mut x, &mut trial.x);
            std::mem::swap(&mut gradient, &mut trial.gradient);
        }
    }
}
