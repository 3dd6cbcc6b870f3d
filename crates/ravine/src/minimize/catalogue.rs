//! Methods and step sizes by name.

use super::{
    Armijo, BarzilaiBorwein, BasinHopping, Bfgs, Brent, CmaEs, ConjugateGradient, Constant,
    CoordinateDifferences, CoordinateSearch, Decay, Descent, Dfp, DifferentialEvolution, Direction,
    Error, Exact, GaussNewton, Genetic, GoldenSection, Goldstein, HagerZhang, HeavyBall,
    HookeJeeves, Langevin, Lbfgs, Lbfgsb, LevenbergMarquardt, Method, Metropolis, MoreThuente,
    MultiStart, NelderMead, Nesterov, Newton, NewtonCg, Objective, ParticleSwarm, Polyak, Powell,
    ProjectedGradient, RandomDirections, SimulatedAnnealing, Spsa, Sr1, Steepest, StepSize,
    TrustRegion, Wolfe, ZerothOrder,
};
use crate::suggest::nearest;

/// A method that has a name.
#[derive(Debug)]
pub struct Named {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// Which methods it belongs to: one of [`FAMILIES`].
    pub family: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    make: Make,
}

#[derive(Debug)]
enum Make {
    /// A direction, and the step size that suits it.
    Descent(fn() -> Box<dyn Direction>, &'static str),
    Method(fn() -> Box<dyn Method>),
}

/// A step size that has a name.
#[derive(Debug)]
pub struct NamedStepSize {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// The default of the number that may stand behind its name, as in `constant=0.01`; `None` where none may.
    pub number: Option<f64>,
    make: fn(f64) -> Box<dyn StepSize>,
}

/// The families of methods, in the order in which they are listed.
pub const FAMILIES: &[&str] = &[
    "descent",
    "trust region and least squares",
    "bounds",
    "without derivatives",
    "global",
];

macro_rules! descent {
    ($name:literal, $direction:expr, $step_size:literal, $summary:literal) => {
        Named {
            name: $name,
            family: "descent",
            summary: $summary,
            make: Make::Descent(|| Box::new($direction), $step_size),
        }
    };
}

macro_rules! method {
    ($family:literal, $name:literal, $method:expr, $summary:literal) => {
        Named {
            name: $name,
            family: $family,
            summary: $summary,
            make: Make::Method(|| Box::new($method)),
        }
    };
}

/// Every method that has a name, family by family.
pub fn methods() -> &'static [Named] {
    METHODS
}

const METHODS: &[Named] = &[
    descent!(
        "steepest-descent",
        Steepest::new(),
        "wolfe",
        "the negative gradient"
    ),
    descent!(
        "normalized-steepest-descent",
        Steepest::normalized(),
        "wolfe",
        "the negative gradient, of length 1"
    ),
    descent!(
        "heavy-ball",
        HeavyBall::new(),
        "constant",
        "the negative gradient, and a part of the last step"
    ),
    descent!(
        "barzilai-borwein",
        BarzilaiBorwein::long(),
        "nonmonotone",
        "the negative gradient, as long as the last change of the gradient says"
    ),
    descent!(
        "cg-fr",
        ConjugateGradient::fletcher_reeves(),
        "wolfe=0.1",
        "conjugate gradients, Fletcher and Reeves"
    ),
    descent!(
        "cg-pr",
        ConjugateGradient::polak_ribiere(),
        "wolfe=0.1",
        "conjugate gradients, Polak and Ribière, reset where negative"
    ),
    descent!(
        "cg-hs",
        ConjugateGradient::hestenes_stiefel(),
        "wolfe=0.1",
        "conjugate gradients, Hestenes and Stiefel"
    ),
    descent!(
        "cg-dy",
        ConjugateGradient::dai_yuan(),
        "wolfe=0.1",
        "conjugate gradients, Dai and Yuan"
    ),
    descent!(
        "cg-hz",
        ConjugateGradient::hager_zhang(),
        "wolfe=0.1",
        "conjugate gradients, Hager and Zhang"
    ),
    descent!(
        "bfgs",
        Bfgs::new(),
        "wolfe=0.6",
        "quasi-Newton: an estimate of the inverse Hessian"
    ),
    descent!(
        "dfp",
        Dfp::new(),
        "wolfe=0.1",
        "quasi-Newton, the older formula"
    ),
    descent!(
        "sr1",
        Sr1::new(),
        "wolfe",
        "quasi-Newton, by updates of rank one"
    ),
    descent!(
        "lbfgs",
        Lbfgs::new(),
        "wolfe",
        "quasi-Newton from the last ten steps, for many variables"
    ),
    descent!(
        "newton",
        Newton::new(),
        "wolfe",
        "Newton's method, its Hessian made positive definite"
    ),
    descent!(
        "newton-cg",
        NewtonCg::new(),
        "wolfe",
        "Newton's method by products with the Hessian, for many variables"
    ),
    descent!(
        "gauss-newton",
        GaussNewton::new(),
        "wolfe",
        "least squares: the residuals taken as linear"
    ),
    method!(
        "descent",
        "nesterov",
        Nesterov::new(),
        "Nesterov's accelerated gradient, with restarts"
    ),
    method!(
        "trust region and least squares",
        "trust-region",
        TrustRegion::new(),
        "the best step within a radius, by the Hessian"
    ),
    method!(
        "trust region and least squares",
        "dogleg",
        TrustRegion::dogleg(),
        "a path from the gradient's step to Newton's"
    ),
    method!(
        "trust region and least squares",
        "steihaug",
        TrustRegion::steihaug(),
        "conjugate gradients within a radius, for many variables"
    ),
    method!(
        "trust region and least squares",
        "trust-sr1",
        TrustRegion::sr1(),
        "a trust region with a quasi-Newton Hessian"
    ),
    method!(
        "trust region and least squares",
        "cauchy-point",
        TrustRegion::cauchy(),
        "the best step along the gradient within a radius"
    ),
    method!(
        "trust region and least squares",
        "levenberg-marquardt",
        LevenbergMarquardt::new(),
        "least squares within a radius"
    ),
    method!("bounds", "lbfgsb", Lbfgsb::new(), "L-BFGS between bounds"),
    method!(
        "bounds",
        "projected-gradient",
        ProjectedGradient::new(),
        "the gradient's step, moved back between the bounds"
    ),
    method!(
        "without derivatives",
        "nelder-mead",
        NelderMead::new(),
        "a simplex that walks and shrinks"
    ),
    method!(
        "without derivatives",
        "powell",
        Powell::new(),
        "line searches along conjugate directions"
    ),
    method!(
        "without derivatives",
        "hooke-jeeves",
        HookeJeeves::new(),
        "a pattern of points that moves and shrinks"
    ),
    method!(
        "without derivatives",
        "coordinate-search",
        CoordinateSearch::new(),
        "line searches along one coordinate after the other"
    ),
    method!(
        "without derivatives",
        "brent",
        Brent::new(),
        "one variable between bounds: parabolas and golden sections"
    ),
    method!(
        "without derivatives",
        "golden-section",
        GoldenSection::new(),
        "one variable between bounds: golden sections"
    ),
    method!(
        "without derivatives",
        "random-directions",
        ZerothOrder::new(RandomDirections::gaussian()),
        "differences along random directions"
    ),
    method!(
        "without derivatives",
        "spsa",
        ZerothOrder::new(Spsa::new()),
        "simultaneous perturbation: for noisy values"
    ),
    method!(
        "without derivatives",
        "coordinate-differences",
        ZerothOrder::new(CoordinateDifferences::new()),
        "the gradient by differences, coordinate by coordinate"
    ),
    method!(
        "global",
        "cma-es",
        CmaEs::new(),
        "evolution with an adapted covariance"
    ),
    method!(
        "global",
        "differential-evolution",
        DifferentialEvolution::new(),
        "a population that moves by its own differences"
    ),
    method!(
        "global",
        "particle-swarm",
        ParticleSwarm::new(),
        "particles drawn to the best that they have seen"
    ),
    method!(
        "global",
        "genetic",
        Genetic::new(),
        "crossing, mutation and selection"
    ),
    method!(
        "global",
        "simulated-annealing",
        SimulatedAnnealing::new(),
        "a random walk that cools"
    ),
    method!(
        "global",
        "metropolis",
        Metropolis::new(),
        "a random walk at a temperature"
    ),
    method!(
        "global",
        "langevin",
        Langevin::new(),
        "gradient descent with noise at a temperature"
    ),
    method!(
        "global",
        "basin-hopping",
        BasinHopping::new(local()),
        "jumps, each followed by a local descent"
    ),
    method!(
        "global",
        "multi-start",
        MultiStart::new(local()),
        "a local descent from many points"
    ),
];

/// Every step size that has a name.
pub fn step_sizes() -> &'static [NamedStepSize] {
    STEP_SIZES
}

macro_rules! step_size {
    ($name:literal, $summary:literal, $step_size:expr) => {
        NamedStepSize {
            name: $name,
            summary: $summary,
            number: None,
            make: |_| Box::new($step_size),
        }
    };
    ($name:literal, $summary:literal, $number:literal, $step_size:expr) => {
        NamedStepSize {
            name: $name,
            summary: $summary,
            number: Some($number),
            make: |number| Box::new($step_size(number)),
        }
    };
}

const STEP_SIZES: &[NamedStepSize] = &[
    step_size!(
        "hager-zhang",
        "a line search that still works where values are lost in rounding",
        HagerZhang::new()
    ),
    step_size!(
        "more-thuente",
        "another search for the strong Wolfe conditions, to that part of the slope",
        0.9,
        |curvature| MoreThuente {
            curvature,
            ..MoreThuente::new()
        }
    ),
    step_size!(
        "wolfe",
        "bracketing and zoom for the strong Wolfe conditions, to that part of the slope",
        0.9,
        |curvature| Wolfe {
            curvature,
            ..Wolfe::new()
        }
    ),
    step_size!(
        "armijo",
        "halving until the value falls enough",
        Armijo::new()
    ),
    step_size!(
        "interpolating",
        "as armijo, with parabolas for halving",
        Armijo::interpolating()
    ),
    step_size!(
        "nonmonotone",
        "as armijo, against the highest of the last ten values",
        Armijo::nonmonotone()
    ),
    step_size!(
        "goldstein",
        "neither too short nor too long, by values alone",
        Goldstein::new()
    ),
    step_size!(
        "exact",
        "the minimum along the direction, by Brent's method",
        Exact::new()
    ),
    step_size!("constant", "the same each time", 0.01, Constant::new),
    step_size!("geometric", "0.99 of the one before", 0.1, |step| {
        Decay::geometric(step, 0.99)
    }),
    step_size!(
        "harmonic",
        "the first over the number of the iteration",
        0.1,
        Decay::harmonic
    ),
    step_size!(
        "polyak",
        "the value above the least one, over the gradient's square",
        0.0,
        Polyak::new
    ),
];

/// The local method of multi-start and basin hopping.
fn local() -> Box<dyn Method> {
    Box::new(Lbfgsb::new())
}

impl Named {
    /// The name of the step size that it takes if none is asked for; `None` for a method that has none to choose.
    #[must_use]
    pub fn step_size(&self) -> Option<&'static str> {
        match self.make {
            Make::Descent(_, step_size) => Some(step_size),
            Make::Method(_) => None,
        }
    }

    /// Whether it looks at the whole of a box, so that it needs bounds, or is better with them.
    #[must_use]
    pub fn wants_bounds(&self) -> bool {
        self.family == "global" || ["brent", "golden-section"].contains(&self.name)
    }

    /// The method, with its defaults.
    #[must_use]
    pub fn method(&self) -> Box<dyn Method> {
        match self.make {
            Make::Method(make) => make(),
            Make::Descent(direction, name) => match named_step_size(name) {
                Ok(step_size) => Box::new(Descent::new(direction(), step_size)),
                Err(_) => Box::new(Descent::new(direction(), Wolfe::new())),
            },
        }
    }

    /// The method, with another step size: a name, or a name and a number as in `constant=0.01`.
    ///
    /// # Errors
    ///
    /// If the method has no step size to choose, or there is none of this name.
    pub fn method_with(&self, step_size: &str) -> Result<Box<dyn Method>, Error> {
        match self.make {
            Make::Descent(direction, _) => {
                let step_size = named_step_size(step_size)?;
                Ok(Box::new(Descent::new(direction(), step_size)))
            }
            Make::Method(_) => Err(Error::Unknown(format!(
                "{} chooses its steps itself: leave the step size out",
                self.name
            ))),
        }
    }
}

impl NamedStepSize {
    /// The step size, with its defaults.
    #[must_use]
    pub fn step_size(&self) -> Box<dyn StepSize> {
        (self.make)(self.number.unwrap_or_default())
    }
}

/// The method of this name.
///
/// # Errors
///
/// If there is none; the error names the nearest.
pub fn named(name: &str) -> Result<&'static Named, Error> {
    let found = METHODS.iter().find(|method| method.name == name);
    found.ok_or_else(|| unknown("method", name, METHODS.iter().map(|method| method.name)))
}

/// The step size of this name, or of this name and number, as in `constant=0.01`.
///
/// # Errors
///
/// If there is none; the error names the nearest. If a number is not one, or not wanted.
pub fn named_step_size(text: &str) -> Result<Box<dyn StepSize>, Error> {
    let (name, number) = match text.split_once('=') {
        Some((name, number)) => (name.trim(), Some(number.trim())),
        None => (text, None),
    };
    let found = STEP_SIZES.iter().find(|step| step.name == name);
    let found =
        found.ok_or_else(|| unknown("step size", name, STEP_SIZES.iter().map(|step| step.name)))?;
    let Some(number) = number else {
        return Ok(found.step_size());
    };
    if found.number.is_none() {
        return Err(Error::Unknown(format!(
            "the step size {name} takes no number"
        )));
    }
    match number.parse() {
        Ok(number) => Ok((found.make)(number)),
        Err(_) => Err(Error::Unknown(format!(
            "'{number}' is not a number: the step size is to read like {name}=0.1"
        ))),
    }
}

fn unknown(kind: &str, name: &str, known: impl Iterator<Item = &'static str> + Clone) -> Error {
    let hint = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("there are: {}", known.collect::<Vec<_>>().join(", ")),
    };
    Error::Unknown(format!("unknown {kind} '{name}'; {hint}"))
}

/// More variables than this, and methods that keep n² numbers give way to those that keep a few vectors.
const MANY: usize = 500;

/// A sensible method for what is known of a task, and why it is.
///
/// Least squares: Levenberg–Marquardt. Bounds: L-BFGS-B, or Brent's method for one variable of which no derivative is known. Many
/// variables: L-BFGS. A Hessian: a trust region. Else BFGS.
pub fn sensible(
    objective: &dyn Objective,
    start: &[f64],
    is_bounded: bool,
) -> (&'static str, &'static str) {
    let n = start.len();
    let has_gradient = objective.gradient(start, &mut vec![0.0; n]);
    if is_bounded {
        return match n == 1 && !has_gradient {
            true => ("brent", "there is one variable, and it has bounds"),
            false => ("lbfgsb", "there are bounds"),
        };
    }
    if objective.residuals().is_some() && n <= MANY {
        ("levenberg-marquardt", "it is a sum of squares")
    } else if n > MANY {
        ("lbfgs", "there are many variables")
    } else if objective.hessian(start, &mut vec![0.0; n * n]) {
        ("trust-region", "its Hessian is known")
    } else if has_gradient {
        ("bfgs", "its gradient is known")
    } else {
        (
            "bfgs",
            "only its value is known, of which differences make a gradient",
        )
    }
}
