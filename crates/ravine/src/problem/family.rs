//! Problems by name and dimension.

use super::minima::MINIMA;
use super::{Error, Minimum, Problem};
use crate::suggest::nearest;

/// The problems of one formula: one, or one for each number of variables.
#[derive(Debug)]
pub struct Family {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// Its name, as in a book.
    pub title: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// For which numbers of variables.
    pub dimensions: Dimensions,
    pub(super) make: fn(usize) -> Problem,
}

/// The numbers of variables that a family has problems for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// The usual number.
    pub default: usize,
    /// The least.
    pub least: usize,
    /// The most.
    pub most: usize,
    /// What it must be a multiple of.
    pub multiple_of: usize,
}

impl Dimensions {
    pub(super) const fn only(n: usize) -> Self {
        Self::between(n, n, n)
    }

    pub(super) const fn between(least: usize, default: usize, most: usize) -> Self {
        Self {
            default,
            least,
            most,
            multiple_of: 1,
        }
    }

    pub(super) const fn multiple_of(mut self, k: usize) -> Self {
        self.multiple_of = k;
        self
    }

    /// Whether n is one of them.
    #[must_use]
    pub const fn contain(&self, n: usize) -> bool {
        self.least <= n && n <= self.most && n.is_multiple_of(self.multiple_of)
    }
}

/// The most variables of a problem whose derivatives cost O(n).
pub(super) const LONG: usize = 1 << 24;

/// The most variables of a problem whose derivatives cost O(n²).
pub(super) const DENSE: usize = 1 << 12;

impl Family {
    /// The problem with the usual number of variables.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.made(self.dimensions.default)
    }

    /// The problem with n variables.
    ///
    /// # Errors
    ///
    /// If the formula is not for so many.
    pub fn with_dimension(&self, n: usize) -> Result<Problem, Error> {
        self.check(n)?;
        Ok(self.made(n))
    }

    pub(super) fn check(&self, n: usize) -> Result<(), Error> {
        if self.dimensions.contain(n) {
            return Ok(());
        }
        let (name, dimensions) = (self.name, self.dimensions);
        Err(Error::Dimension {
            name,
            n,
            dimensions,
        })
    }

    /// The problem, under this family's name.
    pub(super) fn describe(&self, mut problem: Problem) -> Problem {
        problem.name = self.name;
        problem.title = self.title;
        problem.source = self.source;
        problem
    }

    fn made(&self, n: usize) -> Problem {
        let mut problem = self.describe((self.make)(n));
        let known = MINIMA
            .iter()
            .filter(|(name, of, _, _)| *name == self.name && *of == n);
        problem
            .minima
            .extend(known.map(|&(_, _, value, point)| Minimum {
                value,
                point: (!point.is_empty()).then(|| point.to_vec()),
            }));
        problem.minima.sort_by(|a, b| a.value.total_cmp(&b.value));
        problem
    }
}

/// Every family: those of Moré, Garbow and Hillstrom in their order, then the surfaces.
pub fn families() -> impl Iterator<Item = &'static Family> {
    let (more, surfaces) = (
        super::more_garbow_hillstrom::FAMILIES,
        super::surfaces::FAMILIES,
    );
    more.iter().chain(surfaces).copied()
}

/// The 35 families of Moré, Garbow and Hillstrom, in their order.
pub fn more_garbow_hillstrom() -> impl Iterator<Item = &'static Family> {
    super::more_garbow_hillstrom::FAMILIES.iter().copied()
}

/// Every problem, with its usual number of variables.
#[must_use]
pub fn all() -> Vec<Problem> {
    families().map(Family::problem).collect()
}

/// The family of this name.
///
/// # Errors
///
/// If there is none; the error names the nearest.
pub fn family(name: &str) -> Result<&'static Family, Error> {
    let spelled = |family: &&Family| family.name == name;
    families().find(spelled).ok_or_else(|| Error::Unknown {
        name: name.to_owned(),
        nearest: nearest(name, families().map(|family| family.name)),
    })
}

/// The problem of this name, with its usual number of variables.
///
/// ```
/// use ravine::problem;
///
/// let rosenbrock = problem::named("rosenbrock")?;
/// assert_eq!(rosenbrock.start(), [-1.2, 1.0]);
/// let error = problem::named("rosenbork").unwrap_err();
/// assert_eq!(error.to_string(), "no problem is called rosenbork; did you mean rosenbrock?");
/// # Ok::<(), problem::Error>(())
/// ```
///
/// # Errors
///
/// If there is none; the error names the nearest.
pub fn named(name: &str) -> Result<Problem, Error> {
    family(name).map(Family::problem)
}

/// The problem of this name with n variables.
///
/// # Errors
///
/// If there is none of this name, or not for so many variables.
pub fn named_with(name: &str, n: usize) -> Result<Problem, Error> {
    family(name)?.with_dimension(n)
}
