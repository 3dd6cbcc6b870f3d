//! The test functions of Moré, Garbow and Hillstrom, a file for each: sums of squares f = Σ rᵢ², without a factor ½.
//!
//! Source: J. J. Moré, B. S. Garbow, K. E. Hillstrom, "Testing unconstrained optimization software", ACM Transactions on
//! Mathematical Software 7(1), 1981 (and algorithm 566).

mod bard;
mod beale;
mod biggs_exp6;
mod box_3d;
mod brown_almost_linear;
mod brown_badly_scaled;
mod brown_dennis;
mod broyden_banded;
mod broyden_tridiagonal;
mod chebyquad;
mod discrete_boundary_value;
mod discrete_integral_equation;
mod extended_powell_singular;
mod extended_rosenbrock;
mod freudenstein_roth;
mod gaussian;
mod gulf;
mod helical_valley;
mod jennrich_sampson;
mod kowalik_osborne;
mod linear_full_rank;
mod linear_rank_1;
mod linear_rank_1_zero;
mod meyer;
mod osborne_1;
mod osborne_2;
mod penalty_1;
mod penalty_2;
mod powell_badly_scaled;
mod powell_singular;
mod rosenbrock;
mod trigonometric;
mod variably_dimensioned;
mod watson;
mod wood;

use super::family::Family;

/// In the order of the paper.
pub(super) static FAMILIES: &[&Family] = &[
    &rosenbrock::FAMILY,
    &freudenstein_roth::FAMILY,
    &powell_badly_scaled::FAMILY,
    &brown_badly_scaled::FAMILY,
    &beale::FAMILY,
    &jennrich_sampson::FAMILY,
    &helical_valley::FAMILY,
    &bard::FAMILY,
    &gaussian::FAMILY,
    &meyer::FAMILY,
    &gulf::FAMILY,
    &box_3d::FAMILY,
    &powell_singular::FAMILY,
    &wood::FAMILY,
    &kowalik_osborne::FAMILY,
    &brown_dennis::FAMILY,
    &osborne_1::FAMILY,
    &biggs_exp6::FAMILY,
    &osborne_2::FAMILY,
    &watson::FAMILY,
    &extended_rosenbrock::FAMILY,
    &extended_powell_singular::FAMILY,
    &penalty_1::FAMILY,
    &penalty_2::FAMILY,
    &variably_dimensioned::FAMILY,
    &trigonometric::FAMILY,
    &brown_almost_linear::FAMILY,
    &discrete_boundary_value::FAMILY,
    &discrete_integral_equation::FAMILY,
    &broyden_tridiagonal::FAMILY,
    &broyden_banded::FAMILY,
    &linear_full_rank::FAMILY,
    &linear_rank_1::FAMILY,
    &linear_rank_1_zero::FAMILY,
    &chebyquad::FAMILY,
];
