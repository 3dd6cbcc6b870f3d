//! Minimising a function: descent directions and step sizes, trust regions, constraints, derivative-free and global methods.
//!
//! A [`Task`] is a function ([`Objective`]), a start and limits; a [`Method`] solves it; the [`Answer`] says what was found, why
//! the method stopped, and what it cost. Descent methods are a [`Direction`] and a [`StepSize`], which compose.
//!
//! Vectors are plain slices of f32 or f64. Values, slopes and step sizes are f64, and so are sums over vectors, whose order
//! follows from their length alone: the same seed gives the same bits on any number of threads.

mod augmented_lagrangian;
pub mod catalogue;
mod composite;
pub mod derivative_free;
mod descent;
pub mod direction;
mod error;
mod evaluator;
mod fista;
mod frank_wolfe;
mod function;
pub mod global;
mod lbfgsb;
mod levenberg_marquardt;
mod line;
mod mirror_descent;
mod nesterov;
mod objective;
mod options;
mod owlqn;
mod patience;
mod projected_gradient;
mod proximal_gradient;
pub mod set;
pub mod step_size;
mod task;
pub mod term;
pub mod trust_region;
mod vector;
pub mod zeroth_order;

pub use augmented_lagrangian::{AugmentedLagrangian, Constrained, Constraints, Solution};
pub use derivative_free::{
    Brent, CoordinateSearch, GoldenSection, HookeJeeves, IntervalMinimum, NelderMead, Powell,
    brent, golden_section,
};
pub use descent::{Descent, Directing, Direction, Point, StepSize, Stepping};
pub use direction::{
    BarzilaiBorwein, Beta, Bfgs, ConjugateGradient, Dfp, GaussNewton, HeavyBall, Lbfgs, Length,
    Newton, NewtonCg, Sr1, Steepest,
};
pub use error::Error;
pub use evaluator::{Evaluations, Evaluator, GradientCheck, check_gradient};
pub use fista::Fista;
pub use frank_wolfe::{FrankWolfe, FrankWolfeStep};
pub use function::Function;
pub use global::{
    Basin, BasinHopping, CmaEs, Cooling, Crossover, DifferentialEvolution, Genetic, Langevin,
    Metropolis, MultiStart, Mutant, ParticleSwarm, Polished, Restarts, Sampling, Shade,
    SimulatedAnnealing,
};
pub use lbfgsb::Lbfgsb;
pub use levenberg_marquardt::LevenbergMarquardt;
pub use line::Line;
pub use mirror_descent::{Entropy, MirrorDescent, MirrorMap};
pub use nesterov::Nesterov;
pub use objective::{LeastSquares, Objective, Residuals};
pub use options::OptionInfo;
pub use owlqn::Owlqn;
pub use projected_gradient::ProjectedGradient;
pub use proximal_gradient::ProximalGradient;
pub use set::Set;
pub use step_size::{
    Armijo, Constant, Decay, Exact, Goldstein, HagerZhang, MoreThuente, Polyak, Wolfe,
};
pub use task::{Answer, Bounds, Limits, Method, Observer, Progress, Run, Stopped, Task};
pub use term::Term;
pub use trust_region::TrustRegion;
pub use zeroth_order::{
    CoordinateDifferences, Estimate, Estimator, Gains, Mezo, MezoReport, RandomDirections, Spsa,
    ZerothOrder,
};
