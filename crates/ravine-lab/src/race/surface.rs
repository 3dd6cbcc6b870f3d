//! A function of two variables, and the part of the plane to look at.

use ravine::expression::Expression;
use ravine::minimize::Objective;

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

/// `(name, title, expression, window, start, minima, logarithmic)`
type Known = (
    &'static str,
    &'static str,
    &'static str,
    [[f64; 2]; 2],
    [f64; 2],
    &'static [[f64; 2]],
    bool,
);

// To be replaced by `ravine::problem`.
const KNOWN: &[Known] = &[
    (
        "rosenbrock",
        "Rosenbrock’s valley",
        "(1 - x)^2 + 100*(y - x^2)^2",
        [[-2.0, 2.0], [-1.0, 3.0]],
        [-1.2, 1.0],
        &[[1.0, 1.0]],
        true,
    ),
    (
        "saddle",
        "A saddle",
        "x^2 - y^2",
        [[-2.0, 2.0], [-2.0, 2.0]],
        [1.5, 0.001],
        &[],
        false,
    ),
    (
        "beale",
        "Beale’s function",
        "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        [[-4.5, 4.5], [-4.5, 4.5]],
        [1.0, 1.5],
        &[[3.0, 0.5]],
        true,
    ),
    (
        "ravine",
        "A ravine of condition number 50",
        "x^2/2 + 25*y^2",
        [[-5.0, 5.0], [-2.5, 2.5]],
        [-4.5, 1.5],
        &[[0.0, 0.0]],
        true,
    ),
    (
        "himmelblau",
        "Himmelblau’s function",
        "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        [[-5.0, 5.0], [-5.0, 5.0]],
        [-0.5, -1.0],
        &[
            [3.0, 2.0],
            [-2.805118086952745, 3.131312518250573],
            [-3.779310253377747, -3.283185991286170],
            [3.584428340330492, -1.848126526964404],
        ],
        true,
    ),
];

/// The names and titles of the surfaces that there are.
pub fn surfaces() -> impl Iterator<Item = (&'static str, &'static str)> {
    KNOWN.iter().map(|known| (known.0, known.1))
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
        let found = KNOWN.iter().find(|known| known.0 == name);
        let Some(&(name, title, text, window, start, minima, logarithmic)) = found else {
            let known: Vec<&str> = KNOWN.iter().map(|known| known.0).collect();
            return Err(LabError::Race(
                match ravine::suggest::nearest(name, known.iter().copied()) {
                    Some(near) => format!("unknown function '{name}': did you mean '{near}'?"),
                    None => format!(
                        "unknown function '{name}': there are {}; or give one with --expr",
                        known.join(", ")
                    ),
                },
            ));
        };
        let expression = two_variables(text)?;
        let lowest = minima
            .iter()
            .map(|x| Objective::<f64>::value(&expression, x));
        let lowest = lowest.reduce(f64::min);
        Ok(Self {
            name: name.into(),
            title: title.into(),
            expression,
            window,
            start,
            minima: minima.to_vec(),
            lowest,
            logarithmic,
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
