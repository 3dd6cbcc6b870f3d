//! An objective with what is known about it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::whole::{Whole, WholeObjective};
use super::windows::{Windows, WindowsObjective};
use crate::minimize::{Objective, Residuals};

/// An objective whose minima are known, with a start and a box to look at it in.
///
/// It is an [`Objective`] itself, with gradient, Hessian, products with the Hessian, and residuals and their Jacobian where it is
/// a sum of squares (f = Σ rᵢ², without a factor ½). Copies share the objective.
///
/// ```
/// use ravine::minimize::{Armijo, Bfgs, Descent, Task};
/// use ravine::problem;
///
/// let beale = problem::named("beale")?;
/// let answer = Task::new(&beale, beale.start()).minimize(&Descent::new(Bfgs::new(), Armijo::new()))?;
/// assert!((answer.value - beale.minima()[0].value).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Problem {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) source: &'static str,
    pub(super) start: Vec<f64>,
    pub(super) race_start: Option<Vec<f64>>,
    pub(super) domain: Vec<(f64, f64)>,
    pub(super) minima: Vec<Minimum>,
    pub(super) expression: Option<Cow<'static, str>>,
    pub(super) logarithmic: bool,
    objective: Arc<dyn Objective<f64> + Send + Sync>,
}

/// A minimum that is known, local or global.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// f there.
    pub value: f64,
    /// Where; of a continuum or of points that symmetry makes of one another, one or some. `None` where the value is only
    /// approached, as variables go to infinity.
    pub point: Option<Vec<f64>>,
}

impl Problem {
    pub(super) fn new(objective: impl Objective<f64> + Send + 'static, start: Vec<f64>) -> Self {
        Self {
            name: "",
            title: "",
            source: "",
            domain: start
                .iter()
                .map(|x| (x - x.abs().max(1.0), x + x.abs().max(1.0)))
                .collect(),
            race_start: None,
            start,
            minima: Vec::new(),
            expression: None,
            logarithmic: true,
            objective: Arc::new(objective),
        }
    }

    /// Of a formula over windows of variables.
    pub(super) fn of_windows<const W: usize>(formula: impl Windows<W>, start: Vec<f64>) -> Self {
        Self::new(WindowsObjective::new(formula, start.len()), start)
    }

    /// Of a formula over all variables.
    pub(super) fn of_whole(formula: impl Whole, start: Vec<f64>) -> Self {
        Self::new(WholeObjective::new(formula, start.len()), start)
    }

    /// Looked at in this box.
    pub(super) fn within(mut self, domain: &[(f64, f64)]) -> Self {
        self.domain = domain.to_vec();
        self
    }

    /// Looked at between the same bounds in every coordinate.
    pub(super) fn between(mut self, lower: f64, upper: f64) -> Self {
        self.domain = vec![(lower, upper); self.start.len()];
        self
    }

    /// With a minimum at a point that is known exactly.
    pub(super) fn least(mut self, value: f64, point: Vec<f64>) -> Self {
        self.minima.push(Minimum {
            value,
            point: Some(point),
        });
        self
    }

    /// With the same formula as text.
    pub(super) fn reads(mut self, expression: impl Into<Cow<'static, str>>) -> Self {
        self.expression = Some(expression.into());
        self
    }

    /// Raced from another point than the start.
    pub(super) fn raced_from(mut self, start: [f64; 2]) -> Self {
        self.race_start = Some(start.to_vec());
        self
    }

    /// Drawn with contours at equal distances.
    pub(super) fn drawn_evenly(mut self) -> Self {
        self.logarithmic = false;
        self
    }

    /// Its name, as on the command line: `"rosenbrock"`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its name, as in a book.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Where it is from.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// n, the number of variables.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.start.len()
    }

    /// The standard start.
    #[must_use]
    pub fn start(&self) -> &[f64] {
        &self.start
    }

    /// The far starts of Moré, Garbow and Hillstrom: 10 and 100 times the standard one; where that is 0, every coordinate 10, and
    /// 100.
    #[must_use]
    pub fn far_starts(&self) -> [Vec<f64>; 2] {
        let is_zero = self.start.iter().all(|&x| x == 0.0);
        [10.0, 100.0].map(|far| {
            let start = self.start.iter();
            start.map(|x| if is_zero { far } else { far * x }).collect()
        })
    }

    /// From where optimisers are best raced: where the surface shows what it is for.
    #[must_use]
    pub fn race_start(&self) -> &[f64] {
        self.race_start.as_deref().unwrap_or(&self.start)
    }

    /// The box in which it is usually looked at: lower and upper bound of each variable. Of two variables, the window to draw.
    #[must_use]
    pub fn domain(&self) -> &[(f64, f64)] {
        &self.domain
    }

    /// The minima that are known, the least first; none for a function without a lower bound.
    #[must_use]
    pub fn minima(&self) -> &[Minimum] {
        &self.minima
    }

    /// Of two variables, the formula as text: numbers, `x`, `y`, `+ - * / ^`, `sqrt`, `exp`, `abs`, `sin` and `cos`.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        self.expression.as_deref()
    }

    /// Whether its contours read best at logarithmic distances above the minimum.
    #[must_use]
    pub fn has_logarithmic_contours(&self) -> bool {
        self.logarithmic
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("name", &self.name)
            .field("variables", &self.variables())
            .finish_non_exhaustive()
    }
}

impl Objective<f64> for Problem {
    fn value(&self, x: &[f64]) -> f64 {
        self.objective.value(x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        self.objective.gradient(x, gradient)
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Option<f64> {
        self.objective.value_and_gradient(x, gradient)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) -> bool {
        self.objective.hessian_vector(x, v, product)
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> bool {
        self.objective.hessian(x, hessian)
    }

    fn residuals(&self) -> Option<&dyn Residuals<f64>> {
        self.objective.residuals()
    }

    fn dimension(&self) -> Option<usize> {
        Some(self.variables())
    }
}
