//! The named optimisers as data: what the command line lists, explains and builds.

mod recipe;

pub(crate) use recipe::{Choice, Choices, HALF_DECADE, TRUE_FALSE, coupled, decoupled};
pub use recipe::{Recipe, Setting};

use std::sync::LazyLock;

use crate::chain::Chain;
use crate::error::Error;
use crate::storage::Format;
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

/// The formats that states can be kept in, by the names under which they are listed.
pub const STATE_FORMATS: &[(&str, Format)] = &[
    ("f32", Format::Full),
    ("bf16", Format::Bf16),
    ("8-bit", Format::Eight),
];

/// Bytes of state for each number of a large matrix, for each of [`STATE_FORMATS`].
#[must_use]
pub fn state_bytes(chain: &Chain) -> Vec<(&'static str, f64)> {
    let of = |&(name, format)| (name, bytes_per_parameter(chain, format));
    STATE_FORMATS.iter().map(of).collect()
}

fn bytes_per_parameter(chain: &Chain, format: Format) -> f64 {
    const LARGE: [usize; 2] = [4096, 4096];
    chain.state_bytes(&LARGE, format) / LARGE.iter().product::<usize>() as f64
}

/// Every link that Ravine has, each as a chain of its own at its defaults.
#[must_use]
pub fn links() -> Vec<Chain> {
    [rule::links(), matrix::links(), average::links()].concat()
}

/// The links that are no named optimiser by themselves.
#[must_use]
pub fn links_alone() -> Vec<Chain> {
    let names_an_optimiser = |link: &Chain| {
        let part = &link.parts()[0];
        let named = |recipe: &&Recipe| recipe.name.replace('-', "_") == part.name;
        let recipe = RECIPES.iter().copied().find(named);
        recipe.is_some_and(|recipe| recipe.default_chain().parts().contains(part))
    };
    let mut links = links();
    links.retain(|link| !names_an_optimiser(link));
    links
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
