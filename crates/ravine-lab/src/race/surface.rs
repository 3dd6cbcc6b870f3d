//! A function of two variables, and the part of the plane to look at.

use ravine::expression::Expression;
use ravine::minimize::Objective;
use ravine::problem::{self, Problem};

use crate::LabError;

/// A function of two variables, and the part of the plane to look at.
#[derive(Clone, Debug)]
pub struct Surface {
    /// Its name on the command line; empty for an expression.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The function.
    pub expression: Expression,
    /// The least and the largest value to be shown, of each variable.
    pub window: [[f64; 2]; 2],
    /// Where a race begins if nothing else is said.
    pub start: [f64; 2],
    /// The known minima.
    pub minima: Vec<[f64; 2]>,
    /// The value there.
    pub lowest: Option<f64>,
    /// Whether contours are at equal ratios above the lowest value, and not at equal distances.
    pub logarithmic: bool,
}

/// The problems that can be raced on: of two variables, with a formula as text.
pub fn surfaces() -> impl Iterator<Item = Problem> {
    let problems = problem::all().into_iter();
    problems.filter(|problem| problem.variables() == 2 && problem.expression().is_some())
}

/// Points along each side of the grid on which a surface is looked over.
const LOOK: usize = 65;

impl Surface {
    /// The surface of this name.
    ///
    /// # Errors
    ///
    /// An unknown name, with the nearest that is known.
    pub fn named(name: &str) -> Result<Self, LabError> {
        let surfaces: Vec<Problem> = surfaces().collect();
        let found = surfaces.iter().find(|problem| problem.name() == name);
        let (Some(problem), Some(text)) = (found, found.and_then(Problem::expression)) else {
            let known: Vec<&str> = surfaces.iter().map(Problem::name).collect();
            let why = match problem::named(name) {
                Ok(_) => format!("'{name}' is not a function of two variables"),
                Err(_) => format!("unknown function '{name}'"),
            };
            return Err(LabError::Race(
                match ravine::suggest::nearest(name, known.iter().copied()) {
                    Some(near) => format!("{why}: did you mean '{near}'?"),
                    None => format!(
                        "{why}: there are {}; or give one with --expr",
                        known.join(", ")
                    ),
                },
            ));
        };
        let pair = |numbers: &[f64]| <[f64; 2]>::try_from(numbers).ok();
        let sides: Vec<[f64; 2]> = problem
            .domain()
            .iter()
            .map(|&(low, high)| [low, high])
            .collect();
        let least = problem.minima().first().map(|minimum| minimum.value);
        // Minima that are not the least are none that a race is measured against.
        let minima = problem
            .minima()
            .iter()
            .filter(|minimum| Some(minimum.value) == least);
        let minima = minima.filter_map(|minimum| pair(minimum.point.as_deref()?));
        Ok(Self {
            name: name.into(),
            title: problem.title().into(),
            expression: two_variables(text)?,
            window: <[[f64; 2]; 2]>::try_from(sides).unwrap_or([[-1.0, 1.0]; 2]),
            start: pair(problem.race_start()).unwrap_or_default(),
            minima: minima.collect(),
            lowest: least,
            logarithmic: problem.has_logarithmic_contours(),
        })
    }

    /// The surface of an expression in two variables; without a window, a square around the start.
    ///
    /// # Errors
    ///
    /// What is wrong with the expression, or that it has not two variables; an empty window.
    pub fn of_expression(
        text: &str,
        window: Option<[[f64; 2]; 2]>,
        start: Option<[f64; 2]>,
    ) -> Result<Self, LabError> {
        let expression = two_variables(text)?;
        let given = start.unwrap_or([0.0, 0.0]);
        let reach = given
            .iter()
            .fold(2.0_f64, |reach, x| reach.max(1.25 * x.abs()));
        let window = window.unwrap_or([[-reach, reach]; 2]);
        // Off the axes, where symmetric functions have saddles and ridges.
        let inside = |[low, high]: [f64; 2], share: f64| low + share * (high - low);
        let start = start.unwrap_or([inside(window[0], 0.2), inside(window[1], 0.75)]);
        let mut surface = Self {
            name: String::new(),
            title: String::new(),
            expression,
            window,
            start,
            minima: Vec::new(),
            lowest: None,
            logarithmic: false,
        };
        surface.check_window()?;
        surface.logarithmic = surface.is_steep();
        Ok(surface)
    }

    /// With another part of the plane to look at.
    ///
    /// # Errors
    ///
    /// A window without an area.
    pub fn with_window(mut self, window: [[f64; 2]; 2]) -> Result<Self, LabError> {
        self.window = window;
        self.check_window()?;
        Ok(self)
    }

    fn check_window(&self) -> Result<(), LabError> {
        let good = |[low, high]: [f64; 2]| low < high && (high - low).is_finite();
        if self.window.into_iter().all(good) {
            return Ok(());
        }
        let text = "the window has no area: write --window x0,x1,y0,y1 with x0 < x1 and y0 < y1";
        Err(LabError::Race(text.into()))
    }

    /// f(x).
    #[must_use]
    pub fn value(&self, x: [f64; 2]) -> f64 {
        self.expression.value(&x)
    }

    /// f(x) and ∇f(x).
    #[must_use]
    pub fn value_and_gradient(&self, x: [f64; 2]) -> (f64, [f64; 2]) {
        let mut gradient = [f64::NAN; 2];
        let value = self.expression.value_and_gradient(&x, &mut gradient);
        (value.unwrap_or(f64::NAN), gradient)
    }

    /// The diagonal of ∇²f(x).
    #[must_use]
    pub fn hessian_diagonal(&self, x: [f64; 2]) -> [f64; 2] {
        let mut hessian = [f64::NAN; 4];
        self.expression.hessian(&x, &mut hessian);
        [hessian[0], hessian[3]]
    }

    /// Values on a grid over the window, row by row from below.
    #[must_use]
    pub fn grid(&self, columns: usize, rows: usize) -> Vec<f64> {
        let [[left, right], [low, high]] = self.window;
        let part = |from: f64, to: f64, k: usize, n: usize| {
            from + (to - from) * k as f64 / (n.max(2) - 1) as f64
        };
        let points = (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j)));
        let points = points.map(|(i, j)| [part(left, right, i, columns), part(low, high, j, rows)]);
        points.map(|x| self.value(x)).collect()
    }

    /// The lowest value that is known: at the known minima, or on a grid over the window.
    #[must_use]
    pub fn floor(&self) -> f64 {
        self.lowest.unwrap_or_else(|| {
            let values = self.grid(LOOK, LOOK).into_iter();
            values
                .filter(|v| v.is_finite())
                .fold(f64::INFINITY, f64::min)
        })
    }

    /// Whether half of the window lies in the lowest seventh of its heights.
    fn is_steep(&self) -> bool {
        let mut values = self.grid(LOOK, LOOK);
        values.retain(|v| v.is_finite());
        values.sort_by(f64::total_cmp);
        match (values.first(), values.last()) {
            (Some(low), Some(high)) => values[values.len() / 2] - low < (high - low) / 7.0,
            _ => false,
        }
    }
}

fn two_variables(text: &str) -> Result<Expression, LabError> {
    let expression = Expression::parse(text)?;
    match expression.variables() {
        [_, _] => Ok(expression),
        [] => Err(LabError::Race(
            "the expression has no variables: a race needs two, such as x and y".into(),
        )),
        [one] => Err(LabError::Race(format!(
            "the expression has one variable, {one}: a race needs two"
        ))),
        all => {
            let text = format!(
                "the expression has {} variables, {}: a race needs two",
                all.len(),
                all.join(", ")
            );
            Err(LabError::Race(text))
        }
    }
}
