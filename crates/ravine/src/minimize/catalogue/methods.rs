//! Methods by name.

use super::setting::{Configure, Setting, configured, docs, options};
use super::step_sizes::{name_and_number, named_step_size};
use super::unknown;
use crate::minimize::{
    BarzilaiBorwein, BasinHopping, Bfgs, Brent, CmaEs, ConjugateGradient, CoordinateDifferences,
    CoordinateSearch, Descent, Dfp, DifferentialEvolution, Direction, Error, GaussNewton, Genetic,
    GoldenSection, HeavyBall, HookeJeeves, Langevin, Lbfgs, Lbfgsb, LevenbergMarquardt, Method,
    Metropolis, MultiStart, NelderMead, Nesterov, Newton, NewtonCg, OptionInfo, ParticleSwarm,
    Powell, ProjectedGradient, RandomDirections, Shade, SimulatedAnnealing, Spsa, Sr1, Steepest,
    TrustRegion, Wolfe, ZerothOrder,
};

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

#[derive(Clone, Copy, Debug)]
enum Make {
    /// A direction, and the step size that suits it.
    Descent(fn(Configure<'_>) -> Box<dyn Direction>, &'static str),
    Method(fn(Configure<'_>) -> Box<dyn Method>),
}

/// The families of methods, in the order in which they are listed.
pub const FAMILIES: &[&str] = &[
    "descent",
    "trust region and least squares",
    "bounds",
    "without derivatives",
    "one variable",
    "global",
];

macro_rules! descent {
    ($name:literal, $direction:expr, $step_size:literal, $summary:literal) => {
        Named {
            name: $name,
            family: "descent",
            summary: $summary,
            make: Make::Descent(
                |configure| {
                    let mut direction = $direction;
                    configure(&mut direction);
                    Box::new(direction)
                },
                $step_size,
            ),
        }
    };
}

macro_rules! method {
    ($family:literal, $name:literal, $method:expr, $summary:literal) => {
        Named {
            name: $name,
            family: $family,
            summary: $summary,
            make: Make::Method(|configure| {
                let mut method = $method;
                configure(&mut method);
                Box::new(method)
            }),
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
        "one variable",
        "brent",
        Brent::new(),
        "one variable between bounds: parabolas and golden sections"
    ),
    method!(
        "one variable",
        "golden-section",
        GoldenSection::new(),
        "one variable between bounds: golden sections"
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
        "shade",
        Shade::new(),
        "differential evolution that learns its weights"
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
        ["one variable", "global"].contains(&self.family)
    }

    /// Its options, but for those of its step size.
    #[must_use]
    pub fn options(&self) -> Vec<OptionInfo> {
        match self.make {
            Make::Descent(direction, _) => options(direction),
            Make::Method(make) => options(make),
        }
    }

    /// Its documentation, and that of the parts that it is made of.
    #[must_use]
    pub fn docs(&self) -> Vec<&'static str> {
        match self.make {
            Make::Descent(direction, _) => docs(direction),
            Make::Method(make) => docs(make),
        }
    }

    /// The method, with its defaults.
    #[must_use]
    pub fn method(&self) -> Box<dyn Method> {
        match self.make {
            Make::Method(make) => make(&mut |_| {}),
            Make::Descent(direction, name) => {
                let direction = direction(&mut |_| {});
                match named_step_size(name, &[]) {
                    Ok(step_size) => Box::new(Descent::new(direction, step_size)),
                    Err(_) => Box::new(Descent::new(direction, Wolfe::new())),
                }
            }
        }
    }

    /// Whose settings it takes: its own name, and that of its step size.
    #[must_use]
    pub fn owners<'s>(&self, step_size: Option<&'s str>) -> Vec<&'s str> {
        let step_size = step_size.or(self.step_size());
        let step_size = step_size.map(|text| name_and_number(text).0);
        [Some(self.name), step_size].into_iter().flatten().collect()
    }

    /// The method with settings of its own and of its step size; and with another step size, if one is named: a name, or a
    /// name and a number as in `constant=0.01`.
    ///
    /// # Errors
    ///
    /// If the method has no step size to choose, or there is none of this name; if a setting is of something else, or of no
    /// option, or cannot be read. A value outside its range is refused when the method runs.
    pub fn method_with(
        &self,
        step_size: Option<&str>,
        settings: &[Setting<'_>],
    ) -> Result<Box<dyn Method>, Error> {
        let owners = self.owners(step_size);
        if let Some(stray) = settings.iter().find(|s| !owners.contains(&s.owner)) {
            return Err(Error::Unknown(format!(
                "{}.{} is of no use here: settings begin with {}",
                stray.owner,
                stray.option,
                owners.join(" or ")
            )));
        }
        match (self.make, step_size) {
            (Make::Method(make), None) => configured(self.name, settings, make),
            (Make::Method(_), Some(_)) => Err(Error::Unknown(format!(
                "{} chooses its steps itself: leave the step size out",
                self.name
            ))),
            (Make::Descent(direction, usual), asked) => {
                let direction = configured(self.name, settings, direction)?;
                let step_size = named_step_size(asked.unwrap_or(usual), settings)?;
                Ok(Box::new(Descent::new(direction, step_size)))
            }
        }
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
