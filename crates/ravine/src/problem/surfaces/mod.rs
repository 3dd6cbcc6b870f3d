//! Surfaces of two variables that are good to look at, functions that have as many variables as one likes, and quadratics.

mod ackley;
mod booth;
mod branin;
mod cigar;
mod cross_in_tray;
mod different_powers;
mod eggholder;
mod ellipsoid;
mod goldstein_price;
mod griewank;
mod himmelblau;
mod holder_table;
mod matyas;
mod mccormick;
mod monkey_saddle;
mod noisy_quadratic;
mod one_one_one;
mod quadratic;
mod rastrigin;
mod ravine;
mod saddle;
mod schaffer_n2;
mod schaffer_n4;
mod six_hump_camel;
mod sphere;
mod styblinski_tang;

use super::family::Family;

pub use noisy_quadratic::noisy_quadratic;
pub use quadratic::quadratic;
pub use ravine::ravine;

/// Surfaces first, then what is rather for many variables.
pub(super) static FAMILIES: &[&Family] = &[
    &himmelblau::FAMILY,
    &goldstein_price::FAMILY,
    &styblinski_tang::FAMILY,
    &rastrigin::FAMILY,
    &ackley::FAMILY,
    &griewank::FAMILY,
    &schaffer_n2::FAMILY,
    &schaffer_n4::FAMILY,
    &cross_in_tray::FAMILY,
    &eggholder::FAMILY,
    &holder_table::FAMILY,
    &mccormick::FAMILY,
    &branin::FAMILY,
    &six_hump_camel::FAMILY,
    &matyas::FAMILY,
    &booth::FAMILY,
    &saddle::FAMILY,
    &monkey_saddle::FAMILY,
    &one_one_one::FAMILY,
    &ravine::FAMILY,
    &noisy_quadratic::FAMILY,
    &sphere::FAMILY,
    &ellipsoid::FAMILY,
    &cigar::FAMILY,
    &different_powers::FAMILY,
    &quadratic::FAMILY,
];
