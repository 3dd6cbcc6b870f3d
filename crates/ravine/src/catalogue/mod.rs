//! The named optimisers as data: what the command line lists, explains and builds.

mod recipe;

pub(crate) use recipe::{Choice, Choices, HALF_DECADE, TRUE_FALSE, coupled, decoupled};
pub use recipe::{Recipe, Setting};

use std::sync::LazyLock;

use crate::chain::Chain;
use crate::error::Error;
use crate::{average, matrix, rule};

/// Declares the files of a folder, each a method: its module, its types, and its recipes in the catalogue.
///
/// A file under `optimizers` has `RECIPES`, one under `links` has none. Every type becomes a chain by its defaults.
macro_rules! methods {
    (optimizers { $($file:ident: $($name:ident),+;)* } links { $($link:ident: $($part:ident),+;)* }) => {
        $(mod $file; pub use $file::{$($name),+};)*
        $(mod $link; pub use $link::{$($part),+};)*

        /// The recipes of these files.
        pub(crate) const RECIPES: &[&[$crate::catalogue::Recipe]] = &[$($file::RECIPES),*];

        /// Every link of these files, at its defaults.
        pub(crate) fn links() -> Vec<$crate::Chain> {
            vec![
                $($($crate::Chain::from($name::new()),)+)*
                $($($crate::Chain::from($part::new()),)+)*
            ]
        }
    };
}
pub(crate) use methods;

static RECIPES: LazyLock<Vec<&'static Recipe>> = LazyLock::new(|| {
    let mut recipes: Vec<&Recipe> = [rule::RECIPES, matrix::RECIPES, average::RECIPES]
        .concat()
        .into_iter()
        .flatten()
        .collect();
    let order = |recipe: &Recipe| FAMILIES.iter().position(|family| *family == recipe.family);
    recipes.sort_by_key(|recipe| order(recipe).unwrap_or(FAMILIES.len()));
    recipes
});

/// The families, in the order in which they are listed.
pub const FAMILIES: &[&str] = &[
    "first order",
    "sign",
    "adaptive",
    "layer-wise",
    "small memory",
    "second order",
    "matrix",
    "learning-rate-free",
    "averaging",
];

/// Every link that Ravine has, each as a chain of its own at its defaults.
#[must_use]
pub fn links() -> Vec<Chain> {
    [rule::links(), matrix::links(), average::links()].concat()
}

/// All named optimisers.
#[must_use]
pub fn all() -> &'static [&'static Recipe] {
    &RECIPES
}

/// The optimiser of this name.
///
/// # Errors
/// [`Error::Unknown`], with the nearest known name.
pub fn find(name: &str) -> Result<&'static Recipe, Error> {
    let found = RECIPES.iter().copied().find(|recipe| recipe.name == name);
    found.ok_or_else(|| Error::unknown("optimizer", name, RECIPES.iter().map(|r| r.name)))
}
